"""The stage page of retention, built from queries/retention."""

from journey import ui

ui.stage_page("retention")
