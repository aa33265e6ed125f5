"""The pages, in the order of the menu; no url_path equals the stem of a file.

A first visit to a URL that equals a stem of pages/ would run that file alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import Page

from journey.home import PROJECT
from journey.problem import JourneyError
from journey.ui import visit


@dataclass(frozen=True)
class Entry:
    """One page: where it stands in the menu and the question it answers."""

    url_path: str
    title: str
    question: str
    section: str
    icon: str

    @property
    def file(self) -> str:
        return str(PROJECT / "pages" / f"{self.url_path.replace('-', '_')}_page.py")


ENTRIES = (
    Entry(
        "journey",
        "Journey",
        "Where do we lose customers, and what does it cost?",
        "",
        "route",
    ),
    Entry(
        "awareness",
        "Awareness",
        "Who comes, from where, and at what cost?",
        "Stages",
        "campaign",
    ),
    Entry(
        "consideration",
        "Consideration",
        "Do visitors find something they want?",
        "Stages",
        "visibility",
    ),
    Entry(
        "conversion",
        "Conversion",
        "Do those who want to buy get to pay and to receive?",
        "Stages",
        "shopping_bag",
    ),
    Entry(
        "retention",
        "Retention",
        "Who comes back, how soon, and who does not?",
        "Stages",
        "autorenew",
    ),
    Entry("advocacy", "Advocacy", "Do customers speak well of us?", "Stages", "favorite"),
    Entry(
        "drop-offs",
        "Drop-offs",
        "Which losses are new, and which were always there?",
        "",
        "filter_alt",
    ),
    Entry(
        "support",
        "Support",
        "Do people get help the first time they ask?",
        "",
        "support_agent",
    ),
    Entry(
        "segments",
        "Segments",
        "Which customers behave differently, and what does it cost?",
        "Workbench",
        "groups",
    ),
    Entry("queries", "Queries", "Where does every number come from?", "Workbench", "code"),
    Entry(
        "data", "Data", "Is the data fresh, complete and right?", "Workbench", "database"
    ),
)


def menu() -> dict[str, list[Page]]:
    """Return the pages by section, as st.navigation takes them; of a signed link the
    one that it opens, at the root."""
    visit.begin()
    if visit.is_one():
        return {"": [_page(shared() or ENTRIES[0], is_first=True)]}
    sections: dict[str, list[Page]] = {}
    for one in ENTRIES:
        page = _page(one, is_first=one is ENTRIES[0])
        sections.setdefault(one.section, []).append(page)
    return sections


def _page(one: Entry, is_first: bool) -> Page:
    return st.Page(
        one.file, title=one.title, url_path=one.url_path, help=one.question,
        icon=f":material/{one.icon}:", default=is_first,
    )  # fmt: skip


def shared() -> Entry | None:
    """Return the page that the signed link of this session opens."""
    try:
        found = visit.link()
    except JourneyError:  # the gate tells what is wrong with the settings
        return None
    pages = (one for one in ENTRIES if found and one.url_path == found.view.page)
    return next(pages, None)


def entries() -> tuple[Entry, ...]:
    return ENTRIES


def entry(url_path: str) -> Entry:
    return next(entry for entry in ENTRIES if entry.url_path == url_path)


def asking(question: str) -> Entry | None:
    """Return the page of a question."""
    return next((entry for entry in ENTRIES if entry.question == question), None)
