"""Segments side by side: who behaves differently, and what it costs."""

from journey import ui

about = ui.entry("segments")
scope = ui.page(about.title, about.question)
ui.segments(scope)
