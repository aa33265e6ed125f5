"""The one filter button: period, comparison and segments, all of them in the URL.

What a bound widget shows is what stands in the URL, and a link must survive a changed
word. So only days are bound; choices, which are shown as people say them, are read from
the URL and written into it here.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from journey import data, words
from journey.days import comparison
from journey.formats import Formats
from journey.scope import ALL, SEGMENTS, USUAL, Scope
from journey.ui import compared, days, groups, problems

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
"""Segments of the button; campaigns and the like are chosen in a card's table."""
CARRIED = (days.KEY, compared.DAY_KEY)
"""Choices beside the segments that stay on the way to another page."""
MANY = 60
CHOSEN = dict(USUAL)


def chosen(through: dt.date) -> Scope:
    """Draw the filter button and return the scope it stands for.

    `through` is the last complete day; periods of so many days end there.
    """
    _carry()
    _begin(through)
    with st.popover(_label(), icon=":material/tune:", key="scope", width="content"):
        period = days.choose(through)
        then, event = compared.choose(period, through)
        group = groups.choose()
        where = {column: _segment(column, values) for column, values in _offered()}
    st.session_state["carried"] = {
        key: st.session_state[key]
        for key in (*CARRIED, days.FROM, days.TO, *where)
        if key in st.session_state
    }
    return Scope(
        period,
        then,
        tuple((c, tuple(v)) for c, v in where.items()),
        group,
        data.policy(),
        USUAL,
        event,
    )


def _carry() -> None:
    """Keep on another page what was chosen: a change of page drops what a link gave."""
    path = urlsplit(st.context.url or "").path
    if st.session_state.get("carried_on", path) != path:
        for key, value in st.session_state.get("carried", {}).items():
            if key not in st.query_params:
                st.session_state[key] = value
            elif key == days.KEY or key in SEGMENTS:
                st.session_state.pop(key, None)
        if compared.KEY in st.query_params:
            compared.forget()
    st.session_state["carried_on"] = path


def _begin(through: dt.date) -> None:
    """Begin with what the link says; what no filter has is told, once a session."""
    is_first = "days_usual" not in st.session_state
    for notice in [*days.begin(through), *(_read_segments() if is_first else [])]:
        st.toast(notice)
    _take()


def _take() -> None:
    """Begin with the segments of the link; with the usual ones where it names none."""
    for column, values in _offered():
        if column not in st.session_state:
            given = st.query_params.get_all(column)
            known = [value for value in given if value in values]
            st.session_state[column] = (
                known if known or given == [ALL] else _usually(column, values)
            )
        else:
            # a closed popover draws nothing, and a browser that first draws a widget in
            # a later run knows only a value that was set in that run
            st.session_state[column] = st.session_state[column]


def _usually(column: str, values: list[str]) -> list[str]:
    return [value for value in CHOSEN.get(column, ()) if value in values]


def _tell(column: str, picked: list[str], usually: list[str]) -> None:
    """Write the values of a segment into the URL; the usual ones leave no parameter."""
    wanted = [] if picked == usually else picked or [ALL]
    if st.query_params.get_all(column) == wanted:
        return
    if wanted:
        st.query_params[column] = wanted
    else:
        del st.query_params[column]


def untouched(through: dt.date) -> Scope:
    """Return the scope of a reader who has touched no filter."""
    period = days.usual(through)
    known = dict(_offered())
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
    _tell(column, picked, _usually(column, values))
    return picked


def _offered() -> list[tuple[str, list[str]]]:
    known = data.choices()
    offered = [c for c in OFFERED if len(known.get(c, ())) > 1]
    return [(c, words.in_order(c, known[c][:MANY])) for c in offered]


def _read_segments() -> list[str]:
    """Return what to say of segments that the link asks for and no filter here has."""
    offered, notices = dict(_offered()), []
    for column in SEGMENTS:
        values = st.query_params.get_all(column)
        if column in offered and values == [ALL]:
            continue
        unknown = [value for value in values if value not in offered.get(column, ())]
        if unknown:
            named = problems.plain(", ".join(unknown)[:60])
            what = f"{words.SEGMENTS[column]} {named}"
            notices.append(f"The link asks for {what}, which no filter here has: left out.")
    return notices


def _label() -> str:
    """Return what the button reads before its widgets exist: state, else the URL."""
    chosen_days = _now(days.KEY, [days.usually()])[-1]
    period = "Custom days" if chosen_days == days.CUSTOM else days.said(chosen_days)
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
        parts.append(data.formats().counted(others, "more filter"))
    if group := groups.chosen():
        parts.append(problems.plain(groups.titles()[group]))
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
    named = (words.value(column, value, data.formats()) for value in values)
    names = [problems.plain(name) for name in named]
    return (
        ", ".join(names) if len(names) < 3 else f"{len(names)} × {words.SEGMENTS[column]}"
    )
