"""What the process keeps between pages."""

from __future__ import annotations

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from journey import kept as shelf
from journey.answer import Period
from journey.kept import RETRY, Asked, forget, kept, side_by_side
from journey.scope import Scope
from journey.warehouse import Snapshot


def test_threads_that_ask_for_the_same_share_one_making() -> None:
    made: list[str] = []

    @kept(10)
    def slow(key: str) -> str:
        time.sleep(0.05)
        made.append(key)
        return key.upper()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(slow, ["a", "b"] * 8))
    assert sorted(set(found)) == ["A", "B"]
    assert sorted(made) == ["a", "b"]


def test_the_longest_unused_values_leave_first() -> None:
    made: list[int] = []

    @kept(2)
    def number(key: int) -> int:
        made.append(key)
        return key

    for key in (1, 2, 1, 3, 1, 2):
        number(key)
    assert made == [1, 2, 3, 2]


def test_only_the_first_argument_tells_values_apart() -> None:
    @kept(2)
    def pair(key: str, beside: list[str]) -> str:
        return key + beside[0]

    assert pair("a", ["x"]) == "ax"
    assert pair("a", ["y"]) == "ax"


def test_a_value_that_failed_is_made_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, made = [100.0], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    @kept(10, failed=lambda value: value == "failed")
    def flaky(key: str) -> str:
        made.append(key)
        return "failed" if made.count(key) == 1 and key == "busy" else "well"

    def both() -> list[str]:
        return [flaky("busy"), flaky("calm")]

    assert both() == both() == ["failed", "well"]
    assert made == ["busy", "calm"]
    now[0] += RETRY + 1
    assert both() == both() == ["well", "well"]
    assert made == ["busy", "calm", "busy"]
    now[0] += 10 * RETRY
    assert both() == ["well", "well"] and made == ["busy", "calm", "busy"]


def test_a_failure_is_not_kept() -> None:
    tries: list[str] = []

    @kept(2)
    def second_time(key: str) -> str:
        tries.append(key)
        if len(tries) == 1:
            raise ValueError(key)
        return key

    with pytest.raises(ValueError, match="a"):
        second_time("a")
    assert second_time("a") == "a"


def test_side_by_side_makes_what_is_missing_and_swallows_failures() -> None:
    seen: set[str] = set()
    both = threading.Barrier(2, timeout=5)

    @kept(10)
    def meet(key: str) -> str:
        if key == "bad":
            raise ValueError(key)
        both.wait()
        seen.add(key)
        return key

    side_by_side(meet, [("a",), ("b",)])
    side_by_side(meet, [("a",), ("bad",), ("worse",)][:2])
    assert seen == {"a", "b"}
    assert meet("a") == "a"


def test_what_was_made_of_a_file_that_is_gone_is_let_go_and_nothing_else() -> None:
    old, new = (Snapshot(Path(name), name, (1,)) for name in ("old", "new"))
    scope = Scope(Period(dt.date(2026, 10, 1), dt.date(2026, 10, 7)))

    @kept(10)
    def made(key: Any) -> str:
        return "made"

    of_files = [(Asked(of, "a/b", scope, "", "", ()), (of, scope), of) for of in (old, new)]
    for key in (*of_files[0], *of_files[1], "of no file", ("of", "none")):
        made(key)
    forget([new])
    assert set(made.cache) == {*of_files[1], "of no file", ("of", "none")}


def test_a_newer_file_is_offered_once_its_usual_figures_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shelf, "_offered", [])
    before, newer = (Snapshot(Path(name), name) for name in "ab")
    assert shelf.offers(newer), "nobody keeps anything beforehand"
    shelf.offer(before)
    assert shelf.offers(before) and not shelf.offers(newer)
    shelf.offer(newer)
    assert shelf.offers(newer)
