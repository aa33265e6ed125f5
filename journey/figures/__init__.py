"""From what a query returns to what may be shown: parts, values, intervals, changes."""
