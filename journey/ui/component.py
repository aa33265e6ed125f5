"""The product's own components: plain html, css and js files, no build step.

Data go as a list of one: in a dictionary Streamlit looks for data frames, for which it
imports Pandas, a second that the first visitor would wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from journey.home import PROJECT

PARTS = Path(__file__).parent / "parts"


def journey_map(data: Mapping[str, Any], key: str = "journey_map") -> str | None:
    """Draw the map; return the stage that was just clicked."""
    opened = _mount("map", "ol")(data=[data], key=key, on_open_change=_nothing).open
    return str(opened) if opened else None


def figure_cards(figures: Sequence[Mapping[str, Any]], key: str) -> str | None:
    """Draw headline cards; return the query whose card was just clicked."""
    data = {"figures": list(figures)}
    opened = _mount("cards", "div")(data=[data], key=key, on_open_change=_nothing).open
    return str(opened) if opened else None


def rows(data: Mapping[str, Any], key: str) -> tuple[str, str] | None:
    """Draw rows with actions or figures; return (action, key) just chosen."""
    act = _mount("rows", "div")(data=[data], key=key, on_act_change=_nothing).act
    return (act["action"], act["key"]) if act else None


def contrast(data: Mapping[str, Any], key: str) -> str | None:
    """Draw one row a measure with both sides; return the query just clicked."""
    act = _mount("contrast", "div")(data=[data], key=key, on_act_change=_nothing).act
    return str(act["key"]) if act else None


def table(data: Mapping[str, Any], key: str) -> None:
    """Draw rows under columns that sort when their heads are clicked."""
    _mount("table", "div")(data=[data], key=key)


def grid(data: Mapping[str, Any], key: str) -> None:
    """Draw cells of several figures under columns; a list on a phone."""
    _mount("grid", "div")(data=[data], key=key)


def take_away(data: Mapping[str, Any], key: str, on_take: Callable[[], None]) -> None:
    """Draw the ways to take the page away; `on_take` runs before the next `data` come."""
    _mount("take_away", "div")(data=[data], key=key, on_take_change=on_take)


def keys() -> None:
    """Let the keyboard into what a button opens, and back to it; draws nothing."""
    _mount("keys", "div")(data=[{}], key="keys_part")


def share(data: Mapping[str, Any], key: str) -> None:
    """Draw a link to copy, and the way to present the page it leads to."""
    _mount("share", "div")(data=[data], key=key)


def editor(data: Mapping[str, Any], key: str, on_run: Callable[[], None]) -> None:
    """Draw the SQL editor; `on_run` runs before anything else is drawn, once a text was
    sent."""
    _mount("sql", "div")(data=[data], key=key, on_run_change=on_run)


def sent(key: str) -> str:
    """Return the text that was just sent from an editor; "" without one."""
    run = (st.session_state.get(key) or {}).get("run")
    return str(run["text"]) if run else ""


@cache
def static(name: str) -> str:
    """Return the address of a file of static/, another one for every version of it."""
    digest = hashlib.sha256((PROJECT / "static" / name).read_bytes()).hexdigest()
    return f"app/static/{name}?v={digest[:12]}"


@cache
def _mount(name: str, tag: str) -> Any:
    """Register a component once a process; its shared part comes first."""
    html = f'<div class="part">\n<{tag} class="{name}"></{tag}>\n</div>\n'
    return st.components.v2.component(
        f"journey_{name}", html=html, css=_text(name, "css"), js=_text(name, "js")
    )


def _text(name: str, kind: str) -> str:
    files = (PARTS / f"{part}.{kind}" for part in ("base", name))
    return "\n".join(file.read_text("utf-8") for file in files)


def _nothing() -> None:
    """Having a callback makes the trigger an attribute of the result."""
