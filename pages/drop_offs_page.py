"""Losses that are new, and losses that were always there."""

from journey import ui

about = ui.entry("drop-offs")
scope = ui.page(about.title, about.question)
ui.drop_offs(scope)
