"""Tables show the locale's texts and sort by the numbers and days behind them."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from journey.ui.tables import NOTHING, PHONE, STYLED, Column, kind_of, sortable, two_lines

TEXTS = {"name": ["a", "b", "c"], "n": ["9,0 zł", "1 200,5 zł", "–"]}
DAYS = [dt.date(2026, 2, 1), dt.date(2025, 12, 31), None]


def test_numbers_stay_numbers_under_their_texts() -> None:
    frame = pl.DataFrame({"name": ["a", "b", "c"], "n": [9.0, 1200.5, None]})
    styled = sortable(frame, TEXTS)
    assert styled.data["n"].tolist()[:2] == [9.0, 1200.5]
    shown = styled.to_html()
    assert "1 200,5 zł" in shown and "9,0 zł" in shown


def test_days_stay_days_under_their_texts() -> None:
    frame = pl.DataFrame({"name": ["a", "b", "c"], "day": DAYS})
    texts = {"name": ["a", "b", "c"], "day": ["1.02.2026", "31.12.2025", NOTHING]}
    styled = sortable(frame, texts)
    assert styled.data["day"].is_monotonic_increasing is False
    assert styled.data["day"].sort_values().dt.year.tolist()[:2] == [2025, 2026]
    shown = styled.to_html()
    assert "1.02.2026" in shown and "31.12.2025" in shown and "NaT" not in shown


def test_a_large_table_sorts_by_padded_texts() -> None:
    height = STYLED + 1
    frame = pl.DataFrame({"n": range(height)})
    texts = {"n": [f"{n:,}" for n in range(height)]}
    shown = sortable(frame, texts)["n"].to_list()
    assert sorted(shown) == shown


def test_days_of_a_large_table_sort_by_their_year() -> None:
    first = dt.date(2020, 12, 30)
    days = [first + dt.timedelta(n % 900) for n in range(STYLED + 1)]
    frame = pl.DataFrame({"day": days})
    shown = sortable(frame, {"day": [f"{day:%d/%m/%Y}" for day in days]})["day"].to_list()
    assert [dt.date.fromisoformat(text) for text in sorted(shown)] == sorted(days)


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [(pl.Date(), "date"), (pl.Datetime("us", "UTC"), "moment"), (pl.Int64(), "number"),
     (pl.String(), "text"), (pl.Boolean(), "text")],
)  # fmt: skip
def test_a_column_sorts_by_what_it_is(dtype: pl.DataType, kind: str) -> None:
    assert kind_of(dtype) == kind


@pytest.mark.usefixtures("in_sample_home")
def test_a_phone_reads_two_lines_a_row_and_no_markup_of_the_data() -> None:
    count = PHONE + 1
    columns = [
        Column("name", "Order", "text", ["<script>"] * count),
        Column("day", "On", "date", ["1.02.2026"] * (count - 1) + [NOTHING]),
        Column("n", "Revenue", "number", ["9 zł"] * count),
    ]
    urls = ["https://shop.example/o/1?a=%22"] * count
    drawn = two_lines(columns, {"order_id": urls})
    assert drawn.count("<li>") == PHONE
    assert "<script>" not in drawn and "&lt;script&gt;" in drawn
    assert "<i>Revenue 9 zł</i>" in drawn and "On 1.02.2026" in drawn
    assert 'href="https://shop.example/o/1?a=%22"' in drawn
    assert "1 more row in the download" in drawn
