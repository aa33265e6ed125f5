"""The trail of lists that name orders and tickets, and of groups saved: a line each."""

from __future__ import annotations

import streamlit as st

from journey import audit, data, scope as scopes
from journey.answer import Answer
from journey.scope import Scope

SEEN = "trail_seen"
"""In the session: query -> scope and rows of the list that was written down last."""


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
        _write("seen", answer.name, scope, answer.frame.height)
    except OSError as error:
        st.error(f"Lists are shown only when it can be written down who saw them: {error}.")
        return False
    lists[answer.name] = now
    return True


def downloaded(answer: Answer) -> None:
    """Write down that the list shown last was taken away. Raises OSError."""
    if names_somebody(answer) and answer.frame is not None:
        scope, _ = st.session_state.get(SEEN, {}).get(
            answer.name, (Scope(answer.period), 0)
        )
        _write("downloaded", answer.name, scope, answer.frame.height)


def saved(name: str, scope: Scope, people: int) -> None:
    """Write down that a rule of who stopped becomes a named group. Raises OSError."""
    _write("saved", name, scope, people)


def names_somebody(answer: Answer) -> bool:
    """Whether the rows carry numbers that lead to one person."""
    return data.names_somebody(answer)


def forget(name: str) -> None:
    """Let the next look at a list be written down again."""
    st.session_state.get(SEEN, {}).pop(name, None)


def reader() -> str:
    """Return who looks: the address or number of the sign-in; nobody without one."""
    if not getattr(st.user, "is_logged_in", False):
        return "nobody signed in"
    named = (st.user.get(key) for key in ("email", "preferred_username", "sub"))
    return next((str(name) for name in named if name), "signed in, without a name")


def _write(action: str, name: str, scope: Scope, count: int) -> None:
    address = (st.context.url or "").partition("?")[0]
    asked = scopes.format(scope, Scope(data.EVER))
    page = address.rpartition("/")[2]
    entry = audit.Entry(audit.now(), reader(), action, page, asked, name, count)
    audit.write(data.home(), entry)
