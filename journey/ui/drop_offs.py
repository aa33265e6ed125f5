"""The Drop-offs page: what got worse, and what was always low."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from journey import data, findings as search
from journey.dropoff import Leak
from journey.scope import Scope
from journey.ui import actions, component
from journey.ui.journey_view import unknowable

ACTIONS = (
    ("see_who", "See who"), ("instead", "What they did instead"),
    ("copy", "Copy as task"), ("follow_up", "Follow up"),
)  # fmt: skip
SHOWN = 12


def drop_offs(scope: Scope) -> None:
    """Draw both lists, dearest first; amounts overlap and are not added up."""
    left, right = st.columns(2)
    unknown = unknowable(data.Figures(scope))
    with left, st.container(border=True, key="card_worse", height="stretch"):
        _list(
            "Worse than before", data.findings(scope).leaks, scope, "worse",
            "A change beyond chance, with the day it began where one can be told.", unknown,
        )  # fmt: skip
    with right, st.container(border=True, key="card_low", height="stretch"):
        _list(
            "Always low", data.always_low(scope), scope, "low",
            "Where people go on less than the others do, now as before.",
        )  # fmt: skip


def _list(
    title: str, leaks: Sequence[Leak], scope: Scope, key: str, text: str, empty: str = ""
) -> None:
    formats, writes = data.formats(), actions.may_follow_up()
    able = [list(one) for one in ACTIONS if writes or one[0] != "follow_up"]
    rows = [
        {
            "key": leak.key, "title": search.title(leak, formats), "actions": able,
            "text": search.line(leak, formats), "amount": search.money(leak, formats),
        }
        for leak in leaks[:SHOWN]
    ]  # fmt: skip
    shown = {
        "title": title,
        "text": text,
        "rows": rows,
        "empty": empty or "Nothing beyond chance in these days and segments.",
    }
    if act := component.rows(shown, f"leaks_{key}"):
        actions.leak(*act, scope)
