"""Whether the data is fresh, complete and right, and how to connect a shop."""

from journey import ui

about = ui.entry("data")
scope = ui.page(about.title, about.question)
ui.asked()
ui.sources(scope)
ui.identity()
ui.all_links()
ui.connect()
ui.audited()
