"""Where customers are lost, what it costs and who does something about it."""

from journey import ui

about = ui.entry("journey")
scope = ui.page("Customer journey", about.question)
ui.journey(scope)
