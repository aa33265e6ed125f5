"""Who stopped at a step becomes a named group: a file with a rule, and its own test."""

from __future__ import annotations

import datetime as dt
import errno
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from journey import warehouse
from journey.answer import Period
from journey.build import blueprint
from journey.home import PROJECT, Home
from journey.output import group_file
from journey.output.group_file import RULES, Group
from journey.problem import JourneyError
from journey.query import load
from journey.query.catalog import read
from journey.query.text import admit, frame

DAYS = Period(dt.date(2026, 9, 1), dt.date(2026, 9, 28))
CELL = (("device", ("mobile",)),)
GROUP = Group("conversion/payment_completion", "Stopped: Payment", CELL, DAYS, 0)


@pytest.fixture(scope="module")
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = blueprint()
    yield connection
    connection.close()


def people(connection: duckdb.DuckDBPyConnection, group: Group) -> list[int]:
    """Return whom a group's file names of the rows of its own test."""
    spec: dict[str, Any] = tomllib.loads(group_file.test_of(group))
    catalog, cursor = read(connection), connection.cursor()
    for mart, rows in spec["given"].items():
        cursor.execute(f'delete from published.main."{mart}"')
        for row in rows:
            names = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            cursor.execute(
                f'insert into published.main."{mart}" ({names}) values ({marks})',
                list(row.values()),
            )
    text = admit(group_file.text(group), "a.sql", catalog)
    for mart in text.reading.reads:
        cursor.execute(
            f'create or replace temp view "{mart}" as from published.main."{mart}"'
        )
    values = {"through": group_file.ENDS} if "through" in text.reading.parameters else {}
    found = frame(cursor, text, values)["person_id"].to_list()
    assert spec["expect"] == [{"person_id": 1}]
    return found


@pytest.mark.parametrize("measure", sorted(RULES))
@pytest.mark.parametrize("days_back", [None, 0, 90])
@pytest.mark.parametrize("consenting", [False, True])
def test_a_file_passes_its_own_test_and_the_check(
    marts: duckdb.DuckDBPyConnection, measure: str, days_back: int | None, consenting: bool
) -> None:
    cell = (("country", ("PL", "CZ")), ("device", ("mobile",)))
    group = Group(measure, "Payment", cell, DAYS, days_back, consenting)
    assert people(marts, group) == [1]
    assert group_file.problems_of("mine", group_file.text(group), marts) == []


def test_every_step_of_the_journey_has_a_rule() -> None:
    found = load([PROJECT / "queries"]).queries.values()
    assert {query.name for query in found if "step" in query.tags} <= set(RULES)


def test_a_group_names_its_step_its_cell_and_its_days() -> None:
    moving = group_file.text(GROUP)
    assert "from stopped_visits" in moving and "step = 'purchase'" in moving
    assert "device = 'mobile'" in moving and "$through - 27 and $through" in moving
    assert 'title       = "Stopped: Payment"' in moving
    fixed = group_file.text(group_file.fixed(GROUP))
    assert "date '2026-09-01'" in fixed and "$through" not in fixed
    aged = group_file.text(replace(GROUP, days_back=90))
    assert "between $through - 117 and $through - 90" in aged
    odd = replace(GROUP, where=(("campaign", ("it's", "(not set)")),), title='a "b" */ c')
    assert "(campaign = 'it''s' or campaign is null)" in group_file.text(odd)
    assert group_file.suggested("Stopped: Payment on phones") == "stopped_payment_on_phones"
    assert group_file.suggested("12 Żółw!") == "w"


@pytest.mark.parametrize(
    "value",
    ["*/ drop", "//**", "*/*/", "a\\\"'", 'x"""', "\x1b[31m\x7f", "2026-10-28T1:Z",
     "\u202eevil", "-- $$ $through ;\n", "x" * 10_000],
)  # fmt: skip
def test_a_group_of_a_hostile_value_is_a_file_that_names_its_people(
    marts: duckdb.DuckDBPyConnection, value: str
) -> None:
    odd = replace(GROUP, title=f"Stopped: {value}", where=(("campaign", (value,)),))
    assert people(marts, odd) == [1]
    assert group_file.problems_of("mine", group_file.text(odd), marts) == []
    header = group_file.text(odd).partition("*/\n")[0]
    assert "/*" not in header[2:] and "\u202e" not in header


