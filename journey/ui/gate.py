"""Who may see the app: the sign-in, and what is told to who may not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import streamlit as st

from journey import data
from journey.access import Admission
from journey.problem import JourneyError, Problem
from journey.ui import problems


def admit() -> None:
    """Let the reader in, or draw the sign-in and end the page.

    With roles in journey.toml, somebody without one sees nothing: a forgotten role must
    not open the door.
    """
    st.session_state.pop("admitted", None)
    try:
        if not data.asks_for_sign_in():
            _refuse_unread_sign_in()
        found = data.admission()
        if found.problem is not None:
            raise JourneyError(found.problem)
    except JourneyError as error:
        _title()
        problems.show(error.problems, "The settings need a hand")
        st.stop()
    if found.needs_sign_in:
        _sign_in(found)
        st.stop()


def _title() -> None:
    st.title("Customer journey", anchor=False)


def _sign_in(found: Admission) -> None:
    _title()
    st.write("Sign in to see the figures of the shop.")
    if found.told:
        st.caption(found.told)
    st.button("Sign in", type="primary", on_click=st.login)


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
