"""Who may see the app: the sign-in and the rows of the reader's role."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import streamlit as st

from journey import data
from journey.problem import JourneyError, Problem
from journey.scope import Choices, restrictions
from journey.settings import Role
from journey.ui import problems


def admit() -> None:
    """Let the reader in, or draw the sign-in and end the page.

    Sets the row policy of the session. With roles in journey.toml, somebody without
    one sees nothing: a forgotten role must not open the door.
    """
    signed_in = _is_signed_in()
    if _asks_for_sign_in() and not signed_in:
        st.title("Customer journey", anchor=False)
        st.write("Sign in to see the figures of the shop.")
        st.button("Sign in", type="primary", on_click=st.login)
        st.stop()
    try:
        if not _asks_for_sign_in():
            _refuse_unread_sign_in()
        roles = data.settings().roles
        role = _role(signed_in) if roles else Role(see_who=True, follow_up=True)
    except JourneyError as error:
        st.title("Customer journey", anchor=False)
        problems.show(error.problems, "The settings need a hand")
        st.stop()
    st.session_state["policy"] = _policy(role)
    st.session_state["see_who"] = role.see_who
    st.session_state["follow_up"] = role.follow_up


def _asks_for_sign_in() -> bool:
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def _refuse_unread_sign_in() -> None:
    """Raise JourneyError where a sign-in is written down that Streamlit does not read:
    the file is broken, or lies where Streamlit does not look. Open doors must be meant.
    """
    for path in (data.home().secrets, Path(".streamlit/secrets.toml")):
        if path.is_file() and _may_ask_for_sign_in(path):
            raise JourneyError(
                Problem(
                    ".streamlit/secrets.toml", "a sign-in [auth] that is not in force",
                    "a file that can be read, in the folder where the app is started",
                    "correct the file, or copy it to .streamlit/ of that folder",
                )
            )  # fmt: skip


def _may_ask_for_sign_in(path: Path) -> bool:
    try:
        return "auth" in tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return True


def _is_signed_in() -> bool:
    return bool(getattr(st.user, "is_logged_in", False))


def _role(signed_in: bool) -> Role:
    roles = data.settings().roles
    groups: Any = st.user.get("groups") if signed_in else None
    names = [groups] if isinstance(groups, str) else list(groups or ())
    for name in names:
        if name in roles:
            return roles[name]
    raise JourneyError(
        Problem(
            "journey.toml, [roles]", "you have none of the roles",
            f"one of {', '.join(roles)} among your groups",
            "ask whoever runs this app to add you to a group",
        )
    )  # fmt: skip


def _policy(role: Role) -> Choices:
    return restrictions(role.rows)
