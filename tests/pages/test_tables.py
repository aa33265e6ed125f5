"""Tables show the locale's texts and sort by the numbers behind them."""

from __future__ import annotations

import polars as pl

from journey.ui.tables import STYLED, sortable

TEXTS = {"name": ["a", "b", "c"], "n": ["9,0 zł", "1 200,5 zł", "–"]}


def test_numbers_stay_numbers_under_their_texts() -> None:
    frame = pl.DataFrame({"name": ["a", "b", "c"], "n": [9.0, 1200.5, None]})
    styled = sortable(frame, TEXTS)
    assert styled.data["n"].tolist()[:2] == [9.0, 1200.5]
    shown = styled.to_html()
    assert "1 200,5 zł" in shown and "9,0 zł" in shown


def test_a_large_table_sorts_by_padded_texts() -> None:
    height = STYLED + 1
    frame = pl.DataFrame({"n": range(height)})
    texts = {"n": [f"{n:,}" for n in range(height)]}
    shown = sortable(frame, texts)["n"].to_list()
    assert sorted(shown) == shown
