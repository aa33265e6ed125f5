"""Named groups: chosen in the filters, and every card then beside everyone else."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from journey import data, kept
from journey.figures import answers
from journey.figures.answers import Versus
from journey.formats import Formats
from journey.kept import Asked
from journey.query import Query
from journey.scope import Scope
from journey.ui import address
from journey.ui.figure import sentence

KEY = "segment"
"""Name in the address, the same as on the command line."""


def titles() -> dict[str, str]:
    """Return name -> title of the groups there are, in the order of their headers."""
    found = [q for q in data.library().queries.values() if q.kind == "segment"]
    return {q.name: q.title for q in sorted(found, key=lambda q: (q.position, q.title))}


def begin() -> None:
    """Take the group from the link; one that there is not is told."""
    if asked := address.given(KEY):
        if asked[-1] in titles():
            address.keep(KEY, asked[-1])
        else:
            address.misread(f"There is no group {address.named(asked[-1:])}.")
            address.tell(KEY)


def chosen() -> str | None:
    """Return the group of this session; `begin` ran before."""
    named = address.now(KEY, None)
    return named if named in titles() else None


def choose() -> str | None:
    """Draw the choice of a group; it stays on the way to other pages."""
    known = titles()
    if not known:
        return None
    st.session_state[KEY] = chosen()
    picked = st.selectbox(
        "Named group", list(known), format_func=lambda name: known.get(name, name),
        placeholder="Everybody", key=KEY, index=None,
        help="Cards then compare these people with everyone else.",
    )  # fmt: skip
    address.tell(KEY, *([picked] if picked else []))
    return address.keep(KEY, picked)


def text(scope: Scope) -> str:
    """Return ", only Promoters" for the line under a title; "" for everybody."""
    if scope.segment is None:
        return ""
    return f", only {titles().get(scope.segment, scope.segment)}"


def told(name: str, scope: Scope, formats: Formats) -> str:
    """Return "Everyone else 2.3%, −0.4 p.p. from them"; "" where it cannot be told."""
    query, both = data.query(name), versus(name, scope)
    return said(both, query, formats) if both and query else ""


def versus(name: str, scope: Scope, split: bool = False) -> Versus | None:
    """Return a measure of the chosen group and of everyone else; None without one."""
    now = data.snapshot()
    if now is None or scope.segment is None:
        return None
    return _versus(kept.asked(now, name, scope, "versus", split))


def prepare(names: Sequence[str], scope: Scope) -> None:
    """Work out both sides of several measures at once, so that asking is a hit."""
    now = data.snapshot()
    if now is not None:
        keys = [kept.asked(now, name, scope, "versus", False) for name in names]
        kept.side_by_side(_versus, [(key,) for key in keys])


def said(both: Versus, query: Query, formats: Formats) -> str:
    """Return how far the group is from everyone else, and whether that may be chance."""
    others, change = both.others.measure, both.change
    if others is None or others.now.value is None:
        return ""
    words = f"Everyone else {formats.value(others.now.value, query.unit)}"
    if change is None or (query.unit in ("count", "money") and query.interval != "mean"):
        return f"{words}."
    gap = formats.difference(change.absolute, change.relative, query.unit)
    chance = {False: ", which may be chance", True: "", None: ""}[change.moved]
    return sentence(f"{words}: {gap}{chance}")


@kept.kept(500, failed=lambda both: bool(both.group.problem or both.others.problem))
def _versus(asked: Asked) -> Versus:
    return answers.versus(
        kept.reader(asked.now), kept.library(), asked.name, asked.scope, kept.settings(),
        split=asked.more[-1],
    )  # fmt: skip
