"""A visit by a signed link: one page, one scope, nothing else, until the link ends."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import NoReturn

import streamlit as st

from journey import data, scope as scopes, shares
from journey.access import NOBODY
from journey.problem import JourneyError
from journey.scope import Scope
from journey.shares import Link
from journey.ui import problems, trail

KEY = "share"
"""Name in the address."""
OPENED = "visit_opened"
"""In the session: whether it was written down that the link was opened."""
ENDED = "This link has ended"
ASK = "Ask who sent it for a new one."


def begin() -> None:
    """Take the token from the address: a session that came by a link stays with it.

    Two tokens, or another one later, are none.
    """
    held, tokens = data.held(), st.query_params.get_all(KEY)
    if not tokens:
        return
    is_other = len(tokens) > 1 or held.token not in (None, tokens[0])
    held.token = "" if is_other else tokens[0]
    held.until = 0.0


def is_one() -> bool:
    """Whether this session came by a signed link, open or not."""
    return data.held().token is not None


def link() -> Link | None:
    """Return the link by which this session came, while it is open."""
    token = data.held().token
    if token is None or data.reader() == NOBODY:
        return None
    return shares.read(data.home()).made.get(token.partition(".")[0])


def admit() -> None:
    """End the page of a link that has ended, or whose opening cannot be written down."""
    found = link()
    if found is None:
        end()
    if OPENED not in st.session_state:
        try:
            trail.record("share", f"opened {found.id}")
        except OSError:
            end()
        st.session_state[OPENED] = True


def end() -> NoReturn:
    """Say that the link has ended and who may help, and nothing else."""
    st.title(ENDED, anchor=False)
    st.caption(ASK)
    st.stop()


def strip() -> None:
    """Say who shares the page and until when."""
    found = link()
    if found is None:
        return
    formats = data.formats()
    zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
    until = formats.moment(dt.datetime.fromisoformat(found.until), zone)
    by = f" by **{problems.plain(found.by)}**" if found.by else ""
    label = f" · {problems.plain(found.label)}" if found.label else ""
    with st.container(key="shared"):
        st.markdown(f":material/link: Shared{by} until {problems.plain(until)}{label}")


def scope(through: dt.date) -> Scope:
    """Return the scope of the link, on the days that it shows now."""
    found = link()
    if found is None:
        end()
    view, calendar = found.view, data.settings().calendar
    period = view.days_of(through)
    try:
        then, event = scopes.against(view.compare, period, calendar)
    except JourneyError:
        then, event = scopes.against("previous", period, calendar)
    where, rows = view.where, data.policy()
    return Scope(period, then, where, view.segment, rows, view.usual, event)
