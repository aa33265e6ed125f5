"""What a role is not to see has no influence on anything it is shown."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from journey import kept, warehouse
from journey.answer import Answer, Period
from journey.formats import Formats
from journey.home import PROJECT, Home
from journey.output import export
from journey.query.catalog import catalog
from journey.query.view import OPEN
from journey.scope import Scope
from journey.warehouse import Snapshot

COUNTRIES = {"PL", "CZ", "DE"}
PERIOD = Period(dt.date(2026, 8, 18), dt.date(2026, 11, 16))
FORMATS = Formats("en-GB", "GBP")
KNOWN_OF_FILE = OPEN | {"freshness", "landed_tables", "remarks"}
"""Marts that say what there is, and no row of the shop."""


def ask(now: Snapshot, name: str, country: str) -> Answer:
    scope = Scope(PERIOD, PERIOD.before(), policy=(("country", (country,)),))
    found = kept.answer(kept.asked(now, name, scope, None, True))
    assert found.problem is None, found.problem
    return found


def shown(answer: Answer) -> tuple[Any, ...]:
    """Return everything of an answer that reaches a screen or a file."""
    rows = export.to_bytes(answer, "csv", FORMATS) if answer.absence is None else b""
    return answer.absence, answer.notes, answer.badges, answer.hidden, rows


def countries(answer: Answer) -> set[str]:
    """Return the countries that an answer names, on screen and in its download."""
    _, _, _, _, rows = shown(answer)
    text = io.StringIO(rows.decode("utf-8-sig"), newline="")
    cells = {word for row in csv.reader(text) for cell in row
             for word in re.findall(r"\w+", cell)}  # fmt: skip
    if answer.measure is not None:
        cells |= {part.label for part in answer.measure.parts.get("country", ())}
    return cells & COUNTRIES


@pytest.fixture
def without_half(sample_home: Home, tmp_path: Path) -> Snapshot:
    """The published file without every other row that is not of Poland."""
    now = warehouse.current(sample_home)
    assert now is not None
    path = tmp_path / now.path.name
    shutil.copy(now.path, path)
    marts = catalog(kept.reader(now)).marts
    with duckdb.connect(str(path)) as connection:
        for mart, columns in marts.items():
            if mart not in KNOWN_OF_FILE:
                of = "country is distinct from 'PL'" if "country" in columns else "true"
                connection.execute(f'delete from "{mart}" where rowid % 2 = 1 and {of}')
    return replace(now, path=path)


@pytest.mark.usefixtures("in_sample_home")
def test_rows_of_others_change_nothing_that_a_role_sees(
    sample_home: Home, without_half: Snapshot
) -> None:
    now = warehouse.current(sample_home)
    assert now is not None
    queries = kept.library().queries.values()
    asked = [q for q in queries if q.kind in ("measure", "chart", "table", "period")]
    named = dict.fromkeys(("PL", "CZ"), 0)
    for query in asked:
        found = ask(now, query.name, "PL")
        same = ask(without_half, query.name, "PL")
        assert shown(found) == shown(same), f"{query.name} tells of rows outside"
        answers = {"PL": found}
        if query.kind != "measure":
            # after the other role and from the same caches
            answers["CZ"] = ask(now, query.name, "CZ")
        for country, answer in answers.items():
            seen = countries(answer)
            assert seen <= {country}, f"{query.name} shows {seen} to a role of {country}"
            named[country] += bool(seen)
    assert named["PL"] > 20 and named["CZ"] > 0, named


@pytest.mark.parametrize("page", ["journey", "segments", "data"])
def test_rows_of_others_change_nothing_on_a_page(
    sample_home: Home,
    without_half: Snapshot,
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = warehouse.current(sample_home)
    assert now is not None
    drawn = []
    for name, published in (("all", now.path), ("half", without_half.path)):
        home = Home(tmp_path / name)
        home.published.mkdir(parents=True)
        (home.published / published.name).symlink_to(published)
        shutil.copy(sample_home.current, home.current)
        shutil.copy(sample_home.status, home.status)
        home.settings.write_text("[roles.poland]\nlevel = 'admin'\n"
                                 "rows = { country = ['PL'] }\n")  # fmt: skip
        monkeypatch.setenv("JOURNEY_HOME", str(home.root))
        at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=90)
        at.user = {"is_logged_in": True, "groups": ["poland"]}
        at.run()
        if page != "journey":
            at.switch_page(f"pages/{page}_page.py").run()
        assert not at.exception
        drawn.append(list(elements(at)))
    assert len(drawn[0]) > 20
    assert drawn[0] == drawn[1]
    assert not re.search(r"\b(CZ|DE|Czechia|Germany)\b", " ".join(drawn[0]))


def elements(at: AppTest) -> Iterator[str]:
    """Return all that a page draws, without the names of its parts."""
    for kind in ("markdown", "bidi_component", "vega_lite_chart", "selectbox",
                 "multiselect", "caption", "button", "button_group", "radio"):  # fmt: skip
        for found in at.get(kind):
            told = str(found.proto)
            yield re.sub(r'\$\$ID-\w+|\b(id|element_id|url): ".*?"', "", told)


@pytest.mark.usefixtures("in_sample_home")
@pytest.mark.parametrize("rows", [{"nowhere": ["x"]}, {"country": ["Atlantis"]},
                                  {"country": []}])  # fmt: skip
def test_rows_that_there_are_not_are_no_rows(sample_home: Home, rows: Any) -> None:
    now = warehouse.current(sample_home)
    assert now is not None
    scope = Scope(PERIOD, policy=tuple((c, tuple(v)) for c, v in rows.items()))
    for name in ("data/segment_values", "conversion/orders", "support/contacts"):
        answer = kept.answer(kept.asked(now, name, scope, None, True))
        frame = answer.frame
        assert frame is None or frame.is_empty()
        measure = answer.measure
        assert measure is None or not (measure.now.value or measure.now.numerator)
