"""The one filter button: period, comparison and segments, all of them in the URL.

What a bound widget shows is what stands in the URL, and a link must survive a changed
word. So the bound ones show their values themselves, and the segments, which are shown
as people say them, are read from the URL and written into it here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from journey import data, words
from journey.answer import Period
from journey.answers import DAYS
from journey.formats import Formats
from journey.scope import ALL, SEGMENTS, USUAL, Scope
from journey.ui import groups

CUSTOM = "custom"
PERIODS = ("7", "28", "90", "365", CUSTOM)
FROM, TO = "from", "to"
"""Names in the address, the same as on the command line."""
REACH = 3650
"""Days that a reader may look back."""
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
    "product_brand",
    "arrival",
    "effort_band",
    "contact_channel",
)
"""Segments of the button; campaigns and the like are chosen in a card's table."""
MANY = 60
CHOSEN = dict(USUAL)


def chosen(through: dt.date) -> Scope:
    """Draw the filter button and return the scope it stands for.

    `through` is the last complete day; periods of so many days end there.
    """
    usually = _read_link(through)
    _carry()
    _take()
    with st.popover(_label(), icon=":material/tune:", key="scope", width="content"):
        days = st.segmented_control(
            "Days", PERIODS, default=usually, required=True, key="days", bind="query-params"
        )
        period = _period(days or usually, through)
        compared = st.segmented_control(
            "Compare with",
            COMPARISONS,
            default="previous",
            required=True,
            key="compare",
            bind="query-params",
            help="previous: the days just before. year: 364 days back.",
        )
        group = groups.choose()
        where = {column: _segment(column, values) for column, values in _offered()}
    st.session_state["carried"] = {
        key: st.session_state[key]
        for key in ("days", "compare", FROM, TO, *where)
        if key in st.session_state
    }
    comparison = {"previous": period.before(), "year": period.year_before()}.get(
        compared or ""
    )
    return Scope(
        period,
        comparison,
        tuple((c, tuple(v)) for c, v in where.items()),
        group,
        data.policy(),
        USUAL,
    )


def _carry() -> None:
    """Keep on another page what was chosen: a change of page drops what a link gave."""
    path = urlsplit(st.context.url or "").path
    if st.session_state.get("carried_on", path) != path:
        for key, value in st.session_state.get("carried", {}).items():
            if key not in st.query_params:
                st.session_state[key] = value
            elif key in SEGMENTS:
                st.session_state.pop(key, None)
    st.session_state["carried_on"] = path


def _take() -> None:
    """Begin with the segments of the link; with the usual ones where it names none."""
    for column, values in _offered():
        if column not in st.session_state:
            given = st.query_params.get_all(column)
            known = [value for value in given if value in values]
            st.session_state[column] = (
                known if known or given == [ALL] else _usually(column, values)
            )


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
    period = usual(through)
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


def usual(through: dt.date) -> Period:
    """Return the days that a page opens with: up to the last complete one."""
    return Period(through - dt.timedelta(int(_usual_days()) - 1), through)


def _usual_days() -> str:
    """Return 28, or what a shop of few orders needs for a figure."""
    return str(data.about().get("usual_days") or DAYS)


def scope_text(scope: Scope, formats: Formats) -> str:
    """Return "20 Oct – 16 Nov 2026 against the 28 days before, only Promoters"."""
    text = formats.day_range(scope.period.first, scope.period.last)
    if scope.comparison == scope.period.year_before():
        text = f"{text} against the same days a year before"
    elif scope.comparison is not None:
        text = f"{text} against the {formats.days(scope.period.days)} before"
    return f"{text}{groups.text(scope)}"


def _segment(column: str, values: list[str]) -> list[str]:
    formats = data.formats()
    picked = st.multiselect(
        words.SEGMENTS[column],
        values,
        format_func=lambda value: words.value(column, value, formats),
        key=column,
        placeholder="All",
    )
    _tell(column, picked, _usually(column, values))
    return picked


def _offered() -> list[tuple[str, list[str]]]:
    known = data.choices()
    return [(c, known[c][:MANY]) for c in OFFERED if len(known.get(c, ())) > 1]


def _period(days: str, through: dt.date) -> Period:
    if days != CUSTOM:
        return Period(through - dt.timedelta(int(days) - 1), through)
    default = usual(through)
    with st.container(horizontal=True):
        first = _day("From", FROM, default.first, through)
        last = _day("To", TO, default.last, through)
    return Period(min(first, last), max(first, last))


def _day(label: str, key: str, default: dt.date, through: dt.date) -> dt.date:
    picked = st.date_input(
        label, default, key=key, bind="query-params", width=150,
        min_value=through - dt.timedelta(REACH), max_value=through,
        format=data.formats().date_input,
    )  # fmt: skip
    return picked if isinstance(picked, dt.date) else default


def _read_link(through: dt.date) -> str:
    """Take days from the link: from and to, as on the command line.

    Returns the usual choice of days in this session: custom where the link named some.
    Links of older kind had both days in `between`; what is no day falls back to the
    usual ones. Either is said once, before the fields themselves read the link.
    """
    if "days_usual" in st.session_state:
        return str(st.session_state["days_usual"])
    params = st.query_params
    given = {key: params[key] for key in (FROM, TO) if key in params}
    if "between" in params:
        older = ",".join(params.get_all("between")).split(",")
        given = {FROM: older[0], TO: older[-1]}
        del params["between"]
        st.toast("This link is of an older kind: its days are now called from and to.")
    read, notices = days_of(given, through)
    for notice in [*notices, *_read_segments()]:
        st.toast(notice)
    for key, day in read.items():
        if params.get(key) != day.isoformat():
            params[key] = day.isoformat()
            st.session_state[key] = day
    st.session_state["days_usual"] = CUSTOM if read else _usual_days()
    return str(st.session_state["days_usual"])


def _read_segments() -> list[str]:
    """Return what to say of segments that the link asks for and no filter here has."""
    offered, notices = dict(_offered()), []
    for column in SEGMENTS:
        values = st.query_params.get_all(column)
        if column in offered and values == [ALL]:
            continue
        unknown = [value for value in values if value not in offered.get(column, ())]
        if unknown:
            what = f"{words.SEGMENTS[column]} {', '.join(unknown)[:60]}"
            notices.append(f"The link asks for {what}, which no filter here has: left out.")
    return notices


def days_of(
    given: Mapping[str, str], through: dt.date
) -> tuple[dict[str, dt.date], list[str]]:
    """Return the days that a link names and what must be said of those it misnames."""
    read, notices, formats = {}, [], data.formats()
    for key, text in given.items():
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            notices.append(
                f"The link's {key} is no day: {text[:40]}. The usual one is shown."
            )
            continue
        if day > through or day < through - dt.timedelta(REACH):
            last = formats.day_range(through, through)
            notices.append(f"The link's {key} is outside of the data, which end on {last}.")
            day = min(max(day, through - dt.timedelta(REACH)), through)
        read[key] = day
    return read, notices


def _label() -> str:
    """Return what the button reads before its widgets exist: state, else the URL."""
    days = _now("days", [st.session_state.get("days_usual", _usual_days())])[-1]
    period = "Custom days" if days == CUSTOM else f"{days} days"
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
        parts.append(groups.titles()[group])
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
