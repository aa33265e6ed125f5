"""What pages are made of. A page calls `page`, then places cards."""

from journey.ui import crash, gate, server
from journey.ui.audited import audited
from journey.ui.cards import card, cards, measure_rows, query_cards
from journey.ui.connect import asked, connect
from journey.ui.drop_offs import drop_offs
from journey.ui.filters import scope_text
from journey.ui.identity import identity
from journey.ui.journey_page import journey
from journey.ui.library import library
from journey.ui.navigation import entries, entry, menu
from journey.ui.page import page
from journey.ui.segments import segments
from journey.ui.share import all_links
from journey.ui.sources import sources
from journey.ui.stage import stage_page

__all__ = [
    "all_links",
    "asked",
    "audited",
    "card",
    "cards",
    "connect",
    "crash",
    "drop_offs",
    "entries",
    "entry",
    "gate",
    "identity",
    "journey",
    "library",
    "measure_rows",
    "menu",
    "page",
    "query_cards",
    "scope_text",
    "segments",
    "server",
    "sources",
    "stage_page",
]
