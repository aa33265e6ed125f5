"""The stage page of support, built from queries/support."""

from journey import ui

ui.stage_page("support")
