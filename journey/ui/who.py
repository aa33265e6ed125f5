"""See who: the shop's own numbers of the customers behind a step, for those who may."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from journey import data
from journey.answer import Answer
from journey.formats import Formats
from journey.output import links
from journey.scope import Scope
from journey.ui import downloads, problems, tables, trail
from journey.ui.figure import sentence
from journey.ui.target import Target

LISTS = {
    "consideration/product_view_rate": "product_view",
    "consideration/cart_to_detail": "cart",
    "conversion/checkout_start_rate": "checkout",
    "conversion/payment_reach": "payment",
    "conversion/payment_completion": "purchase",
    "conversion/not_collected": "collection",
    "retention/second_order_90_days": "second_order",
    "advocacy/review_rate": "review",
}
"""The step of the mart leavers that a measure's list reads."""
ORDERS = frozenset({"review", "collection"})
"""Steps whose list has a row for each order, not for each customer."""
CHOICES = {"fix": "To fix", "contact": "To contact"}
REFUSED = "Your role sees figures, not order numbers. `[roles]` in journey.toml decides."
LEFT_OUT = "Who ordered since is left out here; a saved group keeps them."
NOBODY = (
    "Nobody known: these visits belong to no customer with an earlier order who has not "
    "ordered since."
)


def show(target: Target, scope: Scope) -> None:
    """Open the list; each opening is written down."""
    trail.forget(file_of(target))
    _list(target, scope)


def file_of(target: Target) -> str:
    """Return the query that lists who stopped; "" where none is kept."""
    step = LISTS.get(target.name)
    return f"data/who_without_{step}" if step else ""


@st.dialog("See who", width=820, position="right")
def _list(target: Target, scope: Scope) -> None:
    st.markdown(f"**{problems.plain(target.title)}**")
    if not data.reader().see_who:
        st.info(REFUSED)
        return
    query = data.query(file_of(target))
    if query is None:
        st.info("No list is kept for this step.")
        return
    asked = target.scope(scope)
    answer = data.answer(query.name, asked)
    if answer.problem is not None:
        problems.show([answer.problem], "This file needs a hand", "who")
    elif answer.frame is None or answer.frame.is_empty():
        st.info(sentence(answer.absence) if answer.absence else NOBODY)
    else:
        _table(answer, asked, target)


def _table(answer: Answer, scope: Scope, target: Target) -> None:
    rows, formats, step = answer.frame, data.formats(), LISTS[target.name]
    if rows is None:
        return
    noun, query = "order" if step in ORDERS else "customer", data.query(answer.name)
    about = query.description if query else ""
    since = "" if step in ORDERS else LEFT_OUT
    st.caption(problems.plain(f"{counted(rows, formats, noun)} {about} {since}".strip()))
    picked = st.segmented_control(
        "For what", list(CHOICES), format_func=CHOICES.__getitem__, default="fix",
        required=True, key="who_for", label_visibility="collapsed",
    )  # fmt: skip
    consenting = picked == "contact"
    shown = chosen(rows, consenting)
    listed = replace(answer, frame=shown)
    if not trail.seen(listed, scope):
        return
    if shown.is_empty():
        st.info("None of them agreed to be written to.")
        return
    tables.show(shown, query, "who", addresses(shown))
    for note in answer.notes:
        st.caption(note)
    downloads.draw(answer.name, listed, scope, "who")


# ------------------------------------------------------------------ content


def counted(rows: pl.DataFrame, formats: Formats, noun: str = "customer") -> str:
    """Return "1,240 customers, 610 with consent to be contacted."."""
    people = formats.counted(rows.height, noun)
    consent = int(rows["marketing_consent"].sum()) if "marketing_consent" in rows else 0
    return f"{people}, {formats.number(consent)} with consent to be contacted."


def chosen(rows: pl.DataFrame, consenting: bool) -> pl.DataFrame:
    """Return all rows, or those of people who agreed to be written to."""
    if not consenting:
        return rows
    return rows.filter(pl.col("marketing_consent").fill_null(False))


def addresses(rows: pl.DataFrame) -> dict[str, list[str]]:
    """Return the links of the columns that have some; unset links make no column."""
    known = data.settings().links
    found = {
        "order_id": [
            links.link(known, source, "order", number)
            for source, number in rows.select("source", "order_id").iter_rows()
        ],
        "ticket_id": [
            links.link(known, source, "ticket", number)
            for source, number in rows.select("ticket_source", "ticket_id").iter_rows()
        ],
    }
    return {column: urls for column, urls in found.items() if any(urls)}
