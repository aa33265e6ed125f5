"""What is read one thing ahead comes in its order, with its error, and ends when left."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from journey.sources.ahead import Ahead


def test_things_come_in_their_order_and_an_error_where_it_happened() -> None:
    def things() -> Iterator[int]:
        yield from range(5)
        raise ValueError("gone")

    found = []
    with pytest.raises(ValueError, match="gone"), Ahead(things()) as ahead:
        for thing in ahead:
            found.append(thing)
    assert found == [0, 1, 2, 3, 4]


def test_the_next_thing_is_made_while_the_last_one_is_used() -> None:
    made = threading.Event()

    def things() -> Iterator[int]:
        yield 1
        made.set()
        yield 2

    with Ahead(things()) as ahead:
        assert next(ahead) == 1
        assert made.wait(5)
        assert list(ahead) == [2]


def test_a_read_that_nobody_waits_for_any_more_ends() -> None:
    given, closed = [], threading.Event()

    def things() -> Iterator[int]:
        try:
            for number in range(1_000_000):
                given.append(number)
                yield number
        finally:
            closed.set()

    with pytest.raises(KeyError), Ahead(things()) as ahead:
        for _ in ahead:
            raise KeyError
    assert closed.wait(5) and len(given) < 5


def test_a_read_that_a_second_one_waits_for_ends_with_it() -> None:
    stuck, ended = threading.Event(), threading.Event()

    def slow() -> Iterator[int]:
        yield 1
        stuck.wait(30)

    def waiting(things: Iterator[int]) -> Iterator[int]:
        try:
            yield from things
        finally:
            ended.set()

    with (
        pytest.raises(KeyError),
        Ahead(slow()) as first,
        Ahead(waiting(first)) as second,
    ):
        assert next(second) == 1
        raise KeyError
    assert ended.wait(20)
    stuck.set()
