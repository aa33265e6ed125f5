"""Which days: so many up to the last complete one, or from one to another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from journey import data
from journey.address import DAYS as OFFERED
from journey.answer import Period
from journey.figures.answers import DAYS
from journey.ui import address

KEY = "days"
CUSTOM = "custom"
PERIODS = (*OFFERED, CUSTOM)
FROM, TO = "from", "to"
"""Names in the address, the same as on the command line."""
OLDER = "between"
"""What links of an older kind had both days in."""
REACH = 3650
"""Days that a reader may look back."""


def last_complete() -> dt.date | None:
    """Return the last complete day of what is published; None while there is nothing.

    Where no source says which days are complete, the day before the build is the last.
    """
    about = data.about()
    through, built = about.get("data_through"), about.get("built_at")
    if isinstance(through, dt.date):
        return through
    return built.date() - dt.timedelta(1) if isinstance(built, dt.datetime) else None


def choose(through: dt.date) -> Period:
    """Draw the choice of days and return them; `begin` ran before."""
    days = st.segmented_control("Days", PERIODS, format_func=said, required=True, key=KEY)
    days = address.keep(KEY, str(days or now()))
    if days != CUSTOM:
        address.tell(KEY, *([days] if days != usual_days() else []))
        address.tell(FROM)
        address.tell(TO)
        return Period(through - dt.timedelta(int(days) - 1), through)
    address.tell(KEY)
    default = usual(through)
    with st.container(horizontal=True):
        first = _day("From", FROM, default.first, through)
        last = _day("To", TO, default.last, through)
    return Period(min(first, last), max(first, last))


def now() -> str:
    """Return the choice of days: one of PERIODS."""
    days = address.now(KEY, usual_days()) or usual_days()
    return str(days) if days in PERIODS else usual_days()


def said(days: str) -> str:
    """Return a choice of days as people say it: "28 days"."""
    return "Other" if days == CUSTOM else data.formats().days(int(days))


def begin(through: dt.date) -> None:
    """Take days from the link: days, or from and to, as on the command line.

    What is no day, or no choice, falls back to the usual ones and is told.
    """
    choice, asked = now(), address.given(KEY)
    if asked and asked[-1] in OFFERED:
        choice = asked[-1]
    elif asked and asked[-1] != CUSTOM:
        usual_ = said(usual_days())
        address.misread(
            f"The link's days are no choice: {address.named(asked[-1:])}; shown: {usual_}."
        )
    if read := _read(through):
        choice = CUSTOM
        for key, day in read.items():
            st.session_state[key] = address.keep(key, day)
    st.session_state[KEY] = address.keep(KEY, choice)


def _read(through: dt.date) -> dict[str, dt.date]:
    """Return the days that a link names, first before last."""
    is_new = [key for key in (FROM, TO) if address.given(key)]
    given = {key: address.held(key)[-1] for key in (FROM, TO) if address.held(key)}
    if older := ",".join(address.given(OLDER)).split(","):
        if older[0]:
            is_new, given = [OLDER], {FROM: older[0], TO: older[-1]}
            address.misread(
                "The link is of an older kind: its days are now called from and to."
            )
        address.tell(OLDER)
    if not is_new:
        return {}
    read, wrong = days_of(given, through)
    for notice in wrong:
        address.misread(notice)
    for key in given:
        if key not in read:
            address.tell(key)
    default = usual(through)
    first, last = read.get(FROM, default.first), read.get(TO, default.last)
    if read and first > last:
        if len(read) == 2:
            address.misread("The link's first day is after its last: they are swapped.")
        read = {FROM: min(first, last), TO: max(first, last)}
    return read


def days_of(
    given: Mapping[str, str], through: dt.date
) -> tuple[dict[str, dt.date], list[str]]:
    """Return the days that a link names and what must be said of those it misnames."""
    read, notices, formats = {}, [], data.formats()
    for key, text in given.items():
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            what = address.named([text])
            notices.append(f"The link's {key} is no day: {what}; the usual one is shown.")
            continue
        if day > through or day < through - dt.timedelta(REACH):
            last = formats.day_range(through, through)
            notices.append(f"The link's {key} is outside of the data, which end on {last}.")
            day = min(max(day, through - dt.timedelta(REACH)), through)
        read[key] = day
    return read, notices


def _day(label: str, key: str, default: dt.date, through: dt.date) -> dt.date:
    """Draw one day that stands in the address by itself."""
    kept = address.now(key, default)
    earliest = through - dt.timedelta(REACH)
    day = kept if isinstance(kept, dt.date) else default
    st.session_state[key] = min(max(day, earliest), through)
    picked = st.date_input(
        label, key=key, width=150, min_value=earliest, max_value=through,
        format=data.formats().date_input,
    )  # fmt: skip
    day = picked if isinstance(picked, dt.date) else default
    address.tell(key, day.isoformat())
    return address.keep(key, day)


def usual(through: dt.date) -> Period:
    """Return the days that a page opens with: up to the last complete one."""
    return Period(through - dt.timedelta(int(usual_days()) - 1), through)


def usual_days() -> str:
    """Return 28, or what a shop of few orders needs for a figure."""
    return str(data.about().get("usual_days") or DAYS)
