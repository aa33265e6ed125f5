"""Days with a meaning: seasons, events, notes, and what a period is held against."""
