"""Every query file: what it asks, who owns it, what it answers in the current scope."""

from journey import ui

about = ui.entry("queries")
scope = ui.page(about.title, about.question)
ui.library(scope)
