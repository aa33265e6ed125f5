"""The popover "Share" in the head of a page: copy a link, present, signed links."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import streamlit as st

from journey import address, data, shares
from journey.problem import JourneyError
from journey.scope import Scope, compared
from journey.shares import Link, View
from journey.ui import address as shown, component, days, problems, take_away, trail

BOX = "share_box"
"""In the session: whether the popover is open."""
MADE = "share_made"
"""In the session: the link that was made last."""
WIDTH = 400
"""Of what is in the popover, in pixels."""
ROLLING, FIXED = "rolling", "fixed"
TURNS = {0: "Never", 15: "15 s", 30: "30 s", 60: "1 min"}
"""Seconds after which a presented page turns to the next one."""
LIVES = {1: "1 day", 7: "7 days", 30: "30 days", 90: "90 days"}
CLOSED = "This page shows files and sources; it has no signed links."
READS = "Your role makes no signed links. `[roles]` in journey.toml decides."
OFF = "Signed links are switched off in this app."


def draw(title: str, scope: Scope) -> None:
    """Draw the button and, while it is open, the ways to share the page."""
    if st.context.is_embedded:
        return

    @st.fragment(key="share_part")
    def part() -> None:
        box = st.popover(
            "Share", icon=":material/share:", key=BOX, on_change="rerun", width="content"
        )
        if box.open:
            with box:
                _contents(title, scope)

    with st.container(width="content", key="share"):
        part()


def _contents(title: str, scope: Scope) -> None:
    with st.container(width=WIDTH):
        link = st.container()
        is_fixed = _days(scope) == FIXED
        turn = _turn()
        with link:
            component.share(
                {
                    "base": shown.base(), "path": address.link("", shown.page(), {}),
                    "fixed": _fixed(scope) if is_fixed else {},
                    "theme": data.theme(), "turn": turn,
                },
                "share_link",
            )  # fmt: skip
        take_away.draw(title, scope)
        with st.expander("Signed link, without a sign-in", icon=":material/add_link:"):
            _signed(title, scope, is_fixed)


def _days(scope: Scope) -> str:
    """Draw the choice whether the days move on; days that were picked stay as they are."""
    if days.now() == days.CUSTOM:
        return FIXED
    formats = data.formats()
    period = formats.day_range(scope.period.first, scope.period.last)
    said = {ROLLING: f"The last {formats.days(scope.period.days)}", FIXED: f"Just {period}"}
    picked = st.segmented_control(
        "Days of the link", list(said), format_func=said.__getitem__, key="share_days",
        default=ROLLING, required=True,
        help="The last days move on with the data; the others stay for good.",
    )  # fmt: skip
    return str(picked or ROLLING)


def _turn() -> int:
    picked = st.segmented_control(
        "Presented, pages turn after", list(TURNS), format_func=TURNS.__getitem__,
        key="share_turn", default=0, required=True,
        help="For a wall screen: the pages of the menu one after the other.",
    )  # fmt: skip
    return int(picked or 0)


def _fixed(scope: Scope) -> dict[str, str | None]:
    """Return what stands in the address in place of days that move on."""
    first, last = scope.period.first.isoformat(), scope.period.last.isoformat()
    return {days.KEY: None, days.FROM: first, days.TO: last}


# ------------------------------------------------------------------ signed links


def _signed(title: str, scope: Scope, is_fixed: bool) -> None:
    """Draw the form that makes a link, and the reader's own ones."""
    settings, reader = data.settings(), data.reader()
    if shown.page() in ("", *shares.CLOSED):
        st.caption(CLOSED)
    elif not shares.may_share(reader, settings):
        st.caption(READS if settings.share_links else OFF)
        return
    else:
        st.caption(
            "Opens this page with these filters without a sign-in, and nothing else. "
            "Who has the link sees the rows that you may see."
        )
        _form(title, scope, is_fixed)
    _own()


def _form(title: str, scope: Scope, is_fixed: bool) -> None:
    with st.form("share_form", border=False):
        label = st.text_input(
            "For whom", max_chars=shares.LONGEST, key="share_label",
            placeholder="Agency, monthly review",
        )  # fmt: skip
        life = st.segmented_control(
            "Ends after", list(LIVES), format_func=LIVES.__getitem__, default=7,
            required=True, key="share_life",
        )  # fmt: skip
        if st.form_submit_button("Make link", icon=":material/add_link:"):
            _make(view(scope, is_fixed), label or title, int(life or 7))


