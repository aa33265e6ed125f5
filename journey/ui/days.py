"""Which days: so many up to the last complete one, or from one to another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from journey import data
from journey.answer import Period
from journey.figures.answers import DAYS
from journey.ui import problems

KEY = "days"
CUSTOM = "custom"
PERIODS = ("7", "28", "90", "365", CUSTOM)
FROM, TO = "from", "to"
"""Names in the address, the same as on the command line."""
REACH = 3650
"""Days that a reader may look back."""


def choose(through: dt.date) -> Period:
    """Draw the choice of days and return them; `begin` ran before."""
    days = st.segmented_control("Days", PERIODS, format_func=said, required=True, key=KEY)
    days = str(days or usually())
    tell(KEY, "" if days == usually() else days)
    if days != CUSTOM:
        return Period(through - dt.timedelta(int(days) - 1), through)
    default = usual(through)
    with st.container(horizontal=True):
        first = pick("From", FROM, default.first, through)
        last = pick("To", TO, default.last, through)
    return Period(min(first, last), max(first, last))


def said(days: str) -> str:
    """Return a choice of days as people say it: "28 days"."""
    return "Other" if days == CUSTOM else data.formats().days(int(days))


def begin(through: dt.date) -> list[str]:
    """Take days from the link: days, or from and to, as on the command line.

    Returns what must be said of them. Links of an older kind had both days in
    `between`; what is no day falls back to the usual ones.
    """
    notices = _read_days(through) if "days_usual" not in st.session_state else []
    # A widget of the page before leaves an empty value to the one of this page.
    if not st.session_state.get(KEY):
        given = st.query_params.get(KEY)
        if given and given not in PERIODS:
            usual_ = said(usually())
            what = problems.plain(given[:40])
            notices.append(f"The link's days are no choice: {what}. Shown: {usual_}.")
        st.session_state[KEY] = given if given in PERIODS else usually()
    st.session_state[KEY] = st.session_state[KEY]
    return notices


def _read_days(through: dt.date) -> list[str]:
    params, notices = st.query_params, []
    given = {key: params[key] for key in (FROM, TO) if key in params}
    if "between" in params:
        older = ",".join(params.get_all("between")).split(",")
        given = {FROM: older[0], TO: older[-1]}
        del params["between"]
        notices.append(
            "This link is of an older kind: its days are now called from and to."
        )
    read, wrong = days_of(given, through)
    for key, day in read.items():
        if params.get(key) != day.isoformat():
            params[key] = day.isoformat()
            st.session_state[key] = day
    st.session_state["days_usual"] = CUSTOM if read else usual_days()
    return [*notices, *wrong]


def days_of(
    given: Mapping[str, str], through: dt.date
) -> tuple[dict[str, dt.date], list[str]]:
    """Return the days that a link names and what must be said of those it misnames."""
    read, notices, formats = {}, [], data.formats()
    for key, text in given.items():
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            what = problems.plain(text[:40])
            notices.append(f"The link's {key} is no day: {what}. The usual one is shown.")
            continue
        if day > through or day < through - dt.timedelta(REACH):
            last = formats.day_range(through, through)
            notices.append(f"The link's {key} is outside of the data, which end on {last}.")
            day = min(max(day, through - dt.timedelta(REACH)), through)
        read[key] = day
    return read, notices


def pick(label: str, key: str, default: dt.date, through: dt.date) -> dt.date:
    """Draw one day that stands in the address by itself."""
    picked = st.date_input(
        label, default, key=key, bind="query-params", width=150,
        min_value=through - dt.timedelta(REACH), max_value=through,
        format=data.formats().date_input,
    )  # fmt: skip
    return picked if isinstance(picked, dt.date) else default


def tell(key: str, value: str) -> None:
    """Write one value into the address; "" leaves no parameter."""
    if st.query_params.get_all(key) == ([value] if value else []):
        return
    if value:
        st.query_params[key] = value
    else:
        del st.query_params[key]


def usually() -> str:
    """Return the usual choice of this session: custom where its link named days."""
    return str(st.session_state.get("days_usual", usual_days()))


def usual(through: dt.date) -> Period:
    """Return the days that a page opens with: up to the last complete one."""
    return Period(through - dt.timedelta(int(usual_days()) - 1), through)


def usual_days() -> str:
    """Return 28, or what a shop of few orders needs for a figure."""
    return str(data.about().get("usual_days") or DAYS)
