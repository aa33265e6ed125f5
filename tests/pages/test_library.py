"""The library finds a file by its words and by the mart it reads."""

from __future__ import annotations

from pathlib import Path

from journey.query import load
from journey.ui.library import fits, reads

QUERIES = load([Path(__file__).resolve().parents[2] / "queries"]).queries


def found(text: str) -> set[str]:
    return {q.name for q in QUERIES.values() if fits(q, text, "all", "measure")}


def test_the_name_of_a_mart_finds_what_reads_it() -> None:
    assert {"awareness/visits", "conversion/checkout_completion"} <= found("traffic")
    assert "support/contacts" not in found("traffic")


def test_a_mart_says_what_it_reads_and_not_its_own_steps() -> None:
    named = reads(QUERIES["marts/orders"])
    assert {"landed.sales_order", "settings.stage_windows"} <= set(named)
    assert "base" not in named
