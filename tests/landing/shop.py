"""A home on disk in a few lines: files, mapping, sync, and what has landed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journey import landing, settings
from journey.home import Home
from journey.problem import Problem
from journey.sources import sync


@dataclass
class Shop:
    home: Home

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.home.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def settings(self, text: str) -> None:
        self.write("journey.toml", textwrap.dedent(text))

    def orders(self, columns: str, more: str = "", path: str = "orders.csv") -> None:
        """Map one file of orders."""
        self.settings(f"""
            [[sources]]
            name = "shop"
            kind = "files"
            [[sources.tables]]
            table = "sales_order"
            path = "{path}"
            columns = {{ {columns} }}
            {more}
            """)

    def sync(self, *only: str) -> list[sync.RunResult]:
        return sync.sync(self.home, settings.load(self.home), only)

    def problems(self) -> list[Problem]:
        """Sync and return what went wrong."""
        return [problem for result in self.sync() for problem in result.problems]

    def fine(self) -> sync.RunResult:
        """Sync one source that must not fail."""
        (result,) = self.sync()
        assert not result.problems, "\n".join(map(str, result.problems))
        return result

    def rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Any]:
        with self.open() as connection:
            return connection.execute(sql, params or {}).fetchall()

    @contextmanager
    def open(self) -> Iterator[Any]:
        with landing.open_landing(self.home) as connection:
            yield connection

    def content(
        self, without: Sequence[str] = ("sync_run", "sync_cursor")
    ) -> dict[str, Any]:
        """Return count and hash of every table."""
        found = {}
        with self.open() as connection:
            for name in (*landing.TABLES, *landing.BOOKS):
                if name not in without:
                    found[name] = connection.execute(
                        f"select count(*), sum(hash({name})::hugeint)::varchar from {name}"
                    ).fetchall()[0]
        return found


def make(folder: Path) -> Shop:
    return Shop(Home(folder))
