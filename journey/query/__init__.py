"""Query files: read, parsed, and run inside a scope."""

from __future__ import annotations

from journey.query.chart import Chart
from journey.query.file import Column, Library, Query, parse
from journey.query.library import above, load

__all__ = ["Chart", "Column", "Library", "Query", "above", "load", "parse"]
