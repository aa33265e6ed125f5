"""Problems on screen, in their four parts."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from journey import data
from journey.problem import Problem


def show(problems: Iterable[Problem], title: str, spot: str = "") -> None:
    """Draw one red card for each problem: where, found, expected, what to do.

    `spot` tells apart cards of the same problem on one page. Who came by a signed link
    is not told of files.
    """
    if data.SHARED in st.session_state:
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
    """Return the text with every character that Markdown would take as its own escaped."""
    marks = "\\`*_{}[]()#+-.!|<>~$:"
    return "".join(f"\\{c}" if c in marks else c for c in text.replace("\n", " "))
