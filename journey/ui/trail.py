"""The trail of a visit: pages, lists, files, texts, groups; a line each in the audit."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from journey import access, audit, data, scope as scopes, shares, signed_out
from journey.answer import Answer
from journey.home import Home
from journey.scope import Scope

SEEN = "trail_seen"
"""In the session: query -> scope and rows of the list that was written down last."""
LONGEST = 40
"""Characters of a page's path that are written down."""
PAGE = "trail_page"
"""In the session: page and scope that were written down last."""


class Refused(Exception):
    """A file that may not be taken away any more."""


def seen(answer: Answer, scope: Scope) -> bool:
    """Write down a list that is about to be shown; whether it may be.

    The same list is written once until another one of that query is shown.
    """
    if not names_somebody(answer) or answer.frame is None:
        return True
    lists = st.session_state.setdefault(SEEN, {})
    now = (scope, answer.frame.height)
    if lists.get(answer.name) == now:
        return True
    try:
        record("list", answer.name, scope, answer.frame.height)
    except OSError as error:
        why = error.strerror
        st.error(f"Lists are shown only when it can be written down who saw them: {why}.")
        return False
    lists[answer.name] = now
    return True


def record(
    action: str, name: str, scope: Scope | None = None, rows: int = 0, kind: str = ""
) -> None:
    """Write down what the reader does. Raises OSError: then it must not be done."""
    audit.write(data.home(), _entry(action, name, scope, rows, kind))


def page(scope: Scope) -> None:
    """Write down that somebody who signed in opened a page; no page waits for it."""
    reader = data.reader()
    shown = (_path(), scope.period, scope.comparison, scope.where, scope.segment)
    if not reader.name or st.session_state.get(PAGE) == shown:
        return
    st.session_state[PAGE] = shown
    audit.write_later(data.home(), _entry("page", "", scope))


@dataclass(frozen=True)
class Export:
    """A file that a click may take away: who is offered it, as of what sign-in."""

    home: Home
    entry: audit.Entry
    is_still_admitted: Callable[[], bool]

    def write(self, rows: int) -> None:
        """Write down that it is taken. The click comes from outside the page's run, so
        the sign-in is looked at again. Raises OSError or Refused: then give no file."""
        if not self.is_still_admitted():
            raise Refused("the sign-in or the role is not what it was")
        audit.write(self.home, audit.again(self.entry, rows))


def export(name: str, scope: Scope | None, kind: str) -> Export:
    """Return what a download's function calls `write` of when it is clicked."""
    user, asks, reader = data.user(), data.asks_for_sign_in(), data.reader()
    home, token = data.home(), data.held().token
    is_drawn_for_them = data.is_for_reader()

    def is_still_admitted() -> bool:
        if not is_drawn_for_them:
            return False
        if token is not None:
            return shares.admission(home, token, data.settings()).reader == reader
        ended = signed_out.known(home) if asks else frozenset()
        now = access.admission(user, asks, data.settings(), ended, time.time())
        return now.reader == reader

    return Export(home, _entry("export", name, scope, 0, kind), is_still_admitted)


def refusal() -> str:
    """Return what to say in place of files while none could be written down; "" else."""
    why = audit.refusal(data.home())
    told = "Files are given only when it can be written down who takes them"
    return f"{told}: {why}." if why else ""


def names_somebody(answer: Answer) -> bool:
    """Whether the rows carry numbers that lead to one person."""
    return data.names_somebody(answer)


def forget(name: str) -> None:
    """Let the next look at a list be written down again."""
    st.session_state.get(SEEN, {}).pop(name, None)


def reader() -> str:
    """Return who looks: the address or number of the sign-in; nobody without one."""
    if name := data.reader().name:
        return name
    user = data.user()
    return access.named(user) if user.get("is_logged_in") else "nobody signed in"


def _entry(
    action: str, name: str, scope: Scope | None, rows: int = 0, kind: str = ""
) -> audit.Entry:
    asked = scopes.format(scope, Scope(data.EVER)) if scope else {}
    return audit.Entry(audit.now(), reader(), action, _path(), asked, name, rows, kind)


def _path() -> str:
    """Return the page of the address; "" of the first page, which stands at the root. The
    browser says it: a long one would push the lines of others out of the audit."""
    return urlsplit(st.context.url or "").path.rpartition("/")[2][:LONGEST]
