"""The stage page of awareness, built from queries/awareness."""

from journey import ui

ui.stage_page("awareness")
