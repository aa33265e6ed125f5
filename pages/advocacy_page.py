"""The stage page of advocacy, built from queries/advocacy."""

from journey import ui

ui.stage_page("advocacy")
