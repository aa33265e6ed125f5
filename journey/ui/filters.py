"""The one filter button: period, comparison and segments, all of them in the URL.

What a bound widget shows is what stands in the URL, and a link must survive a changed
word. So nothing is bound: choices, which are shown as people say them, are read from the
URL and written into it here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from journey import data, words
from journey.days import comparison
from journey.formats import Formats
from journey.scope import ALL, SEGMENTS, USUAL, Scope
from journey.ui import address, compared, days, groups, problems

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
    "product_brand",
    "arrival",
    "effort_band",
    "contact_channel",
)
"""Segments of the button; others are there where a link names some."""
MANY = 60
CHOSEN = dict(USUAL)
Offered = list[tuple[str, list[str]]]
"""Columns with the values that can be chosen, in the order of the screen."""


def chosen(through: dt.date) -> Scope:
    """Draw the filter button and return the scope it stands for.

    `through` is the last complete day; periods of so many days end there.
    """
    days.begin(through)
    groups.begin()
    offered = _begin()
    with st.popover(_label(offered), icon=":material/tune:", key="scope", width="content"):
        period = days.choose(through)
        then, event = compared.choose(period, through)
        group = groups.choose()
        where = {column: _segment(column, values) for column, values in offered}
    return Scope(
        period,
        then,
        tuple((c, tuple(v)) for c, v in where.items()),
        group,
        data.policy(),
        USUAL,
        event,
    )


def _begin() -> Offered:
    """Take the segments of a link, else keep those of this session; return what can be
    chosen. What the data do not have is left out and told, the same for rows that are
    not there and for those that the reader's role may not see."""
    choices = data.choices()
    usual = dict(_offered(choices))
    state, wrong, offered = st.session_state, [], []
    for column in SEGMENTS:
        known = choices.get(column, [])
        kept = address.now(column, None)
        asked = address.given(column)
        wanted = [] if asked == (ALL,) else [v for v in asked if v in known]
        wrong += [(column, v) for v in asked if v not in known and asked != (ALL,)]
        if asked and (wanted or asked == (ALL,)):
            kept = wanted
        elif asked and not wanted:
            kept = None
        picked = [v for v in kept if v in known] if isinstance(kept, list) else None
        if column not in usual and not picked:
            address.tell(column)
            address.keep(column, None)
            continue
        values = usual.get(column) or _values(column, known)
        values = [*values, *(v for v in picked or () if v not in values)]
        # A closed popover draws nothing, and a browser that first draws a widget in a
        # later run knows only a value that was set in that run.
        state[column] = _usually(column, values) if picked is None else picked
        offered.append((column, values))
    if wrong:
        named = (f"{words.SEGMENTS[c]} {address.named([v])}" for c, v in wrong)
        address.misread(_left_out(list(named)))
    return sorted(offered, key=lambda one: _place(one[0]))


def _place(column: str) -> int:
    order = (*OFFERED, *SEGMENTS)
    return order.index(column)


def _left_out(named: list[str]) -> str:
    few, more = named[: address.NAMED], len(named) - address.NAMED
    rest = f" and {data.formats().counted(more, 'other value')}" if more > 0 else ""
    verb = "are" if len(named) > 1 else "is"
    return f"{', '.join(few)}{rest} {verb} in no filter here: left out."


def _usually(column: str, values: list[str]) -> list[str]:
    return [value for value in CHOSEN.get(column, ()) if value in values]


def untouched(through: dt.date) -> Scope:
    """Return the scope of a reader who has touched no filter."""
    period = days.usual(through)
    known = dict(_offered(data.choices()))
    where = {column: _usually(column, known[column]) for column in known}
    return Scope(
        period,
        period.before(),
        tuple((c, tuple(v)) for c, v in where.items()),
        None,
        data.policy(),
        USUAL,
    )


def scope_text(scope: Scope, formats: Formats) -> str:
    """Return "20 Oct – 16 Nov 2026 against the 28 days before, only Promoters"."""
    days_ = formats.day_range(scope.period.first, scope.period.last)
    against = comparison.words(scope, formats)
    return f"{days_} {against}".rstrip() + groups.text(scope)


def _segment(column: str, values: list[str]) -> list[str]:
    formats = data.formats()
    picked = st.multiselect(
        words.SEGMENTS[column],
        values,
        format_func=lambda value: words.value(column, value, formats),
        key=column,
        placeholder="All",
        help=words.HELP.get(column),
    )
    is_usual = picked == _usually(column, values)
    address.tell(column, *([] if is_usual else picked or [ALL]))
    return address.keep(column, picked)


def _offered(known: Mapping[str, list[str]]) -> Offered:
    offered = [c for c in OFFERED if len(known.get(c, ())) > 1]
    return [(c, _values(c, known[c])) for c in offered]


def _values(column: str, known: list[str]) -> list[str]:
    return words.in_order(column, known[:MANY])


def _label(offered: Offered) -> str:
    """Return what the button reads, before its widgets are drawn."""
    chosen_ = {column: list(st.session_state[column]) for column, _ in offered}
    period = days.now()
    sold, devices = chosen_.pop("sales_channel", []), chosen_.pop("device", [])
    parts = [
        "Custom days" if period == days.CUSTOM else days.said(period),
        _named("sales_channel", sold, "All sales"),
        _named("device", devices, "All devices"),
    ]
    if others := sum(bool(values) for values in chosen_.values()):
        parts.append(data.formats().counted(others, "more filter"))
    if group := groups.chosen():
        parts.append(problems.plain(groups.titles()[group]))
    return " · ".join(parts)


def _named(column: str, values: list[str], nothing: str) -> str:
    if not values:
        return nothing
    named = (words.value(column, value, data.formats()) for value in values)
    names = [problems.plain(name) for name in named]
    return (
        ", ".join(names) if len(names) < 3 else f"{len(names)} × {words.SEGMENTS[column]}"
    )
