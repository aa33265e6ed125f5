"""Things that no row can be made of: told by their id, and the others land."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from journey.connector import Rows, Unreadable, one_by_one


def batches(things: Sequence[Any]) -> Iterator[Rows]:
    yield Rows(
        [{"ticket_id": str(thing["id"]), "at": thing["at"][:10]} for thing in things]
    )
    yield Rows([], "ticket_event")


def test_what_cannot_be_read_is_told_and_the_rest_lands_with_what_hangs_on_it() -> None:
    good = [{"id": number, "at": "2026-09-01"} for number in range(4)]
    assert list(one_by_one(good, batches)) == list(batches(good))
    page = [*good, {"id": 7}, {"id": "8", "at": 5}, {"id": None, "at": ""}, "x"]
    found = list(one_by_one(page, batches))
    told = [(one.named, one.why) for one in found if isinstance(one, Unreadable)]
    assert told == [
        ("one without id", "it has no id"), ("one without id", "it has no id"),
        ("id 7", "it has no at"),
        ("id 8", "a value that the vendor does not describe (TypeError)"),
    ]  # fmt: skip
    rows = [row for one in found if isinstance(one, Rows) for row in one.rows]
    assert [row["ticket_id"] for row in rows] == ["0", "1", "2", "3"]


def test_a_page_of_odd_things_is_an_error_and_no_list_of_rows_to_correct() -> None:
    with pytest.raises(KeyError):
        list(one_by_one([{"id": number} for number in range(9)], batches))
