"""Tables show the locale's texts and sort by the numbers and days behind them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from journey.query import Query
from journey.query.file import Column, parse
from journey.ui import problems
from journey.ui.tables import (
    EMPTY,
    FEW,
    LISTED,
    NOTHING,
    WITHHELD,
    content,
    dashes,
    kind_of,
)

pytestmark = pytest.mark.usefixtures("in_sample_home")

FRAME = pl.DataFrame(
    {
        "name": ["a", "b", "c"],
        "n": [9.5, 1200.0, None],
        "day": [dt.date(2026, 2, 1), dt.date(2025, 12, 31), None],
    }
)


def drawn(frame: pl.DataFrame, **more: Any) -> dict[str, Any]:
    return content(frame, None, more.get("links", {}), more.get("texts", {}))


def test_a_table_shows_texts_and_sorts_by_what_is_behind_them() -> None:
    table = drawn(FRAME)
    assert table["rows"] == [
        ["a", "9.5", "01/02/2026"], ["b", "1,200", "31/12/2025"], ["c", NOTHING, NOTHING]
    ]  # fmt: skip
    name, number, day = table["columns"]
    assert (name["kind"], name["values"]) == ("text", None)
    assert (number["kind"], number["values"]) == ("number", [9.5, 1200.0, None])
    assert (day["kind"], day["values"]) == ("date", ["2026-02-01", "2025-12-31", None])


def test_texts_may_be_given() -> None:
    table = drawn(FRAME, texts={"n": ["few", "many", "none"]})
    assert [row[1] for row in table["rows"]] == ["few", "many", "none"]
    assert table["columns"][1]["values"] == [9.5, 1200.0, None]


def test_addresses_are_a_column_of_their_own() -> None:
    urls = ["https://shop.example/o/1?a=%22", "", "https://shop.example/o/3"]
    table = drawn(FRAME, links={"order_id": urls})
    assert table["columns"][3]["label"] == "In the shop"
    assert table["columns"][3]["kind"] == "link"
    assert [row[3] for row in table["rows"]] == urls


def test_a_long_table_lists_its_first_rows() -> None:
    table = drawn(pl.DataFrame({"n": range(LISTED + 5)}))
    assert len(table["rows"]) == len(table["columns"][0]["values"]) == LISTED


def test_nothing_is_not_a_number() -> None:
    table = drawn(pl.DataFrame({"n": [float("nan"), 1.0]}))
    assert table["columns"][0]["values"] == [None, 1.0]


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [(pl.Date(), "date"), (pl.Datetime("us", "UTC"), "moment"), (pl.Int64(), "number"),
     (pl.String(), "text"), (pl.Boolean(), "text")],
)  # fmt: skip
def test_a_column_sorts_by_what_it_is(dtype: pl.DataType, kind: str) -> None:
    assert kind_of(dtype) == kind


def test_a_dash_says_why() -> None:
    head = """/*
title = "T"
question = "Q?"
kind = "table"
owner = "o"
[columns]
people = { label = "People", format = "people" }
rate = { label = "Rate", format = "percent", of = "orders" }
*/
select 1"""
    query = parse(head, "conversion/t", "queries/conversion/t.sql")
    frame = pl.DataFrame(
        {
            "orders": [29, 30, 40, None],
            "people": [9, 9, 9, None],
            "rate": [None, None, 0.5, None],
            "other": [1.0, None, 1.0, None],
        }
    )
    _, people, rate, other = content(frame, query, {}, {})["columns"]
    assert people["gaps"] == [None, None, None, WITHHELD]
    assert rate["gaps"] == [FEW, EMPTY, None, WITHHELD]
    assert other["gaps"] == [None, EMPTY, None, WITHHELD]
    assert dashes(frame, query) == f"A dash: {FEW} or {WITHHELD} or {EMPTY}."
    assert dashes(frame.drop("orders")[:1], query) == f"A dash: {FEW} or {EMPTY}."
    assert dashes(frame[2:3], query) == ""


def test_amounts_of_one_column_are_written_alike() -> None:
    frame = pl.DataFrame({"cost": [10_879.4, 413.38, 0.0], "extra": [-40.3, 412.2, 31.0]})
    about = {"cost": Column("Cost", "money"), "extra": Column("Extra", "count")}
    query = Query("a/b", Path("b.sql"), "table", "", "", "B", columns=about)
    found = content(frame, query, {}, {})["rows"]
    assert [row[0].split("\u00a0")[0] for row in found] == ["10,879", "413", "0"]
    assert [row[1] for row in found] == ["−40", "412", "31"]


@pytest.mark.parametrize("text", ["https://x.example", "HTTP://x", "www.x.example",
                                  ":material/home:", ":streamlit:"])  # fmt: skip
def test_no_text_becomes_a_link_or_an_icon_once_its_escapes_are_read(text: str) -> None:
    read = re.sub(r"\\(.)", r"\1", problems.plain(f"a {text} b"))
    assert text not in read and read.replace("\u2060", "") == f"a {text} b"
