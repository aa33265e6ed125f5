"""Typed text: a process of its own, killed and restarted when it must be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from journey.answer import Period
from journey.problem import JourneyError
from journey.query import worker
from journey.query.worker import run_typed
from journey.scope import Scope

SCOPE = Scope(Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28)))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("published") / "journey-1.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table orders as select i as person_id, date '2026-10-05' as day,"
            " if(i % 4 = 0, 'PL', 'CZ') as country, 10 as revenue from range(40) t(i)"
        )
        connection.execute("create table snapshot as select 'Europe/Warsaw' as time_zone")
    yield path
    worker._worker.stop()


def test_a_text_sees_what_its_scope_lets_through(snapshot: Path) -> None:
    sql = "select country, count(*) as n from orders group by all order by 1"
    assert run_typed(snapshot, sql, SCOPE).rows() == [("CZ", 30), ("PL", 10)]
    poles = Scope(SCOPE.period, policy=(("country", ("PL",)),))
    assert run_typed(snapshot, sql, poles).rows() == [("PL", 10)]
    assert run_typed(snapshot, sql, SCOPE.with_("country", "CZ")).rows() == [("CZ", 30)]


def test_the_gate_stands_before_the_process_too(snapshot: Path) -> None:
    for sql in (
        "from published.orders",
        "select getvariable('journey_0')",
        "select 1; select 2",
    ):
        with pytest.raises(JourneyError):
            run_typed(snapshot, sql, SCOPE)


def test_a_mistake_has_its_line(snapshot: Path) -> None:
    with pytest.raises(JourneyError) as caught:
        run_typed(snapshot, "select day,\n  revenu\nfrom orders", SCOPE)
    assert caught.value.problems[0].line == 2
    assert caught.value.problems[0].where == worker.TYPED


def test_a_choice_that_a_mart_cannot_tell_is_refused(snapshot: Path) -> None:
    with pytest.raises(JourneyError) as caught:
        run_typed(snapshot, "from orders", SCOPE.with_("device", "mobile"))
    assert "orders carry no device" in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "select list_sum(range(400000000))",
        "select count(*) from range(1e9::bigint) a, range(1e9::bigint) b",
        "select levenshtein(string_agg('ab', ''), string_agg('ba', '')) from range(400000)",
    ],
)
def test_what_would_hang_or_fill_the_memory_is_a_clean_error(
    sql: str, snapshot: Path
) -> None:
    with pytest.raises(JourneyError) as caught:
        run_typed(snapshot, sql, SCOPE, seconds=1)
    assert caught.value.problems[0].fix
    assert run_typed(snapshot, "select 1 as one", SCOPE).rows() == [(1,)]
