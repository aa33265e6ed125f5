"""A refresh publishes what is new before it asks for what is old."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journey import lock, refresh, settings as settings_file
from journey.connector import JourneyError, Problem, Rows, setting
from journey.home import Home
from journey.settings import Settings, Source
from journey.sources import sync as module
from journey.sources.sync import RunResult

SHOP = Settings(sources=(Source("shop", "files"),))
BROKEN = Problem("source shop", "no answer", "an answer", "run again")


def script(monkeypatch: pytest.MonkeyPatch, *rounds: list[RunResult]) -> list[str]:
    """Let syncs answer these results; return what was done, in order."""
    done: list[str] = []
    left = list(rounds)

    def sync(home: Home, settings: Settings, only: Any, report: Any, older: float = 1.0,
             full: bool = False) -> list[RunResult]:  # fmt: skip
        done.append("read all" if full else "read older" if older else "read new")
        return left.pop(0)

    monkeypatch.setattr(refresh, "sync", sync)
    monkeypatch.setattr(refresh.marts, "build", lambda *given: done.append("publish"))
    return done


def result(**more: Any) -> RunResult:
    return RunResult("shop", "files", **more)


def test_the_newest_days_are_published_before_older_ones_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = script(
        monkeypatch, [result(more=True)], [result(more=True)], [result(more=False)]
    )
    results = refresh.once(Home(tmp_path), SHOP, lambda line: None)
    assert done == ["read new", "publish", "read older", "publish", "read older", "publish"]
    assert refresh.code(results) == 0


@pytest.mark.parametrize(
    ("last", "code"),
    [
        (result(problems=(BROKEN,), more=True), 1),
        (result(problems=(BROKEN,), paused=True, more=True), 0),
        (result(unreadable=(BROKEN,)), 1),
    ],
)
def test_a_source_that_fails_or_pauses_is_left_until_the_next_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: RunResult, code: int
) -> None:
    done = script(monkeypatch, [last])
    results = refresh.once(Home(tmp_path), SHOP, lambda line: None)
    assert done == ["read new", "publish"]
    assert refresh.code(results) == code


def test_a_full_read_forgets_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = script(monkeypatch, [result(more=True)], [result()])
    refresh.read(Home(tmp_path), SHOP, (), lambda line: None, full=True)
    assert done == ["read all", "read older"]


def test_a_second_refresh_is_told_who_holds_the_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with lock.refresh_lock(home), pytest.raises(JourneyError, match="another refresh"):
        refresh.once(home, SHOP, lambda line: None)


# ------------------------------------------------------------------ side by side


@dataclass(frozen=True)
class Plain:
    path: str = setting(help="nothing", default="x")


def test_sources_are_read_at_the_same_time_and_one_that_fails_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = threading.Barrier(2, timeout=20)

    def read(table: str, since: Any, settings: Any, http: Any) -> Any:
        both.wait()
        yield Rows([{"order_id": "1", "currency": "PLN",
                     "placed_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)}])  # fmt: skip

    def fail(table: str, since: Any, settings: Any, http: Any) -> Any:
        both.wait()
        raise JourneyError(BROKEN)
        yield

    kinds = {
        kind: SimpleNamespace(Settings=Plain, TABLES=("sales_order",), read=one)
        for kind, one in (("good", read), ("bad", fail))
    }
    monkeypatch.setattr(module, "find", lambda source: kinds[source.kind])
    home = Home(tmp_path)
    (tmp_path / "journey.toml").write_text(
        '[[sources]]\nname = "a"\nkind = "bad"\n[[sources]]\nname = "b"\nkind = "good"\n'
    )
    first, second = module.sync(home, settings_file.load(home))
    assert first.problems == (BROKEN,) and not first.ok
    assert second.ok and second.rows == 1
