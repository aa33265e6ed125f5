"""Take the page away: one HTML file, or the browser's own way to PDF.

The browser makes the file of what it has drawn, so that every page can be taken, also one
that a team adds, and nothing can be in it that the reader was not shown. It is written
down before the browser is told that it may.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid
import zoneinfo
from functools import cache
from typing import Any

import streamlit as st

from journey import access, address, data, kept, scope as scopes, words
from journey.figures.published import Figures
from journey.output.brief import content, page as brief
from journey.scope import Scope
from journey.ui import address as shown, component, filters, trail

KEY = "take_away"
GRANTED, REFUSED = "take_away_granted", "take_away_refused"
"""In the session, for one run: what the browser may make, or why it may not."""
KINDS = {
    "html": (
        "Page as one file (HTML)",
        "Looks as it does here, on a phone too. Opens without this app or a network.",
    ),
    "pdf": ("Page as PDF", "The print window opens: choose “Save as PDF”."),
}


def draw(title: str, scope: Scope) -> None:
    """Draw the two ways to take away the page named `title`, shown in `scope`."""

    @st.fragment(key="take_away_part")
    def part() -> None:
        offered = [[kind, *told] for kind, told in KINDS.items()]
        granted = st.session_state.pop(GRANTED, None)
        refused = st.session_state.pop(REFUSED, "")
        component.take_away(
            {"choices": offered, "granted": granted, "refused": refused},
            KEY,
            lambda: _allow(title, scope),
        )

    part()
    if shown.page() == "journey":
        _brief(scope)


def _brief(scope: Scope) -> None:
    """Draw the button for the Monday brief of this scope, under the reader's own rows."""
    now = data.snapshot()
    if now is None:
        return
    taken = trail.export("brief", scope, "html")
    home, library = data.home(), data.library()
    settings = dataclasses.replace(data.settings(), url=shown.base())
    role = data.reader().role

    def made() -> bytes:
        taken.write(1)
        figures = Figures(kept.reader(now), library, settings, scope)
        at = dt.datetime.now(dt.UTC)
        return brief.html(content.compose(figures, settings, home, at, role)).encode()

    st.download_button(
        f"{settings.brief.day} brief (HTML)", made, mime="text/html",
        file_name=f"brief-{scope.period.last.isoformat()}.html", on_click="ignore",
        key="take_away_brief", width="stretch", icon=":material/summarize:",
        help="What matters of these days on one page, for a mail or a phone.",
    )  # fmt: skip


def _allow(title: str, scope: Scope) -> None:
    """Write down what is about to be taken, and let the browser make it."""
    kind = st.session_state[KEY].take
    if kind not in KINDS:
        return
    if data.reader() == access.NOBODY:
        st.session_state[REFUSED] = "You are signed out; open the page again."
        return
    try:
        trail.record("export", f"page {title}", scope, kind=kind)
    except OSError as error:
        st.session_state[REFUSED] = (
            "A page is taken away only when it can be written down who took it: "
            f"{error.strerror}."
        )
        return
    st.session_state[GRANTED] = about(title, scope, dt.datetime.now(dt.UTC)) | {
        "id": uuid.uuid4().hex, "kind": kind,
        "style": _css("taken"), "print": _css("taken_print"),
    }  # fmt: skip


def about(title: str, scope: Scope, now: dt.datetime) -> dict[str, Any]:
    """Return what the file says of itself: title, scope, age of the data, way back."""
    asked = scope_text(scope)
    zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
    formats, made_on = data.formats(), now.astimezone(zone).date()
    at = f"{formats.day_range(made_on, made_on)}, {formats.time(now, zone)}"
    lines = [f"{title} · {asked}", f"{_age(zone)} · taken {at}"]
    if data.about().get("is_sample"):
        lines.append("Sample shop, invented data.")
    return {
        "title": f"{title} · {asked}",
        "name": f"{_slug(title)}-{scope.period.last.isoformat()}",
        "running": f"{title} · {asked}",
        "lines": lines,
        "link": link(scope),
        "making": "Making the file …",
        "failed": "The file could not be made; reload the page and try again.",
    }


def scope_text(scope: Scope) -> str:
    """Return days, comparison, group and every value chosen."""
    formats = data.formats()
    chosen = [
        f"{words.SEGMENTS[column]}: "
        + ", ".join(words.value(column, value, formats) for value in values)
        for column, values in scope.where
    ]
    return " · ".join([filters.scope_text(scope, formats), *chosen])


def link(scope: Scope) -> str:
    """Return the address of the page with the days it shows, so that it leads to the same
    figures next month; without the token of a share link. "" where it is not known."""
    page, base = shown.page(), shown.base()
    picked = {key: list(shown.held(key)) for key in sorted(address.own(page))}
    asked = scopes.format(scope, Scope(data.EVER))
    return address.link(base, page, asked | picked) if base else ""


def _age(zone: dt.tzinfo) -> str:
    """Return "Data to 16 Nov 2026, read 17 Nov, 06:10"."""
    known = data.about()
    through, built = known.get("data_through"), known.get("built_at")
    formats = data.formats()
    told = []
    if isinstance(through, dt.date):
        told.append(f"Data to {formats.day_range(through, through)}")
    if isinstance(built, dt.datetime):
        told.append(f"read {formats.moment(built, zone)}")
    return ", ".join(told)


@cache
def _css(name: str) -> str:
    return (component.PARTS / f"{name}.css").read_text("utf-8")


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "page"
