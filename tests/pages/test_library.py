"""The library finds a file by its words and by the mart it reads, and tells its origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from journey.build import marts
from journey.build.origins import Origins, origins
from journey.query import load
from journey.query.catalog import Catalog
from journey.ui.library import fits

LIBRARY = load([Path(__file__).resolve().parents[2] / "queries"])


@pytest.fixture(scope="module")
def known() -> Catalog:
    return Catalog({mart.name: mart.columns for mart in marts()}, {})


@pytest.fixture(scope="module")
def told(known: Catalog) -> Origins:
    return origins(LIBRARY, known)


def test_the_name_of_a_mart_finds_what_reads_it(told: Origins) -> None:
    found = {
        query.name
        for query in LIBRARY.queries.values()
        if fits(query, "traffic", "all", "measure", told.marts[query.name])
    }
    assert {"awareness/visits", "conversion/checkout_completion"} <= found
    assert "support/contacts" not in found


def test_every_file_is_led_back_to_what_landed(told: Origins) -> None:
    for query in LIBRARY.queries.values():
        if query.name not in ("data/effort_weights", "marts/effort_weights"):
            assert told.marts[query.name] or told.landed.get(query.topic) is None
    assert "sales_order" in told.landed["orders"]
    assert "base" not in told.marts["marts/orders"]
    assert "traffic" not in told.marts["support/contacts"]


def test_a_mart_names_who_reads_it_and_whose_rows_it_is_made_of(told: Origins) -> None:
    assert "conversion/checkout_completion" in told.readers("traffic")
    assert "marts/landing_pages" in told.readers("sessions")
    known = Catalog({}, {}, sources={"sales_order": ("shop", "till"), "session": ("web",)})
    assert {"shop", "till"} <= set(told.sources("orders", known))
