"""The stage page of conversion, built from queries/conversion."""

from journey import ui

ui.stage_page("conversion")
