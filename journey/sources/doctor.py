"""Tries sources: reads a little of each, lands nothing, and says what would go wrong."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from journey import landing, standings
from journey.connector import Connector, Files, Http, Since
from journey.formats import Formats
from journey.home import Home
from journey.landing import Run, TableRun
from journey.problem import JourneyError, Problem
from journey.settings import Settings, Source
from journey.sources import secrecy, suspects, sync
from journey.sources.kinds import find, unforeseen
from journey.sources.maker import Maker
from journey.sources.options import options_of, secrets_of
from journey.sources.pull import in_stretches, reach
from journey.sources.web import Web

TRIED = 6
"""Batches of each table that are read."""

PATIENCE = 2
"""Tries of an address that does not answer: somebody waits at the screen."""

LATELY = dt.timedelta(days=30)
"""How far back a source on the web is tried."""

SHOWN = 5
"""Skipped rows of a table that are told."""

STATUSES = """
select source, coalesce(nullif(status, ''), financial_status) as status, count(*)
from sales_order
where placed_at is not null and deleted_at is null and cancelled_at is null
    and is_test is not true
group by all
"""

ZONES = """
select time_zone from web_daily union select time_zone from web_people
order by time_zone
"""


def doctor(
    home: Home,
    settings: Settings,
    only: str | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> list[Problem]:
    """Return all problems of the sources; skipped rows, unexplained statuses and columns
    that may name persons too.
    """
    problems: list[Problem] = []
    for source in sync.chosen(settings, [only] if only else []):
        report(f"{source.name}: trying it")
        secrets: list[str] = []
        found: list[Problem] = []
        try:
            _try(home, settings, source, report, secrets, found)
        except JourneyError as error:
            found += error.problems
        except Exception as error:  # the next source is tried all the same
            found.append(unforeseen(source, error))
        told = [_of(source, secrecy.without(problem, secrets)) for problem in found]
        problems += _once(told)
    return problems


def _of(source: Source, problem: Problem) -> Problem:
    """Name the source: two shops of one vendor have the same messages."""
    if re.search(
        rf'\bsource "?{re.escape(source.name)}\b', f"{problem.where} {problem.found}"
    ):
        return problem
    where = problem.where.removeprefix("journey.toml, ")
    file = "journey.toml, " if where != problem.where else ""
    return replace(problem, where=f"{file}source {source.name}, {where}")


def _once(problems: list[Problem]) -> list[Problem]:
    """Leave out what was found in the same words before, at another address of it."""
    return list({(p.found, p.fix): p for p in reversed(problems)}.values())[::-1]


def _try(
    home: Home,
    settings: Settings,
    source: Source,
    report: Callable[[str], None],
    secrets: list[str],
    told: list[Problem],
) -> None:
    """Add to `told` what is wrong with a source; its secrets are noted, not to be told.

    What was told stays when a later step raises.
    """
    connector = find(source)
    options = options_of(source, connector.Settings, home)
    secrets += secrets_of(options)
    counted: list[tuple[Any, ...]] = []
    persons: list[Problem] = []
    zones: list[tuple[str]] = []

    def count(connection: Any) -> None:
        counted.extend(connection.execute(STATUSES).fetchall())
        persons.extend(suspects.by_values(connection, connector.TABLES))
        zones.extend(connection.execute(ZONES).fetchall())

    with contextlib.chdir(home.root), reach(connector, source, options, report) as http:
        if isinstance(http, Web):
            http.patience = PATIENCE
        for problem in getattr(connector, "check", _nothing)(options, http):
            told.append(problem)
        tables = landing.rehearse(
            home, source.name, source.kind, _a_little(connector, options, http, persons),
            count,
        )  # fmt: skip
    reporting = settings.reporting
    formats = Formats(reporting.locale, reporting.currency, reporting.vat)
    rows = [
        (name, status, _standing(settings, status), orders)
        for name, status, orders in counted
    ]
    found = [item.problem(formats) for item in standings.unexplained(rows)]
    told += _other_zones(source, zones, reporting.time_zone)
    told += [*_skips(source, tables), *persons, *found]


def _other_zones(source: Source, zones: list[tuple[str]], own: str) -> list[Problem]:
    """Say that ready-made days of a source begin at another hour than the app's."""
    return [
        Problem(
            f"source {source.name}", f"its days are cut in the time zone {zone}",
            f"{own}, the time_zone of [reporting]",
            "set the same zone in both; until then a visit late in the evening and its "
            "order may stand on two days",
        )
        for (zone,) in zones
        if zone != own
    ]  # fmt: skip


def _standing(settings: Settings, status: str | None) -> str:
    return settings.order_statuses.get((status or "").lower(), "unknown")


def _skips(source: Source, tables: list[TableRun]) -> list[Problem]:
    return [
        Problem(
            f"source {source.name}, {table.table}",
            f"{table.skipped:,} of {table.read:,} rows would be skipped: {_first(table)}",
            "rows that can be read",
            "correct the mapping or the file, or go on without these rows",
        )
        for table in tables
        if table.skipped
    ]


def _first(table: TableRun) -> str:
    """Return where the first of the skipped rows stand and what was found there."""
    rows = [
        (flag.detail["file"], row)
        for flag, _ in table.flags
        if flag.flag == "rows_skipped"
        for row in flag.detail["first"]
    ]
    told = []
    for file, row in rows[:SHOWN]:
        place = f"{file}:{row['line']}" if row["line"] else file
        found = f"{row['column']} is {row['found']}" if row["column"] else row["found"]
        told.append(f"{place} {found}")
    return "; ".join(told)


def _nothing(options: Any, http: Http) -> Iterator[Problem]:
    yield from ()


def _a_little(
    connector: Connector, options: Any, http: Http, persons: list[Problem]
) -> Callable[[Run], None]:
    web = in_stretches(connector)

    def batches(run: Run) -> None:
        since = Since(run.started - LATELY, run.started) if web else Since()
        tables = [table for table in landing.TABLES if table in connector.TABLES]
        with Maker(run.source) as maker:
            for table in tables:
                read = connector.read(table, since, options, http)
                for batch in itertools.islice(maker.batches(read), TRIED):
                    run.take(table, batch)
                    if isinstance(batch, Files):
                        persons.extend(suspects.by_name(table, batch))

    return batches