def test_a_saved_group_is_in_the_library_and_no_file_is_written_over(
    marts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    path = group_file.save(home, load(home.queries), "stopped_there", GROUP, marts)
    query = load(home.queries).queries["segments/stopped_there"]
    assert query.kind == "segment" and query.path == path and not query.own
    assert group_file.places(home, "stopped_there")[1].is_file()
    before = path.read_text()
    other = replace(GROUP, title="Other")
    with pytest.raises(JourneyError) as clash:
        group_file.save(home, load([]), "stopped_there", other, marts)
    (problem,) = clash.value.problems
    assert (problem.found, problem.fix) == (
        "there already", "choose another name; no file is written over",
    )  # fmt: skip
    assert path.read_text() == before
    assert [p.name for p in path.parent.iterdir()] == ["stopped_there.sql"]


@pytest.mark.parametrize("name", ["", "Big", "a-b", "../x", "a/b", "1st", "a" * 61, "ń"])
def test_a_bad_name_is_refused_in_four_parts(name: str, tmp_path: Path) -> None:
    with pytest.raises(JourneyError) as refused:
        group_file.refuse_name(Home(tmp_path), load([]), name)
    (problem,) = refused.value.problems
    assert all((problem.place, problem.found, problem.expected, problem.fix))


def test_a_name_of_the_product_is_taken(tmp_path: Path) -> None:
    with pytest.raises(JourneyError, match="there already"):
        group_file.refuse_name(Home(tmp_path), load([PROJECT / "queries"]), "promoters")


def test_a_cell_that_the_mart_does_not_have_is_told_and_not_written(
    marts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    odd = replace(GROUP, where=(("payment_method", ("card",)),))
    with pytest.raises(JourneyError, match="payment_method"):
        group_file.save(Home(tmp_path), load([]), "odd", odd, marts)
    assert not (tmp_path / "queries").exists()


def test_a_disk_without_links_keeps_the_file_too(
    marts: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(group_file.os, "link", no_links)
    path = group_file.save(Home(tmp_path), load([]), "mine", GROUP, marts)
    assert path.read_text() == group_file.text(GROUP)
    with pytest.raises(JourneyError, match="there already"):
        group_file.save(Home(tmp_path), load([]), "mine", GROUP, marts)


def test_a_closed_folder_is_told(marts: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "queries").write_text("no folder")
    assert not group_file.is_open(Home(tmp_path))
    with pytest.raises(JourneyError) as closed:
        group_file.save(Home(tmp_path), load([]), "mine", GROUP, marts)
    assert "nothing can be written here" in closed.value.problems[0].found


def test_a_link_that_leads_nowhere_is_no_taken_name(
    marts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "segments").symlink_to(tmp_path / "gone")
    with pytest.raises(JourneyError, match="nothing can be written here"):
        group_file.save(Home(tmp_path), load([]), "mine", GROUP, marts)


def test_the_file_counts_as_many_visits_as_the_step_loses(sample_home: Home) -> None:
    now = warehouse.current(sample_home)
    assert now is not None
    reader = warehouse.open_reader(now.path)
    cursor = reader.cursor()
    group = Group("conversion/payment_completion", "", (), Period(
        dt.date(2026, 10, 20), dt.date(2026, 11, 16)), None)  # fmt: skip
    text = admit(group_file.counting(group), "a.sql", read(reader))
    cursor.execute("create temp view stopped_visits as from published.stopped_visits")
    (row,) = frame(cursor, text, {}).iter_rows(named=True)
    lost = cursor.execute(
        "select sum(payments) - sum(purchases_of_payments) from published.traffic "
        "where day between date '2026-10-20' and date '2026-11-16'"
    ).fetchall()
    assert row["stopped"] == lost[0][0] and 0 < row["people"] < row["stopped"]
