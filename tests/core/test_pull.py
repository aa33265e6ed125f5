"""What a source is asked for: new first, then older; where it goes on after a cut."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from journey import landing
from journey.connector import (
    Batch,
    Flag,
    JourneyError,
    Mark,
    Pause,
    Present,
    Problem,
    Rows,
    Since,
    Unreadable,
    setting,
)  # fmt: skip
from journey.home import Home
from journey.landing import Hasher, Run
from journey.settings import Source
from journey.sources.pull import Pull

NOW = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
BROKEN = Problem("source till", "it broke", "no break", "mend it")


@dataclass(frozen=True)
class Settings:
    since: dt.date | None = setting(help="first day", default=dt.date(2026, 3, 1))


class Till:
    """A connector that notes what it is asked for and does what the test says."""

    TABLES = ("sales_order",)
    Settings = Settings

    def __init__(self) -> None:
        self.asked: list[Since] = []
        self.batches: list[Batch | Exception] = []

    def read(self, table: str, since: Since, settings: Any, http: Any) -> Iterator[Batch]:
        self.asked.append(since)
        for batch in self.batches:
            if isinstance(batch, Exception):
                raise batch
            yield batch


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with contextlib.closing(duckdb.connect()) as made:
        made.execute("set global timezone = 'UTC'").fetchall()
        landing.create(made)
        yield made


def order(number: int, day: dt.datetime = NOW - DAY) -> dict[str, Any]:
    return {"order_id": str(number), "currency": "PLN", "placed_at": day}


def run(connection: Any, till: Any, at: dt.datetime = NOW, older: float = 60.0) -> Pull:
    """Pull once at a moment, as a sync does."""
    made = Run(connection, Home(Path("x")), "till", "till", Hasher(b"0" * 32), at,
               live=True)  # fmt: skip
    pull = Pull(made, Source("till", "till"), till, till.Settings(), SimpleNamespace())
    pull.newest()
    if older and not pull.problems:
        pull.older(older)
    pull.finish()
    return pull


def orders(connection: Any) -> list[str]:
    rows = connection.execute("select order_id from sales_order order by 1").fetchall()
    return [row[0] for row in rows]


def test_the_newest_stretch_comes_first_and_the_others_meet_it(connection: Any) -> None:
    till = Till()
    pull = run(connection, till)
    bounds = [(since.first, since.before) for since in till.asked]
    newest, *older = bounds
    assert newest == (dt.datetime(2026, 6, 3, tzinfo=dt.UTC), NOW)
    assert older == [
        (dt.datetime(2026, 3, 5, tzinfo=dt.UTC), newest[0]),
        (dt.datetime(2026, 3, 1, tzinfo=dt.UTC), dt.datetime(2026, 3, 5, tzinfo=dt.UTC)),
    ]
    assert [since.newest for since in till.asked] == [True, False, False]
    assert not pull.more


def test_later_runs_ask_for_changes_only(connection: Any) -> None:
    till = Till()
    run(connection, till)
    till.asked.clear()
    later = NOW + dt.timedelta(hours=3)
    run(connection, till, later)
    (since,) = till.asked
    assert (since.first, since.before) == (NOW - dt.timedelta(minutes=10), None)
    assert not since.thorough
    run(connection, till, later + DAY)
    assert till.asked[-1].first == later - dt.timedelta(minutes=10)
    assert till.asked[-1].thorough


def test_older_days_may_be_left_for_later(connection: Any) -> None:
    till = Till()
    assert run(connection, till, older=0).more
    assert len(till.asked) == 1
    assert not run(connection, till).more
    assert [since.newest for since in till.asked] == [True, False, False]


def test_a_stretch_that_is_cut_off_goes_on_at_its_mark(connection: Any) -> None:
    till = Till()
    till.batches = [Rows([order(1)]), Mark("page 2"), Rows([order(2)]),
                    JourneyError(BROKEN)]  # fmt: skip
    assert run(connection, till).problems == [BROKEN]
    assert orders(connection) == ["1"]
    till.batches = [Rows([order(2)])]
    assert run(connection, till, NOW + dt.timedelta(minutes=1)).problems == []
    assert [(s.before, s.mark) for s in till.asked[:2]] == [(NOW, None), (NOW, "page 2")]
    assert till.asked[2].mark is None
    assert orders(connection) == ["1", "2"]


def test_an_older_stretch_and_the_changes_keep_marks_of_their_own(connection: Any) -> None:
    till = Till()
    run(connection, till, older=0)
    till.batches = [Mark("older 2"), JourneyError(BROKEN)]
    later = NOW + dt.timedelta(minutes=5)
    run(connection, till, later)
    till.asked.clear()
    till.batches = [Mark("changes 2"), JourneyError(BROKEN)]
    run(connection, till, NOW + DAY)
    run(connection, till, NOW + DAY)
    till.batches = []
    run(connection, till, NOW + DAY)
    told = [(since.before is None, since.mark) for since in till.asked]
    assert told[:4] == [(True, None), (True, "changes 2"), (True, "changes 2"),
                        (False, "older 2")]  # fmt: skip


def test_a_lasting_mark_begins_the_next_read_of_changes(connection: Any) -> None:
    till = Till()
    till.batches = [Mark("cursor 1", lasting=True)]
    run(connection, till)
    assert till.asked[1].mark is None
    till.batches = [Mark("cursor 2", lasting=True)]
    run(connection, till, NOW + DAY)
    run(connection, till, NOW + 2 * DAY)
    assert [since.mark for since in till.asked[-2:]] == ["cursor 1", "cursor 2"]


def test_a_pause_keeps_what_is_marked_and_the_next_run_goes_on(connection: Any) -> None:
    till = Till()
    till.batches = [Rows([order(1)]), Mark("2"), Rows([order(2)]), Pause(BROKEN)]
    pull = run(connection, till)
    assert pull.paused and orders(connection) == ["1"]
    till.batches = []
    run(connection, till)
    assert till.asked[1].mark == "2"


def test_a_table_that_fails_leaves_the_others(connection: Any) -> None:
    class Two(Till):
        TABLES = ("sales_order", "ticket")

        def read(self, table: str, since: Since, settings: Any, http: Any) -> Any:
            if table == "ticket":
                yield Rows([{"ticket_id": "7", "created_at": NOW - DAY}])
            else:
                raise JourneyError(BROKEN)

    assert run(connection, Two()).problems == [BROKEN]
    assert connection.execute("select ticket_id from ticket").fetchall() == [("7",)]


def test_a_failure_that_all_tables_share_is_told_once_and_not_tried_on(
    connection: Any,
) -> None:
    class Three(Till):
        TABLES = ("sales_order", "ticket", "feedback")

    till = Three()
    till.batches = [JourneyError(BROKEN)]
    assert run(connection, till).problems == [BROKEN]
    assert len(till.asked) == 2


def test_days_are_known_up_to_yesterday_unless_the_account_cannot_give_them(
    connection: Any,
) -> None:
    days = "select count(*), max(day)::varchar from landed_day"
    till = Till()
    till.batches = [Flag("not_available", NOW.date(), NOW.date())]
    run(connection, till, older=0)
    assert connection.execute(days).fetchall() == [(0, None)]
    till.batches = []
    run(connection, till, NOW + DAY, older=0)
    assert connection.execute(days).fetchall() == [(90, "2026-09-01")]


def test_rows_whose_id_is_gone_are_deleted_and_those_of_this_run_are_not(
    connection: Any,
) -> None:
    till = Till()
    till.batches = [Rows([order(n) for n in range(1, 6)])]
    run(connection, till, older=0)
    till.batches = [Rows([order(6)]), Present("order_id", {"1", "2", "3", "4"})]
    run(connection, till, NOW + DAY, older=0)
    gone = "select order_id from sales_order where deleted_at is not null"
    assert connection.execute(gone).fetchall() == [("5",)]


def test_a_list_that_lacks_most_of_what_is_known_is_doubted(connection: Any) -> None:
    till = Till()
    till.batches = [Rows([order(n) for n in range(100)])]
    run(connection, till, older=0)
    till.batches = [Present("order_id", set())]
    run(connection, till, NOW + DAY, older=0)
    deleted = "select count(deleted_at) from sales_order"
    assert connection.execute(deleted).fetchall() == [(0,)]
    flags = "select flag, value from data_quality"
    assert connection.execute(flags).fetchall() == [("missing_doubted", 100.0)]


def test_a_failed_source_without_stretches_lands_nothing(connection: Any) -> None:
    @dataclass(frozen=True)
    class Plain:
        path: str = setting(help="a folder", default="x")

    class Folder(Till):
        TABLES = ("sales_order", "ticket")

        def read(self, table: str, since: Since, settings: Any, http: Any) -> Any:
            if table == "ticket":
                raise JourneyError(BROKEN)
            yield Rows([order(1)])

    Folder.Settings = Plain  # type: ignore[assignment,misc]
    assert run(connection, Folder()).problems == [BROKEN]
    assert orders(connection) == []


def test_a_row_that_cannot_be_read_is_left_out_and_told_by_its_number(
    connection: Any,
) -> None:
    till = Till()
    till.batches = [Rows([order(1), order(2) | {"gross_total": "twelve"}, order(3)])]
    pull = run(connection, till, older=0)
    assert orders(connection) == ["1", "3"]
    (told,) = pull.run.unreadable
    assert told.where == 'source till, sales_order, order_id "2"'
    assert told.found == 'gross_total is "twelve"'
    flags = "select flag, value, detail from data_quality"
    ((flag, count, detail),) = connection.execute(flags).fetchall()
    assert (flag, count) == ("rows_unreadable", 1.0) and "order_id" in detail
    skipped = "select rows_read, rows_landed, rows_skipped from sync_run"
    assert connection.execute(skipped).fetchall() == [(3, 2, 1)]


@pytest.mark.parametrize("odd", [
    {"gross_total": {"amount": 5}}, {"placed_at": True}, {"touchpoints": 10**30},
], ids=str)  # fmt: skip
def test_a_value_of_another_kind_is_told_though_its_row_stands_alone(
    connection: Any, odd: dict[str, Any]
) -> None:
    till = Till()
    till.batches = [Rows([order(2) | odd]), Mark("p")]
    pull = run(connection, till, older=0)
    assert pull.problems == [] and orders(connection) == []
    (told,) = pull.run.unreadable
    assert told.found.startswith(f"{next(iter(odd))} is ")
    till.batches = [Rows([order(1), order(2) | odd, order(3)]), Mark("p")]
    pull = run(connection, till, NOW + DAY, older=0)
    assert pull.problems == [] and orders(connection) == ["1", "3"]


def test_a_batch_that_cannot_land_at_all_is_read_again_and_blocks_no_other_table(
    connection: Any,
) -> None:
    class Two(Till):
        TABLES = ("sales_order", "ticket")
        wrong = True

        def read(self, table: str, since: Since, settings: Any, http: Any) -> Any:
            column = "nosuch" if table == "sales_order" and self.wrong else "reason"
            if table == "ticket":
                yield Rows([{"ticket_id": "7", "created_at": NOW - DAY, "reason": "x"}])
            elif self.wrong:
                yield Rows([order(1) | {column: "x"} for _ in range(70_000)])
            else:
                yield Rows([order(1)])
            yield Mark("end")

    till = Two()
    (told,) = run(connection, till).problems
    assert 'no column "nosuch"' in told.found
    tickets = "select count(*) from ticket"
    assert connection.execute(tickets).fetchall() == [(1,)]
    till.wrong = False
    assert run(connection, till, NOW + DAY).problems == []
    assert orders(connection) == ["1"]


def test_a_thing_that_is_no_row_is_told_and_nothing_of_its_page_is_lost(
    connection: Any,
) -> None:
    till = Till()
    till.batches = [Rows([order(1)]), Unreadable("id 2", "it has no total"), Mark("p")]
    pull = run(connection, till, older=0)
    assert orders(connection) == ["1"] and pull.problems == []
    (told,) = pull.run.unreadable
    assert (told.where, told.found) == ("source till, sales_order, id 2", "it has no total")
    skipped = "select rows_read, rows_landed, rows_skipped from sync_run"
    assert connection.execute(skipped).fetchall() == [(2, 1, 1)]


def test_a_clock_that_was_ahead_and_is_set_back_hides_no_changes(connection: Any) -> None:
    till = Till()
    run(connection, till, NOW + 2 * DAY, older=0)
    till.asked.clear()
    run(connection, till, NOW, older=0)
    run(connection, till, NOW + dt.timedelta(hours=1), older=0)
    assert [since.first for since in till.asked] == [
        NOW - 90 * DAY, NOW - dt.timedelta(minutes=10),
    ]  # fmt: skip


def test_a_server_without_a_clock_is_asked_for_changes_all_the_same(
    connection: Any,
) -> None:
    till = Till()
    http = SimpleNamespace(server_ahead=-20_000 * DAY)
    for at in (NOW, NOW + DAY):
        made = Run(connection, Home(Path("x")), "till", "till", Hasher(b"0" * 32), at,
                   live=True)  # fmt: skip
        pull = Pull(made, Source("till", "till"), till, till.Settings(), http)
        pull.newest()
        pull.finish()
    assert till.asked[-1].first == NOW - dt.timedelta(minutes=10)


def test_an_empty_list_wipes_no_small_shop(connection: Any) -> None:
    till = Till()
    till.batches = [Rows([order(n) for n in range(9)])]
    run(connection, till, older=0)
    till.batches = [Present("order_id", set())]
    run(connection, till, NOW + DAY, older=0)
    deleted = "select count(deleted_at) from sales_order"
    assert connection.execute(deleted).fetchall() == [(0,)]
    till.batches = [Present("order_id", {"8"}, NOW - 2 * DAY)]
    run(connection, till, NOW + 2 * DAY, older=0)
    assert connection.execute(deleted).fetchall() == [(8,)]