def view(scope: Scope, is_fixed: bool) -> View:
    """Return what a link shows: this page, this scope, what is picked in it."""
    page = shown.page()
    return View(
        page,
        None if is_fixed else scope.period.days,
        (scope.period.first.isoformat(), scope.period.last.isoformat()),
        compared(scope), scope.where, scope.usual, scope.segment,
        {key: shown.held(key) for key in sorted(address.own(page)) if shown.held(key)},
    )  # fmt: skip


def _make(shared: View, label: str, life: int) -> None:
    try:
        link, _ = shares.make(
            data.home(), shared, data.reader(), label, life, dt.datetime.now(dt.UTC)
        )
        trail.record("share", f"made {link.id} {link.label} until {link.until}")
    except JourneyError as error:
        for problem in error.problems:
            st.error(problems.plain(f"{problem.found}: {problem.fix}."))
        return
    except OSError as error:
        st.error(f"The link could not be kept: {error.strerror}.")
        return
    st.session_state[MADE] = link


def _own() -> None:
    """Draw the link made or asked for last, then the reader's own open ones, each with a
    way to copy and to end it."""
    links = _open()
    made: Link | None = st.session_state.get(MADE)
    if made is not None and made in links:
        _copyable(made)
    for link in links:
        if link.by == data.reader().name:
            _line(link, is_own=True)


def _copyable(made: Link) -> None:
    """Draw the address of a link; why not where the key of its token is closed."""
    try:
        ready = _address(made)
    except JourneyError as error:
        for problem in error.problems:
            st.error(problems.plain(f"{problem.where}: {problem.found}. {problem.fix}."))
        return
    except OSError as error:
        st.error(f"The link cannot be signed: {error.strerror}.")
        return
    st.caption(problems.plain(f"{told(made)}:"))
    component.share({"link": ready}, "share_made_link")


def all_links() -> None:
    """Draw every open link with a way to end it, for admins; nothing for others."""
    if not data.reader().may("admin"):
        return
    with st.container(border=True, key="card_links"):
        st.markdown("#### Signed links")
        links = _open()
        if not links:
            st.caption("No link is open. They are made under Share, in the head of a page.")
        for link in links:
            _line(link, is_own=False)


def _open() -> list[Link]:
    return list(shares.read(data.home()).open_at(dt.datetime.now(dt.UTC)))


def _line(link: Link, is_own: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        by = "" if is_own else f" · by {link.by or 'nobody signed in'}"
        is_dead = shares.visitor(link, data.settings()) is None
        note = " · opens nothing: who made it may share no more" if is_dead else ""
        st.caption(problems.plain(told(link) + by + note), width="stretch")
        # Names may be alike; a link shows the rows of the role that made it.
        if is_own and link.role == data.reader().role:
            st.button(
                "Copy", key=f"share_copy_{link.id}", type="tertiary",
                on_click=_show, args=(link,),
            )  # fmt: skip
        where = "own" if is_own else "all"
        if st.button("Revoke", key=f"share_end_{where}_{link.id}", type="tertiary"):
            revoke(link)


def _show(link: Link) -> None:
    st.session_state[MADE] = link


def told(link: Link) -> str:
    """Return "Agency · Conversion · until 29 Nov, 10:12"."""
    formats = data.formats()
    zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
    until = formats.moment(dt.datetime.fromisoformat(link.until), zone)
    return f"{link.label} · {link.view.page.capitalize()} · until {until}"


def revoke(link: Link) -> None:
    """End a link of the reader's own, or as an admin anybody's."""
    reader = data.reader()
    if link.by != reader.name and not reader.may("admin"):
        return
    try:
        shares.revoke(data.home(), link, reader.name, dt.datetime.now(dt.UTC))
        trail.record("share", f"revoked {link.id} {link.label}")
    except OSError as error:
        st.error(f"The link could not be ended: {error.strerror}.")
        return
    made: Any = st.session_state.get(MADE)
    if made is not None and made.id == link.id:
        del st.session_state[MADE]
    st.rerun()


def _address(link: Link) -> str:
    token = shares.token(data.home(), link)
    return address.link(shown.base(), "", {"share": [token]})
