"""Which files are read, which rows they replace, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import duckdb

from journey.connector import Files, Flag
from journey.home import Home
from journey.landing.stage import Hasher, Staged
from journey.landing.tables import LandedTable


@dataclass
class LandedFile:
    file: str
    staged: Staged
    flags: list[Flag] = field(default_factory=list)


class FileReader:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        home: Home,
        source: str,
        run_id: str,
        hasher: Hasher,
    ) -> None:
        self.connection = connection
        self.home = home
        self.source = source
        self.run_id = run_id
        self.hasher = hasher
        self.unchanged = 0

    def read(self, table: LandedTable, batch: Files) -> Iterator[LandedFile]:
        yield from ()

    def drop_replaced(self, table: LandedTable) -> None:
        return

    def watch_overlaps(
        self,
        table: LandedTable,
        merge: Callable[[duckdb.DuckDBPyConnection, LandedTable], int],
    ) -> int:
        return merge(self.connection, table)

    def record(self, table: LandedTable) -> None:
        return
