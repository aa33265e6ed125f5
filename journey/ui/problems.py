"""Problems on screen, in their four parts."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

from journey import data
from journey.problem import Problem

LIVE = re.compile(r"https?(?=:)|www(?=\.)|:(?=material/|streamlit:)", re.IGNORECASE)
"""Where an address or an icon in a text begins."""


def show(problems: Iterable[Problem], title: str, spot: str = "") -> None:
    """Draw one red card for each problem: where, found, expected, what to do.

    `spot` tells apart cards of the same problem on one page. Who came by a signed link
    is not told of files.
    """
    if data.held().token is not None:
        st.caption("This cannot be shown just now.")
        return
    for number, problem in enumerate(problems):
        with st.container(border=True, key=f"card_problem_{spot}_{title}_{number}"):
            place = problem.place.replace("`", "'").replace("\n", " ")
            st.markdown(f":red[:material/error: **{plain(title)}**]  \n`{place}`")
            st.markdown(
                f"**Found:** {plain(problem.found)}  \n"
                f"**Expected:** {plain(problem.expected)}  \n"
                f"**To do:** {plain(problem.fix)}"
            )


def plain(text: str) -> str:
    """Return the text with every character that Markdown would take as its own escaped.

    The browser looks for addresses and icons once escapes are gone: a sign without width
    keeps those of a text from becoming links and pictures.
    """
    marks = "\\`*_{}[]()#+-.!|<>~$:"
    bare = LIVE.sub(lambda found: f"{found[0]}\u2060", text.replace("\n", " "))
    return "".join(f"\\{c}" if c in marks else c for c in bare)
