"""Typed text: a process of its own, killed and restarted when it must be."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from journey.answer import Period
from journey.figures import typed
from journey.problem import JourneyError
from journey.processes import Ended
from journey.query import watchdog, worker
from journey.query.typed import TYPED
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
    worker._pool.stop()


def test_a_text_sees_what_its_scope_lets_through(snapshot: Path) -> None:
    sql = "select country, count(*) as n from orders group by all order by 1"
    assert run_typed(snapshot, sql, SCOPE).rows.rows() == [("CZ", 30), ("PL", 10)]
    poles = Scope(SCOPE.period, policy=(("country", ("PL",)),))
    assert run_typed(snapshot, sql, poles).rows.rows() == [("PL", 10)]
    assert run_typed(snapshot, sql, SCOPE.with_("country", "CZ")).rows.rows() == [
        ("CZ", 30)
    ]


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
    assert caught.value.problems[0].where == TYPED


def test_a_column_that_only_the_own_name_stands_for_is_explained(snapshot: Path) -> None:
    sql = "select day, sum(taxes) as taxes from orders group by all"
    with pytest.raises(JourneyError) as told:
        run_typed(snapshot, sql, SCOPE)
    (problem,) = told.value.problems
    assert problem.expected == "a column of the tables read"
    assert "none of them has taxes" in problem.fix


def test_a_choice_that_a_mart_cannot_tell_is_refused(snapshot: Path) -> None:
    with pytest.raises(JourneyError) as caught:
        run_typed(snapshot, "from orders", SCOPE.with_("device", "mobile"))
    assert "orders carry no device" in str(caught.value)


def test_a_role_that_does_not_see_who_gets_figures_only(snapshot: Path) -> None:
    def told(sql: str) -> str:
        with pytest.raises(JourneyError) as caught:
            run_typed(snapshot, sql, SCOPE, see_who=False)
        return str(caught.value)

    assert "person_id: this leads to one person" in told("from orders")
    assert "x: this leads to one person" in told("select abs(person_id) as x from orders")
    assert ":2: a condition" in told("select day from orders\nwhere person_id = 7")
    assert "CZ" not in told("select max(country::date) from orders")
    found = run_typed(
        snapshot, "select count(person_id) n from orders", SCOPE, see_who=False
    )
    assert found.rows.item() == 40


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from orders where if(country = 'CZ', country::int = 1, true)",
        "select count(*) from orders where if(country = 'CZ', strptime(country, '%d')"
        " is null, true)",
        "select max(if(country = 'CZ', country::date, null)) from orders",
        "select count(*) from orders where 1 // (country != 'CZ')::int = 1",
    ],
)
def test_no_mistake_is_made_of_a_row_outside_the_policy(sql: str, snapshot: Path) -> None:
    poles = Scope(SCOPE.period, policy=(("country", ("PL",)),))
    assert run_typed(snapshot, sql, poles).rows.height == 1


def test_what_a_file_may_do_and_a_typed_text_may_not(snapshot: Path) -> None:
    for sql in ("select error(country) from orders", "select $journey_0"):
        with pytest.raises(JourneyError):
            run_typed(snapshot, sql, SCOPE)


def test_every_value_can_be_shown(snapshot: Path) -> None:
    found = run_typed(
        snapshot,
        "select {'a': [1]}, 'x'::blob, '1'::json, time '10:00', [date '2026-01-01'], null,"
        " 1.5::decimal(9, 2);",
        SCOPE,
    )
    row = found.rows.row(0)
    assert row == ('{"a": [1]}', "78", "1", "10:00:00", '["2026-01-01"]', None, 1.5)
    for sql in ("select interval 1 day", "select date '9999-12-31' + 4000000"):
        with pytest.raises(JourneyError):
            run_typed(snapshot, sql, SCOPE)


def test_too_many_rows_are_cut_and_said(snapshot: Path) -> None:
    found = run_typed(snapshot, "select unnest(range(20000)) as n", SCOPE)
    assert (found.rows.height, found.more) == (10_000, True)
    assert "there are more" in typed.answer(found, SCOPE).notes[0]


def test_few_people_are_withheld(snapshot: Path) -> None:
    sql = "select person_id % 9 as g, count(distinct person_id) as n from orders where"
    sql += " person_id < 12 group by all order by 1"
    found = typed.answer(run_typed(snapshot, sql, SCOPE), SCOPE)
    assert found.frame is not None
    assert found.frame["n"].to_list() == [None] * 9
    assert found.hidden


RUNAWAY = "select count(*) from range(999999) a, range(999999) b"


def test_a_text_that_runs_can_be_stopped(snapshot: Path) -> None:
    ticket, told = worker.Ticket("one"), []
    run_typed(snapshot, "select 1", SCOPE)
    thread = threading.Thread(target=lambda: told.append(_refusal(snapshot, ticket)))
    thread.start()
    while ticket.begun is None:
        time.sleep(0.01)
    ticket.stop()
    thread.join()
    assert "it was stopped" in told[0], "not that it took too long"


def test_one_reader_waits_for_oneself_and_nobody_else(snapshot: Path) -> None:
    first, second, other = worker.Ticket("one"), worker.Ticket("one"), worker.Ticket("two")
    told: dict[worker.Ticket, str] = {}
    threads = []
    for ticket in (first, second):
        told_to = lambda t=ticket: told.update({t: _refusal(snapshot, t)})  # noqa: E731
        threads.append(threading.Thread(target=told_to))
        threads[-1].start()
        while ticket.begun is None and ticket not in worker._pool.line:
            time.sleep(0.01)
    assert run_typed(snapshot, "select 1", SCOPE, ticket=other).rows.item() == 1
    assert second.begun is None
    second.stop()
    threads[1].join()
    assert "it was stopped" in told[second]
    first.stop()
    threads[0].join()


def _refusal(snapshot: Path, ticket: worker.Ticket) -> str:
    with pytest.raises(JourneyError) as caught:
        run_typed(snapshot, RUNAWAY, SCOPE, ticket=ticket)
    return str(caught.value)


def test_a_line_that_is_full_sends_away(
    snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "WAITING", 0)
    with pytest.raises(JourneyError, match="others are running texts"):
        run_typed(snapshot, "select 1", SCOPE)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux tells it in /proc")
def test_a_process_has_no_secret_no_socket_and_ends_with_the_app(
    snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_SECRET", "s3cret")
    one = worker.process()
    with socket.create_server(("127.0.0.1", 0)) as server:
        os.set_inheritable(server.fileno(), True)
        request = {"snapshot": "", "sql": "", "scope": worker.packed(SCOPE), "seconds": 1,
                   "see_who": True, "segment": None, "given": None}  # fmt: skip
        assert worker.exchange(one, json.dumps(request).encode(), 5)
        process = one.process
        assert process is not None
        place = Path(f"/proc/{process.pid}")
        assert b"s3cret" not in (place / "environ").read_bytes()
        opened = [str(Path(fd).readlink()) for fd in (place / "fd").iterdir()]
        assert not any("socket" in name for name in opened)
    assert process.stdin is not None
    process.stdin.close()  # as when the app is killed
    assert process.wait() == 0


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select list_sum(range(400000000))", "range() of a huge value"),
        (RUNAWAY, "it took longer than"),
        # one call, which hears no interruption
        ("select levenshtein(string_agg('ab', ''), string_agg('ba', ''))"
         " from range(400000)", "it took longer than"),
        ("select list(a) from range(999999) a, range(999) b", "more memory than there is"),
    ],
)  # fmt: skip
def test_what_would_hang_or_fill_the_memory_is_a_clean_error(
    sql: str, told: str, snapshot: Path
) -> None:
    with pytest.raises(JourneyError) as caught:
        run_typed(snapshot, sql, SCOPE, seconds=0.4 if "longer" in told else 10)
    assert told in caught.value.problems[0].found
    assert caught.value.problems[0].fix
    assert run_typed(snapshot, "select 1 as one", SCOPE).rows.rows() == [(1,)]


def test_what_ended_a_process_is_told() -> None:
    def found(code: int, late: bool = False) -> str:
        return worker._too_much(Ended(code, late), 10).found

    assert found(-signal.SIGXCPU) == "it took longer than 10 seconds"
    assert found(-signal.SIGKILL, late=True) == "it was not finished in 60 seconds"
    for code in (-signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT, 1):
        assert found(code) == "it needed more memory than there is"


def test_a_text_that_is_held_up_is_not_stopped_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spent, stopped = [0.0], threading.Event()
    monkeypatch.setattr(watchdog, "clock", lambda: spent[0])
    monkeypatch.setattr(watchdog, "EVERY", 0.01)
    with watchdog.after(10, stopped.set):
        assert not stopped.wait(0.05), "time passes, the processor does nothing"
        spent[0] = 10
        stopped.wait()
