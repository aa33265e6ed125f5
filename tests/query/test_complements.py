"""Few people are withheld also where two sides and the total would tell them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from journey.answer import Answer
from journey.figures.published import Figures
from journey.figures.suppression import protect
from journey.findings import contrast
from journey.findings.contrast import Pair
from journey.query import Library, Query
from journey.query.file import Column
from journey.scope import Scope
from journey.settings import Settings


@pytest.mark.parametrize(("czechs", "is_told"), [(0, True), (3, False), (5, True)])
def test_two_values_do_not_tell_the_few_of_a_third(
    shop: Any, give: Callable[..., None], measure: Callable[..., Query], october: Scope,
    czechs: int, is_told: bool,
) -> None:  # fmt: skip
    many = {"PL": 100, "DE": 60, "CZ": czechs}
    countries = [country for country, count in many.items() for _ in range(count)]
    give("customers", [
        {"person_id": number, "day": october.period.first, "country": country}
        for number, country in enumerate(countries)
    ])  # fmt: skip
    query = measure("select day, person_id as member from customers", unit="count")
    figures = Figures(shop, Library({query.name: query}), Settings(), october)
    (row,) = contrast.rows(figures, Pair("country", "PL", "DE"), [query.name], list(many))
    assert row.is_told is is_told
    assert row.why.startswith("withheld") is not is_told


def test_a_number_of_people_is_withheld_that_leaves_few_others(
    measure: Callable[..., Query], october: Scope
) -> None:
    columns = {"n": Column(format="people"), "yes": Column(format="people", of="n")}
    query = replace(measure("select 1", kind="table", unit=None), columns=columns)
    rows = pl.DataFrame({"n": [40, 40, 40, 20], "yes": [38, 30, 40, 15]})
    shown = protect(Answer(query.name, october.period, frame=rows), query, True)
    assert shown.frame is not None and shown.hidden == 1
    assert shown.frame.rows() == [(40, None), (40, 30), (40, 40), (20, 15)]
