"""Where figures come from: files -> marts -> landed tables, and who reads a mart."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

from journey.build.marts import marts
from journey.problem import JourneyError
from journey.query import Library
from journey.query.catalog import Catalog
from journey.query.file import Query
from journey.query.text import admit


@dataclass(frozen=True)
class Origins:
    """What every file reads, told from its parse tree."""

    marts: Mapping[str, tuple[str, ...]]
    """Query -> the marts it reads itself; nothing of a file that the gate refuses."""
    landed: Mapping[str, tuple[str, ...]]
    """Mart -> landed tables that it is made of, through other marts as well."""

    def readers(self, mart: str) -> tuple[str, ...]:
        """Return the queries and marts that read a mart themselves."""
        return tuple(name for name, read in self.marts.items() if mart in read)

    def sources(self, mart: str, known: Catalog) -> tuple[str, ...]:
        """Return the sources whose rows a mart is made of."""
        tables = self.landed.get(mart, ())
        found = {source for table in tables for source in known.sources.get(table, ())}
        return tuple(sorted(found))


def origins(library: Library, known: Catalog) -> Origins:
    """Return what all files of a library read; `known`: the marts there are."""
    files = {}
    with contextlib.suppress(JourneyError):
        files = {mart.name: mart for mart in marts()}
    landed: dict[str, tuple[str, ...]] = {}
    for mart in files.values():  # each after the ones it reads
        through = (table for other in mart.reads for table in landed.get(other, ()))
        landed[mart.name] = tuple(sorted({*mart.lands, *through}))
    read: dict[str, tuple[str, ...]] = {}
    for name, query in library.queries.items():
        mine = files.get(name.rpartition("/")[2]) if query.kind == "mart" else None
        read[name] = tuple(sorted(mine.reads)) if mine else _reads(query, known)
    return Origins(read, landed)


def _reads(query: Query, known: Catalog) -> tuple[str, ...]:
    try:
        return admit(query.sql, query.where, known).reading.reads
    except JourneyError:
        return ()
