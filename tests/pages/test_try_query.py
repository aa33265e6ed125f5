"""Try a query: who may, what comes of a text, what the file that is kept is worth."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from journey import data
from journey.access import EVERYBODY
from journey.answer import Period
from journey.home import PROJECT, Home
from journey.output import saved
from journey.query import worker
from journey.query.catalog import catalog
from journey.query.chart import Chart
from journey.query.samples import samples
from journey.query.traits import NUMBERS
from journey.query.worker import Result, Ticket
from journey.scope import Scope
from journey.ui import try_query, typed_result
from journey.ui.typed_run import Run
from journey.warehouse import current, open_reader

SCOPE = Scope(
    Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28)),
    Period(dt.date(2026, 9, 3), dt.date(2026, 9, 30)),
)


@pytest.fixture(scope="module", autouse=True)
def processes() -> Iterator[None]:
    yield
    worker._pool.stop()


@pytest.fixture
def snapshot(in_sample_home: Home) -> Path:
    found = current(in_sample_home)
    assert found is not None
    return found.path


def ran(snapshot: Path, text: str, compared: bool = False) -> Run:
    run = Run(text, SCOPE, snapshot, None, EVERYBODY, Ticket(), compared)
    run.start()
    run.done.wait()
    return run


def drawn(monkeypatch: pytest.MonkeyPatch, level: str) -> AppTest:
    monkeypatch.setattr(data, "reader", lambda: replace(EVERYBODY, level=level))
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.run().switch_page("pages/queries_page.py")
    app.query_params["view"] = "try"
    return app.run()


def test_who_may_type_no_more_runs_nothing_on_the_page_of_before(
    in_sample_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = drawn(monkeypatch, "analyst")
    held, state = app.session_state[data.HELD], {"editor": {"run": {"text": "from orders"}}}
    monkeypatch.setattr(data.st, "session_state", state)
    monkeypatch.setattr(data, "held", lambda: held)
    monkeypatch.setattr(data, "get_script_run_ctx", lambda **_: held)
    monkeypatch.setattr(Run, "start", lambda run: run.done.set())
    now = current(in_sample_home)
    assert now is not None and data.is_for_reader()
    try_query._begin(now, SCOPE, False)
    assert state.pop(try_query.RUN).reader.level == "analyst"
    monkeypatch.setattr(data, "reader", lambda: replace(EVERYBODY, level="viewer"))
    try_query._begin(now, SCOPE, False)
    assert try_query.RUN not in state and data.snapshot() is None


def test_an_analyst_has_editor_and_tables_a_viewer_is_told_why_not(
    in_sample_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = drawn(monkeypatch, "analyst")
    assert not app.exception
    parts = [json.loads(part.proto.json) for part in app.get("bidi_component")]
    known = next(p[0]["known"] for p in parts if isinstance(p, list) and "known" in p[0])
    assert ["device", "VARCHAR"] in [c[:2] for c in known["tables"]["traffic"]]
    assert "sum" in known["functions"] and "read_csv" not in known["functions"]
    assert "traffic" in app.selectbox(key="schema_mart").options
    viewer = drawn(monkeypatch, "viewer")
    assert not viewer.exception
    assert "level" in viewer.info[0].value
    assert not [part for part in viewer.get("bidi_component") if "known" in part.proto.json]


def test_a_result_is_not_drawn_for_another_role(
    snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.run().switch_page("pages/queries_page.py")
    app.query_params["view"] = "try"
    run = ran(snapshot, "select 1 as one")
    app.session_state[try_query.RUN] = run
    assert any("1 row" in caption.value for caption in app.run().caption)
    poles = replace(EVERYBODY, level="analyst", rows=(("country", ("PL",)),))
    monkeypatch.setattr(data, "reader", lambda: poles)
    assert not any("1 row" in caption.value for caption in app.run().caption)
    assert not app.exception


def test_a_text_is_answered_now_and_before(snapshot: Path) -> None:
    text = "select device, sum(sessions) as visits from traffic where day between $start"
    run = ran(snapshot, f"{text} and $end group by all", compared=True)
    assert run.problems == ()
    now, before = run.answer().frame, run.answer(earlier=True).frame
    assert now is not None and before is not None
    both = typed_result.joined(now, before)
    assert both is not None and both.columns == ["device", "visits", "visits before"]
    assert both.height == now.height


def test_rows_that_cannot_be_told_apart_are_not_joined() -> None:
    rows = pl.DataFrame({"a": ["x", "x"], "n": [1, 2]})
    assert typed_result.joined(rows, rows) is None
    days = pl.DataFrame({"day": [dt.date(2026, 1, 1)], "n": [1]})
    assert typed_result.joined(days, days) is None


def test_only_charts_that_fit_the_columns_are_offered() -> None:
    rows = pl.DataFrame({"device": ["a"], "visits": [1]})
    assert typed_result.fitting(rows, "bar") == {
        "x": ["device", "visits"], "y": ["visits"], "colour": ["device"],
    }  # fmt: skip
    assert typed_result.fitting(rows, "sparklines") is None


def test_sample_values_name_nobody_and_no_few(snapshot: Path) -> None:
    reader = open_reader(snapshot)
    try:
        known = catalog(reader)
        found = samples(reader, known, "orders", SCOPE)
        assert not NUMBERS & set(found)
        assert "PL" in found["country"]
        czechs = replace(SCOPE, policy=(("country", ("CZ",)),))
        assert samples(reader, known, "orders", czechs)["country"] == ["CZ"]
        assert "person_id" not in samples(reader, known, "customers", SCOPE)
    finally:
        known.desks._idle.clear()
        reader.close()


ABOUT = saved.About("conversion/by_device", "By device", "How many?", "team")
TEXTS = {
    "table": "select device, sum(sessions)::bigint as visits from traffic where device ="
    " 'mobile' and day between $start and $end group by all;",
    "chart": "select device, count(*) as orders from orders where counts group by all",
    "measure": "select day, device, sum(purchases)::bigint as numerator,"
    " sum(sessions)::bigint as denominator from traffic group by all",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_kept_file_passes_check_and_its_test(kind: str, snapshot: Path) -> None:
    run = ran(snapshot, TEXTS[kind])
    assert isinstance(run.now, Result)
    chart = Chart("bar", x="device", y="orders") if kind == "chart" else None
    file = saved.text(run.text, run.now, replace(ABOUT, chart=chart))
    assert f'kind = "{kind}"' in file
    reader = open_reader(snapshot)
    try:
        assert list(saved.wrong(file, ABOUT.name, reader)) == []
        test = tomllib.loads(run.test(catalog(reader).marts))
    finally:
        reader.close()
    assert test["given"] and test["expect"]
    assert test["expect"][0]["device"] == ("mobile" if kind == "table" else "a")


def test_a_kept_file_says_which_columns_count_people(snapshot: Path) -> None:
    run = ran(snapshot, "select country, count(*) as n from customers group by all")
    assert run.now is not None
    assert 'n = { format = "people" }' in saved.text(run.text, run.now, ABOUT)


def test_a_file_opened_in_the_editor_loses_its_header_only() -> None:
    file = '/*\ntitle = "A"\nkind = "table"\n*/\n-- why\nselect 1\nfrom traffic;\n'
    assert saved.body(file) == "-- why\nselect 1\nfrom traffic"
    assert saved.suggested("42 Visits, by device!") == "visits_by_device"
