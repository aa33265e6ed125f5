"""The landing: canonical rows at rest, merged so that reading twice changes nothing."""

from journey.landing.books import TableRun
from journey.landing.erasure import forget
from journey.landing.hashing import Hasher
from journey.landing.persons import resolve_persons
from journey.landing.rehearsal import rehearse
from journey.landing.run import Run, land, resolve_if_stale, weight_of
from journey.landing.store import (
    check_room,
    drop_kind,
    drop_source,
    landed_sources,
    open_landing,
)  # fmt: skip
from journey.landing.tables import BOOKS, TABLES, LandedTable, create

__all__ = [
    "BOOKS", "TABLES", "Hasher", "LandedTable", "Run", "TableRun", "check_room",
    "create", "drop_kind", "drop_source", "forget", "land", "landed_sources",
    "open_landing", "rehearse", "resolve_if_stale", "resolve_persons", "weight_of",
]  # fmt: skip
