"""What a typed text may read: marts with their columns, what they mean, sample values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from journey import data, kept
from journey.formats import Formats
from journey.query import Query
from journey.query.catalog import catalog
from journey.query.functions import FUNCTIONS, OPERATORS
from journey.query.samples import samples
from journey.query.traits import ALSO, NUMBERS
from journey.scope import Choices, Scope
from journey.ui import component, problems
from journey.warehouse import Snapshot

PARAMETERS = {
    "$start": "the first day of the period",
    "$end": "the last day of the period",
    "$through": "the last day complete in every table read",
}
NAMES = "leads to one person"
HINT = """\
select device, sum(sessions) as visits
from traffic
where day between $start and $end
group by all
order by visits desc"""


def known(now: Snapshot) -> dict[str, Any]:
    """Return what the editor completes: tables with columns, functions, parameters."""
    return _known((now, kept.disk(data.home()).queries))


@kept.kept(4)
def _known(key: tuple[Snapshot, str]) -> dict[str, Any]:
    found, files = catalog(kept.reader(key[0])), data.library().queries
    tables = {
        mart: [[name, kind, meaning(files, mart, name)] for name, kind in columns.items()]
        for mart, columns in found.marts.items()
    }
    about = {
        mart: files[f"marts/{mart}"].title for mart in tables if f"marts/{mart}" in files
    }
    named = sorted(name for name in FUNCTIONS - OPERATORS if name.isidentifier())
    return {"tables": tables, "about": {**about, **PARAMETERS}, "functions": named}


def meaning(files: Mapping[str, Query], mart: str, column: str) -> str:
    """Return what a column of a mart means, as its file says."""
    query = files.get(f"marts/{mart}")
    about = query.columns.get(column) if query else None
    return " ".join((about.description or about.label or "").split()) if about else ""


def browser(now: Snapshot, scope: Scope) -> str | None:
    """Draw one table at a time, chosen; return the column that was just clicked."""
    found, files = catalog(kept.reader(now)), data.library().queries
    names = sorted(found.marts, key=lambda name: (name not in FIRST, _rank(name), name))
    mart = st.selectbox(
        "Tables and columns", names, key="schema_mart", persist_state="session",
        format_func=lambda name: name, help="A click on a column puts it into the text.",
    )  # fmt: skip
    if mart is None:
        return None
    query, formats = files.get(f"marts/{mart}"), data.formats()
    fresh = found.freshness.get(mart)
    facts = [query.title if query else "", query.grain if query else ""]
    if fresh and fresh.complete_through:
        facts.append(f"complete to {formats.day_range(fresh.complete_through)}")
    st.caption(problems.plain(" · ".join(fact for fact in facts if fact)))
    rows = [
        {
            "key": name, "title": name, "chip": kind,
            "text": " · ".join(part for part in (about, values) if part),
            "actions": [["insert", "Insert"]],
        }
        for name, kind, about, values in described(now, mart, scope)
    ]  # fmt: skip
    with st.container(height=430, border=True, key="schema"):
        act = component.rows({"title": "", "rows": rows, "empty": ""}, f"schema_{mart}")
    return act[1] if act else None


FIRST = ("traffic", "orders", "customers", "tickets", "feedback", "order_lines", "costs")
"""Tables that most questions read."""


def _rank(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def described(now: Snapshot, mart: str, scope: Scope) -> list[tuple[str, str, str, str]]:
    """Return name, type, meaning and sample values of every column of a mart; nobody is
    in the values."""
    found, files, formats = (
        catalog(kept.reader(now)),
        data.library().queries,
        data.formats(),
    )
    if mart not in found.marts:
        return []
    values = _samples((now, mart, scope.policy))
    hidden = NUMBERS | ALSO.get(mart, frozenset())
    return [
        (
            name, kind.lower(), meaning(files, mart, name),
            NAMES if name in hidden else _shown(values.get(name, []), formats),
        )
        for name, kind in found.marts[mart].items()
    ]  # fmt: skip


def _shown(values: Sequence[Any], formats: Formats) -> str:
    """Return words as they are, two numbers or days as what lies mostly between them."""
    if values and not isinstance(values[0], str):
        return f"mostly {_written(values[0], formats)} to {_written(values[-1], formats)}"
    return ", ".join(values)


def _written(value: Any, formats: Formats) -> str:
    if isinstance(value, dt.date):
        return formats.day_range(value)
    return formats.number(float(value) if isinstance(value, Decimal) else value)


@kept.kept(200)
def _samples(key: tuple[Snapshot, str, Choices]) -> dict[str, Any]:
    now, mart, policy = key
    reader = kept.reader(now)
    scope = Scope(data.EVER, policy=policy)
    return samples(reader, catalog(reader), mart, scope)
