"""What the README and the data dictionary show is so: texts, commands and a walk."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from journey import landing
from journey.figures.published import figures
from journey.home import PROJECT, Home
from journey.output import dictionary

README = (PROJECT / "README.md").read_text("utf-8")
CARD = "conversion/checkout_completion"


def test_the_walk_from_a_card_to_a_landed_row_leads_there(
    in_sample_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(in_sample_home.root)
    opened, attached, card, day, row, order, run = (
        block[1]
        for block in re.finditer(r"```(?:sql|python)\n(.*?)```", dictionary.HEAD, re.S)
    )
    assert "read_only=True" in opened
    (newest,) = Path("data/published").glob("*.duckdb")
    shop = duckdb.connect(str(newest), read_only=True)
    shop.execute(attached)
    figure = figures(in_sample_home).answer(CARD).measure
    assert figure is not None
    found = shop.sql(card).pl().row(0)
    assert found == (figure.now.numerator, figure.now.denominator)
    first = shop.sql(day).pl().row(0)
    landed = shop.sql(row).pl().row(0)
    assert landed[1] == first[2], "the row began when the visit did"
    assert landed[5] is None, "the sample has no files"
    assert landed[6] == shop.sql(run).pl().row(0)[0]
    placed = shop.sql(order).pl().row(0, named=True)
    assert placed["revenue"] and placed["gross_total"] > placed["revenue"]
    shop.close()


@pytest.mark.parametrize("name", [*landing.TABLES, *landing.BOOKS])
def test_the_dictionary_has_every_landed_table_and_book(name: str) -> None:
    assert f"### landed.{name}\n" in dictionary.text()


def test_the_readme_shows_the_file_that_is_there() -> None:
    shown = README.split("```sql\n")[1].split("```")[0]
    assert shown == (PROJECT / "queries" / f"{CARD}.sql").read_text("utf-8")


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{p.name}" for p in (PROJECT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    place = PROJECT / page
    links = re.findall(
        r"(?<!!)\[[^\]]*\]\(([^)#:]+?)(?:#[^)]*)?\)", place.read_text("utf-8")
    )
    assert [link for link in links if not (place.parent / link).exists()] == []
