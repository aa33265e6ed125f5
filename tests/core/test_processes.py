"""Processes of their own: replaced when they ended, told when they had to be ended."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from journey import processes
from journey.processes import Child, Ended


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child("tests.core.once")
    yield child
    child.stop()


def test_one_that_ends_by_itself_in_the_very_moment_is_replaced(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert child.ask(b"one", 300) == b"one"
    first = child.process
    assert first is not None and first.wait() == 0
    with monkeypatch.context() as patch:
        looks = iter([True])
        real = child.runs
        patch.setattr(child, "runs", lambda: next(looks, None) or real())
        assert child.ask(b"two", 300) == b"two"
    assert child.process is not first


def test_one_that_falls_silent_is_ended_and_told_to_be_late(child: Child) -> None:
    with pytest.raises(Ended) as ended:
        child.ask(b"hush", 0.5)
    assert (ended.value.code, ended.value.late) == (-signal.SIGKILL, True)
    assert child.process is None


def test_one_that_was_killed_tells_by_what(child: Child) -> None:
    with pytest.raises(Ended) as ended:
        child.ask(b"die", 300)
    assert (ended.value.code, ended.value.late) == (-signal.SIGXCPU, False)


def test_an_answer_that_was_not_read_to_its_end_is_not_taken_for_the_next_one(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(pipe: object) -> bytes:
        raise MemoryError

    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(processes, "_whole", full)
        child.ask(b"hush", 300)
    assert not child.runs() and child.ask(b"two", 300) == b"two"


def test_one_that_cannot_hold_a_request_ends_at_once(child: Child) -> None:
    child.start()
    assert child.process is not None and child.process.stdin is not None
    child.process.stdin.write((2**62).to_bytes(8, "big"))
    child.process.stdin.flush()
    assert child.process.wait(60) == 1
