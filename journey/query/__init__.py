"""Query files: read, checked, and run inside a scope."""

from __future__ import annotations

from journey.query.check import check
from journey.query.file import Chart, Column, Library, Query, above, load, parse

__all__ = ["Chart", "Column", "Library", "Query", "above", "check", "load", "parse"]
