"""What people did instead of going on: counts and shares of one picked step."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from journey import charts, data
from journey.answer import Answer
from journey.charts import Look
from journey.formats import Formats
from journey.scope import Scope
from journey.ui import drawer, problems, tables
from journey.ui.figure import sentence
from journey.ui.target import Target

FILES: Mapping[str, str] = {
    "consideration/product_view_rate": "data/instead_of_product_view",
    "consideration/cart_to_detail": "data/instead_of_cart",
    "conversion/checkout_start_rate": "data/instead_of_checkout",
    "conversion/payment_reach": "data/instead_of_payment",
    "conversion/payment_completion": "data/instead_of_purchase",
    "conversion/not_collected": "data/instead_of_collecting",
    "retention/second_order_90_days": "data/instead_of_second_order",
    "advocacy/review_rate": "data/instead_of_review",
}
"""The query that tells what came instead of going on at a step."""
PREFIX = "data/instead_of_"
AFTER_VISITS = frozenset(
    {"conversion/not_collected", "retention/second_order_90_days", "advocacy/review_rate"}
)
"""Steps after the order: no page of a visit comes next."""
PAGES = "data/next_pages"
NAMES = {
    "bought later": "Bought later", "asked": "Asked the service",
    "came back": "Came back, no order", "searched": "Searched, then left",
    "left": "Left", "ordered later": "Ordered later",
    "sent something back": "Sent something back", "left a review": "Left a review",
    "reviewed later": "Reviewed later", "ordered again": "Ordered again",
    "nothing seen": "Nothing seen",
}  # fmt: skip


@st.dialog("What they did instead", width=820, position="right")
def show(target: Target, scope: Scope) -> None:
    """Draw what those who stopped at the step did instead."""
    formats, name = data.formats(), FILES.get(target.name)
    st.markdown(f"**{problems.plain(target.title)}**")
    query = data.query(name) if name else None
    if name is None or query is None:
        st.info("What came instead of this step is not kept by any query file.")
        return
    answer = data.answer(name, target.scope(scope))
    if answer.problem is not None:
        problems.show([answer.problem], "This file needs a hand", "instead")
        return
    if answer.frame is None or answer.frame.is_empty():
        st.info(absence(answer))
        return
    rows = named(answer.frame)
    st.caption(problems.plain(told(rows, formats)))
    drawn = charts.draw(
        "bar", rows.drop_nulls(), {"x": "instead", "y": rows.columns[1], "unit": "count"},
        Look(charts.PALETTES[data.theme()], formats),
    )  # fmt: skip
    if drawn is not None:
        st.vega_lite_chart(drawn, theme=None, key="chart_instead")
    tables.show(rows, query, "instead")
    for note in answer.notes:
        st.caption(note)
    st.caption(problems.plain(query.description))
    drawer.foot(query, answer, target.scope(scope), "instead")
    if target.name not in AFTER_VISITS:
        _next_pages(name.removeprefix(PREFIX), target.scope(scope))


def _next_pages(step: str, scope: Scope) -> None:
    """Draw the pages that were opened next, where single events tell them."""
    st.markdown("**Pages opened next**")
    query, answer = data.query(PAGES), data.answer(PAGES, scope)
    rows = pages(answer.frame, step)
    if query is None or rows is None:
        st.caption("Only a source of single events tells them, as a GA4 export does.")
        return
    tables.show(rows, query, "next_pages")
    drawer.foot(query, answer, scope, "instead")


def absence(answer: Answer) -> str:
    """Return why it cannot be told: reports count visits but do not follow one."""
    if answer.absence is None:
        return "Nobody stopped here in these days whose time to come back is over."
    return (
        f"{sentence(answer.absence)} Totals of web analytics count visits; what a single "
        "visit did next cannot be told from them."
    )


def pages(rows: pl.DataFrame | None, step: str) -> pl.DataFrame | None:
    """Return the pages of one step; None where no source tells them."""
    if rows is None:
        return None
    told = rows.filter(pl.col("step") == step).drop("step", "told")
    return None if told.is_empty() else told


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with what came instead as people say it."""
    return rows.with_columns(pl.col("instead").replace(NAMES))


def told(rows: pl.DataFrame, formats: Formats) -> str:
    """Return how many stopped; a sum that would tell a withheld row is not given."""
    unit = rows.columns[1]
    if rows[unit].null_count():
        return "Small groups are withheld, so the sum is not shown either."
    return f"{formats.counted(float(rows[unit].sum()), unit[:-1])} stopped here:"
