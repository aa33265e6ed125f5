"""Batches for later: made here or in another process, in their order, errors and all."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import polars as pl
import pytest

from journey.connector import Batch, Frame, Given, JourneyError, Later, Mark, Rows
from journey.sources import maker
from journey.sources.maker import Maker


def numbered(number: int) -> Iterator[Batch]:
    """Rows that say where they were made."""
    yield Rows([{"number": number, "process": os.getpid()}])
    yield Frame(pl.DataFrame({"number": [number]}), table="order_line")


def endless() -> Iterator[Batch]:
    threading.Event().wait()
    yield from numbered(0)


def odd(row: dict[str, str]) -> Iterator[Batch]:
    yield Rows([{"number": row["number"]}])


def killed(once: int) -> Iterator[Batch]:
    """End the process that this runs in, unless it is that of the test."""
    if os.getpid() != once:
        os.kill(os.getpid(), signal.SIGKILL)
    yield from numbered(1)


def printing(number: int) -> Iterator[Batch]:
    sys.stdout.write("a remark of who writes a connector")
    sys.stdout.flush()
    yield from numbered(number)


def only_in(process: int) -> Iterator[Batch]:
    """Rows that no other process can make, for want of a file, say."""
    if os.getpid() != process:
        raise FileNotFoundError
    yield from numbered(1)


class Unsent:
    def __reduce__(self) -> str:
        raise BufferError("no copies of Zielona 7")


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    """A maker that makes nothing here that it can make in another process."""
    for share in ("PAYS", "HOLDS_UP"):
        monkeypatch.setattr(maker, share, -1.0)
    with Maker("till") as made:
        yield made


def processes_of(batches: list[Batch]) -> list[int]:
    return [row["process"] for b in batches if isinstance(b, Rows) for row in b.rows]


def test_batches_come_in_their_order_wherever_they_are_made(beside: Maker) -> None:
    def given() -> Iterator[Given]:
        for number in range(3):
            yield Later(partial(numbered, number))
            yield Mark(str(number))

    found = list(beside.batches(given()))
    assert [type(batch) for batch in found] == [Rows, Frame, Mark] * 3
    assert [b.text for b in found if isinstance(b, Mark)] == ["0", "1", "2"]
    assert [b.frame["number"].to_list() for b in found if isinstance(b, Frame)] == [
        [0], [1], [2]
    ]  # fmt: skip
    (process,) = set(processes_of(found))
    assert process != os.getpid()


@pytest.mark.parametrize(
    ("reading", "making", "elsewhere"),
    [(9e6, 1e6, False), (1e6, 9e6, True), (0.0, 0.4, False)],
)
def test_only_making_that_holds_up_the_reading_goes_to_a_process(
    reading: float, making: float, elsewhere: bool
) -> None:
    with Maker("till") as made:
        made._reading, made._making = reading, making
        (process,) = processes_of(list(made.batches(iter([Later(partial(numbered, 1))]))))
    assert (process != os.getpid()) is elsewhere


@pytest.mark.parametrize("holds_up", [-1.0, 1e9])
def test_making_and_reading_are_timed_wherever_rows_are_made(
    monkeypatch: pytest.MonkeyPatch, holds_up: float
) -> None:
    for share in ("PAYS", "HOLDS_UP"):
        monkeypatch.setattr(maker, share, holds_up)
    with Maker("till") as made:
        list(made.batches(iter([Later(partial(numbered, 1)), Mark("1")])))
        assert made._reading > 0 and made._making > 0


def test_an_error_there_is_met_again_where_its_line_can_be_told(beside: Maker) -> None:
    given = [Later(partial(numbered, 1)), Later(partial(odd, {}))]
    found: list[Batch] = []
    with pytest.raises(KeyError, match="number") as caught:
        found.extend(beside.batches(iter(given)))
    assert len(found) == 2
    assert "odd" in [entry.name for entry in caught.traceback]


def test_a_process_that_is_killed_loses_nothing_and_is_not_started_again(
    beside: Maker,
) -> None:
    given = [Later(partial(killed, os.getpid())), Later(partial(numbered, 2))]
    assert processes_of(list(beside.batches(iter(given)))) == [os.getpid()] * 2


def test_what_only_that_process_cannot_make_is_asked_of_it_once(
    beside: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Mock(wraps=beside._child.ask)
    monkeypatch.setattr(beside._child, "ask", asked)
    given = [Later(partial(only_in, os.getpid())) for _ in range(3)]
    assert processes_of(list(beside.batches(iter(given)))) == [os.getpid()] * 3
    assert asked.call_count == 1


def test_where_no_process_can_be_started_rows_are_made_here(
    beside: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    given = [Later(partial(numbered, 1)), Later(partial(numbered, 2))]
    assert processes_of(list(beside.batches(iter(given)))) == [os.getpid()] * 2


def test_what_is_printed_there_is_no_answer(beside: Maker) -> None:
    given = [Later(partial(printing, 1)), Later(partial(printing, 2))]
    (process,) = set(processes_of(list(beside.batches(iter(given)))))
    assert process != os.getpid()


def test_why_a_value_cannot_be_sent_is_told_without_the_value() -> None:
    with Maker("till") as made, pytest.raises(JourneyError, match="rows for later") as told:
        list(made.batches(iter([Later(partial(iter, Unsent()))])))
    assert "BufferError" in str(told.value) and "Zielona" not in str(told.value)


def test_nothing_is_marked_behind_rows_that_were_no_more_made(beside: Maker) -> None:
    beside.close()
    assert not list(beside.batches(iter([Later(partial(numbered, 1)), Mark("1")])))


def test_a_process_that_is_started_while_it_is_ended_does_not_stay(
    beside: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    child, start = beside._child, beside._child.start
    closed = threading.Thread(target=beside.close)

    def late() -> None:
        if not closed.ident:
            closed.start()
            while not beside._closed:
                closed.join(0.001)
            start()

    monkeypatch.setattr(child, "start", late)
    assert not list(beside.batches(iter([Later(endless), Mark("1")])))
    closed.join()
    assert not child.runs()


def test_what_cannot_be_sent_to_a_process_is_told_at_the_first_batch() -> None:
    lock = threading.Lock()
    with Maker("till") as made, pytest.raises(JourneyError, match="rows for later") as told:
        list(made.batches(iter([Later(lambda: numbered(int(lock.locked())))])))
    assert "till" in told.value.problems[0].where


def test_a_read_that_is_left_ends_the_process_in_the_middle_of_its_work(
    beside: Maker,
) -> None:
    found: list[Batch] = []
    ended = threading.Event()

    def read() -> None:
        found.extend(beside.batches(iter([Later(endless)])))
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    child = beside._child
    while not child.runs():
        time.sleep(0.01)
    beside.close()
    assert ended.wait(60) and not found and not child.runs()
