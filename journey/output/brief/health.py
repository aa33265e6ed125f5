"""Whether the data behind the brief are fresh: what is stale, failed or unexplained."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from journey import standings, status, warehouse
from journey.figures.scoped import Figures
from journey.home import Home
from journey.output.brief.parts import Line, Section
from journey.status import Entry

NAMED = 5
"""Tables that end early and are named; the rest is counted."""


def data(figures: Figures, home: Home, zone: dt.tzinfo, link: str) -> Section:
    """Return one line for each thing that is wrong with the data; good news else."""
    lines = [
        *(
            _failed(run, bool(figures.scope.policy))
            for run in status.read(home).failures
            if run.problems
        ),
        *([_held()] if warehouse.is_held(home) else []),
        *_stale(figures),
        *(Line(text, tone="bad") for text in standings.of_figures(figures)),
    ]
    return Section(
        "Data", tuple(lines), empty=f"Nothing failed. {as_of(figures, zone)}",
        note=as_of(figures, zone) if lines else "",
        link=link, follow="Open data",
    )  # fmt: skip


def as_of(figures: Figures, zone: dt.tzinfo) -> str:
    """Return "Data to 21 Nov 2026, read 22 Nov, 06:10."; "" where nobody may know."""
    known, formats = _about(figures), figures.formats
    through, built = known.get("data_through"), known.get("built_at")
    told = []
    if isinstance(through, dt.date):
        told.append(f"data to {formats.day_range(through, through)}")
    if isinstance(built, dt.datetime):
        told.append(f"read {formats.moment(built, zone)}")
    text = ", ".join(told)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _about(figures: Figures) -> dict[str, Any]:
    everything = replace(figures.scope, where=(), segment=None)
    rows = figures.answer("data/snapshot", everything).frame
    return rows.to_dicts()[0] if rows is not None and rows.height else {}


def _failed(run: Entry, is_of_some_rows: bool) -> Line:
    """Return what failed, to roles of all rows with what was found: it may be a row of
    others."""
    first = run.problems[0]
    what = f"{run.name} could not be read" if run.what == "sync" else "The build failed"
    told = f"{first.get('found', '')}. To do: {first.get('fix', '')}."
    return Line(
        f"{what}: its figures are missing or old.",
        "Whoever runs the app sees why." if is_of_some_rows else told, tone="bad",
    )  # fmt: skip


def _held() -> Line:
    return Line(
        "Figures of before a rollback: refreshes wait.",
        "To do: python -m journey resume.", tone="bad",
    )  # fmt: skip


def _stale(figures: Figures) -> list[Line]:
    """Return the tables that end before the last day the brief is about."""
    everything = replace(figures.scope, where=(), segment=None)
    rows = figures.answer("data/freshness", everything).frame
    wanted = {"table_name", "landed", "complete_through"}
    if rows is None or not wanted <= set(rows.columns):
        return []
    last, formats = figures.scope.period.last, figures.formats
    ends: dict[dt.date, list[str]] = {}
    for name, landed, through in rows.select(
        "table_name", "landed", "complete_through"
    ).iter_rows():
        if landed and through is not None and through < last:
            ends.setdefault(through, []).append(str(name))
    return [
        Line(f"{_named(names)} end{'s' if len(names) == 1 else ''} on "
             f"{formats.day_range(day, day)}.", tone="bad")
        for day, names in sorted(ends.items())
    ]  # fmt: skip


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
