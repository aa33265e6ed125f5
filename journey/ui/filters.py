"""The one filter button: period, comparison and segments, all of them in the URL.

The options of bound widgets are the values themselves, never labels: what a widget
shows is what stands in the URL, and a link must survive a changed word.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from journey import data, words
from journey.answer import Period
from journey.formats import Formats
from journey.scope import USUAL, Scope

PERIODS = ("7", "28", "90", "365", "custom")
COMPARISONS = ("previous", "year", "none")
OFFERED = (
    "device",
    "channel",
    "country",
    "visitor_type",
    "sales_channel",
    "payment_method",
    "delivery_method",
    "customer_tier",
    "first_product_category",
    "contact_channel",
)
"""Segments of the button; campaigns and the like are chosen in a card's table."""
MANY = 60
CHOSEN = dict(USUAL)


def chosen(through: dt.date) -> Scope:
    """Draw the filter button and return the scope it stands for.

    `through` is the last complete day; periods of so many days end there.
    """
    with st.popover(_label(), icon=":material/tune:", key="scope", width="content"):
        days = st.segmented_control(
            "Days", PERIODS, default="28", required=True, key="days", bind="query-params"
        )
        period = _period(days or "28", through)
        compared = st.segmented_control(
            "Compare with",
            COMPARISONS,
            default="previous",
            required=True,
            key="compare",
            bind="query-params",
            help="previous: the days just before. year: 364 days back.",
        )
        where = {column: _segment(column, values) for column, values in _offered()}
    comparison = {"previous": period.before(), "year": period.year_before()}.get(
        compared or ""
    )
    return Scope(
        period,
        comparison,
        tuple((c, tuple(v)) for c, v in where.items()),
        None,
        st.session_state.get("policy", ()),
        USUAL,
    )


def untouched(through: dt.date) -> Scope:
    """Return the scope of a reader who has touched no filter."""
    period = usual(through)
    known = dict(_offered())
    where = {c: [v for v in CHOSEN.get(c, ()) if v in known[c]] for c in known}
    return Scope(
        period,
        period.before(),
        tuple((c, tuple(v)) for c, v in where.items()),
        None,
        st.session_state.get("policy", ()),
        USUAL,
    )


def usual(through: dt.date) -> Period:
    """Return the 28 days up to the last complete one."""
    return Period(through - dt.timedelta(27), through)


def scope_text(scope: Scope, formats: Formats) -> str:
    """Return "20 Oct – 16 Nov 2026 against the 28 days before"."""
    text = formats.day_range(scope.period.first, scope.period.last)
    if scope.comparison is None:
        return text
    if scope.comparison == scope.period.year_before():
        return f"{text} against the same days a year before"
    return f"{text} against the {formats.days(scope.period.days)} before"


def _segment(column: str, values: list[str]) -> list[str]:
    return st.multiselect(
        words.SEGMENTS[column],
        values,
        default=[value for value in CHOSEN.get(column, ()) if value in values],
        key=column,
        bind="query-params",
        placeholder="All",
    )


def _offered() -> list[tuple[str, list[str]]]:
    known = data.choices()
    return [(c, known[c][:MANY]) for c in OFFERED if len(known.get(c, ())) > 1]


def _period(days: str, through: dt.date) -> Period:
    if days != "custom":
        return Period(through - dt.timedelta(int(days) - 1), through)
    default = usual(through)
    picked = st.date_input(
        "From and to",
        (default.first, default.last),
        max_value=through,
        min_value=through - dt.timedelta(3650),
        key="between",
        bind="query-params",
        format=data.formats().date_input,
    )
    ends = picked if isinstance(picked, tuple) else (picked,)
    return Period(ends[0], ends[-1]) if ends else default


def _label() -> str:
    """Return what the button reads before its widgets exist: state, else the URL."""
    days = _now("days", ["28"])[-1]
    period = "Custom days" if days == "custom" else f"{days} days"
    offered = dict(_offered())
    usual = list(CHOSEN.get("sales_channel", ())) if "sales_channel" in offered else []
    sold, devices = _now("sales_channel", usual), _now("device", [])
    others = sum(
        bool(_now(column, []))
        for column in OFFERED
        if column not in ("sales_channel", "device")
    )
    parts = [
        period,
        _named("sales_channel", sold, "All sales"),
        _named("device", devices, "All devices"),
    ]
    if others:
        parts.append(f"{others} more filter{'s' if others > 1 else ''}")
    return " · ".join(parts)


def _now(key: str, default: list[str]) -> list[str]:
    if key in st.session_state:
        value: Any = st.session_state[key]
        values = value if isinstance(value, list) else [value] if value else []
    else:
        values = st.query_params.get_all(key) or default
    return [str(v) for v in values if v]


def _named(column: str, values: list[str], nothing: str) -> str:
    if not values:
        return nothing
    names = [words.value(column, value, data.formats()) for value in values]
    return (
        ", ".join(names) if len(names) < 3 else f"{len(names)} × {words.SEGMENTS[column]}"
    )
