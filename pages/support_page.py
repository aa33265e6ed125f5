"""How long people wait, whether they have to come back, and what they ask."""

from journey import ui
from journey.ui import support

ui.stage_page("support", support.sections, support.PLACED)
