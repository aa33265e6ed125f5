"""Who may see the app: the sign-in, and what is told to who may not."""

from __future__ import annotations

import contextlib
import sys
import tomllib
from pathlib import Path
from types import FrameType

import streamlit as st
import uvicorn
from streamlit import config
from streamlit.config_option import ConfigOption
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from journey import data, settings, sign_in, signed_out
from journey.access import NOBODY, named, sign_in_id
from journey.home import PROJECT, Home
from journey.problem import JourneyError, Problem
from journey.settings import Settings
from journey.ui import news, problems, trail, visit

LEVELS_TOLD = {
    "viewer": "reads figures and takes them away",
    "analyst": "reads figures and types SQL",
    "admin": "may do everything",
}
UNTOLD = ("tokens", "nonce", "at_hash", "c_hash", "is_logged_in")
"""What of a sign-in helps nobody to give a role."""


def refuse_to_start() -> None:
    """End the process where the app would open to people who must not see it.

    Called once by whatever starts the server, before it answers anybody.
    """
    home = data.home()
    if not config.is_manually_set("secrets.files"):
        files = [str(path) for path in sign_in.secrets_files(home)]
        config.set_option("secrets.files", files, ConfigOption.DEFAULT_DEFINITION)
    found = _problems(home)
    if found:
        sys.stderr.write(f"\n{JourneyError(*found)}\n\n")
        raise SystemExit(1)
    if data.asks_for_sign_in():
        data.demand_sign_in()


def _problems(home: Home) -> list[Problem]:
    paths = [Path(p) for p in config.get_option("secrets.files") if p.endswith(".toml")]
    secrets, found = sign_in.read(paths)
    if found:
        return found
    if st.secrets.load_if_toml_exists():
        secrets = st.secrets.to_dict()
    try:
        chosen = settings.load(home)
    except JourneyError as error:  # pages tell it; until then it opens nothing
        chosen, found = Settings(), list(error.problems)
    listens, address = _listens()
    if not listens and "auth" not in secrets:
        return []
    refused = sign_in.problems(secrets, chosen, address)
    if "auth" in secrets and config.get_option("server.trustedUserHeaders"):
        refused.append(
            Problem(
                ".streamlit/config.toml, server.trustedUserHeaders",
                "headers that may name another reader than the sign-in does",
                "either a sign-in [auth] or these headers", "take trustedUserHeaders out",
            )
        )  # fmt: skip
    return [*found, *refused] if refused else []


def _listens() -> tuple[bool, str | None]:
    """Return whether a server is loading the app, and the address it listens on; None
    for every address, or one that it does not tell."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        server = frame.f_locals.get("self")
        if isinstance(server, uvicorn.Config):
            address = f"unix:{server.uds}" if server.uds else server.host
            unknown = server.fd is not None or address in ("::", "0.0.0.0", "")
            return True, None if unknown else address
        frame = frame.f_back
    return False, None


def admit() -> None:
    """Let the reader in, or draw the sign-in and end the page.

    With roles in journey.toml, somebody without one sees nothing: a forgotten role must
    not open the door.
    """
    _refuse_a_page_alone()
    visit.begin()
    data.held().until = 0.0
    if visit.is_one():
        visit.admit()
        data.held().let_in = data.reader()
        return
    if data.asks_for_sign_in() and not _is_signed_in():
        _draw_sign_in("")  # before anything is read that could tell a stranger more
        st.stop()
    try:
        if not data.asks_for_sign_in():
            _refuse_unread_sign_in()
        found = data.admission()
    except JourneyError as error:
        _title()
        problems.show(error.problems, "The settings need a hand")
        _way_out()
        news.wait()
        st.stop()
    if found.problem is not None:
        _draw_no_role(found.problem)
        news.wait()
        st.stop()
    if found.needs_sign_in:
        _draw_sign_in(found.told)
        st.stop()
    data.held().take(found.reader)
    data.held().let_in = data.reader()


def _refuse_a_page_alone() -> None:
    """End the page where its file was started in place of app.py: at an address that
    others reach, nothing would ask who they are."""
    context = get_script_run_ctx(suppress_warning=True)
    if context and Path(context.main_script_path).parent == PROJECT / "pages":
        st.error("A page is not started alone. Start app.py, which opens every page.")
        st.stop()


def is_open() -> bool:
    """Whether the reader of this session may look now."""
    visit.begin()
    data.held().until = 0.0
    return data.reader() != NOBODY


def menu() -> None:
    """Draw who is signed in, with what role, and the way out."""
    if not _is_signed_in() or visit.is_one():
        return
    reader = data.reader()
    name = problems.plain(named(data.user()))
    role = f"Role: {problems.plain(reader.role)}" if reader.role else "No role"
    with st.popover("", icon=":material/account_circle:", key="account", help="Account"):
        st.markdown(f"**{name}**")
        st.caption(f"{role} · {LEVELS_TOLD[reader.level]}" if reader.role else role)
        _way_out()


def _way_out() -> None:
    if _is_signed_in():
        st.button("Sign out", icon=":material/logout:", key="sign_out", on_click=_sign_out)


def _sign_out() -> None:
    with contextlib.suppress(OSError):
        signed_out.end(data.home(), sign_in_id(data.user()))
    with contextlib.suppress(OSError):
        trail.record("sign out", "")
    st.logout()


def _is_signed_in() -> bool:
    return bool(data.user().get("is_logged_in"))


def _title() -> None:
    st.title("Customer journey", anchor=False)


def _draw_sign_in(told: str) -> None:
    """Draw a button for each provider."""
    with _card():
        _title()
        st.write("Sign in to see the figures of the shop.")
        if told:
            st.caption(told)
        for name in sign_in.providers(st.secrets.get("auth", {})):
            words = f" with {name.replace('-', ' ').capitalize()}" if name else ""
            st.button(
                f"Sign in{words}", type="primary", key=f"sign_in_{name}",
                on_click=st.login, args=(name,) if name else (), width="stretch",
            )  # fmt: skip


def _draw_no_role(problem: Problem) -> None:
    """Say that a role is missing, whose, and what to do."""
    with _card():
        _title()
        if _is_signed_in():
            name = problems.plain(named(data.user()))
            st.markdown(f"You are signed in as **{name}**.")
        st.markdown(
            f"But {problems.plain(problem.found)}. It takes {problem.expected}."
            if _is_signed_in()
            else f"Nobody sees figures here yet: {problems.plain(problem.found)}."
        )
        st.caption(problems.plain(f"To do: {problem.fix}."))
        if _is_signed_in():
            told = {k: v for k, v in sorted(data.user().items()) if k not in UNTOLD}
            with st.expander("What the provider says of you"):
                lines = (f"{claim}: {str(value)[:200]}" for claim, value in told.items())
                st.code("\n".join(lines), language=None, wrap_lines=True)
        _way_out()


def _card() -> DeltaGenerator:
    """Return the card in the middle of an otherwise empty page."""
    st.space("large")
    middle = st.container(horizontal_alignment="center", key="sign_in")
    return middle.container(border=True, width=400, gap="medium", key="sign_in_card")


def _refuse_unread_sign_in() -> None:
    """Raise JourneyError where a sign-in is written down that Streamlit does not read:
    the file is broken, or lies where Streamlit does not look. Open doors must be meant.
    """
    for path in (data.home().secrets, Path(".streamlit/secrets.toml")):
        if _may_ask_for_sign_in(path):
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
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return True
