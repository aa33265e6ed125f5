"""The stage page of consideration, built from queries/consideration."""

from journey import ui

ui.stage_page("consideration")
