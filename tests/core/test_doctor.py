"""What doctor and a refresh tell of a source on the web that does not answer well."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from journey import refresh, status
from journey.connector import Access, JourneyError, Problem, setting
from journey.home import Home
from journey.settings import Settings, Source
from journey.sources import doctor, failures, sync as syncing, web
from journey.sources.options import options_of
from journey.sources.sync import RunResult

REFUSED = Problem("Shop, /orders", "HTTP 401: no", "a key", "make one")
ZONE = Problem("Shop, zone", "another zone", "one zone", "set it")


@pytest.fixture
def told(tmp_path: Any, monkeypatch: Any) -> Any:
    """Return what doctor says of a connector."""

    def say(url: str = "http://127.0.0.1:9", **given: Any) -> list[Problem]:
        @dataclasses.dataclass(frozen=True)
        class Options:
            key: str = setting(help="the key", default="", secret=True)

        connector = SimpleNamespace(
            Settings=Options, TABLES=("customer",), access=lambda _: Access(url),
            **({"read": lambda *_: iter(())} | given),
        )  # fmt: skip
        monkeypatch.setattr(doctor, "find", lambda source: connector)
        source = Source("north", "shop", given.get("options", {}))
        return doctor.doctor(Home(tmp_path), Settings(sources=(source,)))

    return say


def failing(*_: Any) -> Any:
    raise JourneyError(Problem("Shop, /customers", *REFUSED_PARTS))
    yield


REFUSED_PARTS = (REFUSED.found, REFUSED.expected, REFUSED.fix)


def test_what_was_told_stays_when_the_reading_fails_and_nothing_is_said_twice(
    told: Any,
) -> None:
    found = told(check=lambda *_: iter((ZONE, REFUSED)), read=failing)
    assert [p.where for p in found] == [
        "source north, Shop, zone", "source north, Shop, /orders"
    ]  # fmt: skip


def test_what_was_told_stays_when_the_looking_fails(told: Any) -> None:
    def check(*_: Any) -> Any:
        yield ZONE
        raise JourneyError(REFUSED)

    assert [p.found for p in told(check=check)] == [ZONE.found, REFUSED.found]


def test_a_secret_that_is_not_set_names_its_source_and_setting(
    told: Any, monkeypatch: Any
) -> None:
    monkeypatch.delenv("NORTH_KEY", raising=False)
    (problem,) = told(options={"key": "env:NORTH_KEY"})
    assert problem.where == "journey.toml, source north, key"
    assert "NORTH_KEY" in problem.found


def test_doctor_does_not_wait_long_for_an_address_that_is_wrong(
    told: Any, monkeypatch: Any
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(web, "pause", waits.append)
    (problem,) = told(read=lambda *given: iter([given[-1].get("orders")]))
    assert "the connection was refused" in problem.found and len(waits) == 1


def test_an_address_without_https_is_said_to_be_one() -> None:
    error = httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number")
    failure = web._unreachable("https://shop.example/orders", error)
    problem = failures.problem_of(failure, "source north", "https://shop.example")
    assert "does not speak https" in problem.found and "http://" in problem.fix
    assert web._tries(failure) == 1


@pytest.mark.parametrize(
    ("seconds", "words"), [(90.0, "90 s"), (900.0, "15 minutes"), (7200.0, "2 hours")]
)
def test_a_wait_is_told_in_words(seconds: float, words: str) -> None:
    assert failures.too_busy("source north", seconds).found.endswith(f"to wait {words}")


def test_older_data_are_read_of_the_sources_that_have_them(
    tmp_path: Any, monkeypatch: Any
) -> None:
    asked = []

    def sync(home: Any, settings: Any, only: Any, *more: Any, **named: Any) -> Any:
        asked.append(list(only))
        names = only or ["broken", "big", "small"]
        return [
            RunResult(name, "x", problems=(ZONE,) if name == "broken" else (),
                      more=len(asked) < 3 and name != "small")
            for name in names
        ]  # fmt: skip

    monkeypatch.setattr(refresh, "sync", sync)
    monkeypatch.setattr("journey.build.build", lambda *_: None)
    source = Source("broken", "x", {})
    given = Home(tmp_path), Settings(sources=(source,)), lambda line: None
    results = refresh.once(*given)
    assert asked == [[], ["big"], ["big"]]
    assert [r.source for r in results] == ["broken", "big", "small"]
    assert refresh.code(results) == 1


def test_a_setting_that_is_wrong_stands_in_the_file_and_the_source(told: Any) -> None:
    wrong = Problem("journey.toml, Shop: zone", "no zone", "a zone", "write one")
    (problem,) = told(check=lambda *_: iter((wrong,)))
    assert problem.where == "journey.toml, source north, Shop: zone"


def test_a_day_in_quotes_is_told_how_to_be_written(tmp_path: Any) -> None:
    @dataclasses.dataclass(frozen=True)
    class Options:
        since: dt.date | None = setting(help="first day wanted", default=None)

    with pytest.raises(JourneyError, match="a day without quotes, like 2026-01-31"):
        options_of(Source("shop", "x", {"since": "2025-01-01"}), Options, Home(tmp_path))


def test_a_stop_while_the_last_source_is_read_ends_that_too(
    tmp_path: Any, monkeypatch: Any
) -> None:
    """The first thread is done and waits for the other when Ctrl+C comes.

    In a process of its own: Polars, once used, takes over how signals arrive.
    """
    if "JOURNEY_TEST_ALONE" not in os.environ:
        name = "test_a_stop_while_the_last_source_is_read_ends_that_too"
        command = [sys.executable, "-m", "pytest", f"{__file__}::{name}", "-p",
                   "no:cacheprovider"]  # fmt: skip
        told = subprocess.run(
            command, env=os.environ | {"JOURNEY_TEST_ALONE": "1"}, capture_output=True
        )
        assert told.returncode == 0, told.stdout.decode()
        return

    def read(table: str, *_: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            web.pause(0.2)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            web.pause(2)
        yield from ()

    connector = SimpleNamespace(Settings=NoOptions, TABLES=("customer",), read=read)
    monkeypatch.setattr(syncing, "find", lambda source: connector)
    home, sources = Home(tmp_path), (Source("a", "x", {}), Source("b", "x", {}))
    with pytest.raises(KeyboardInterrupt):
        syncing.sync(home, Settings(sources=sources))
    web.STOP.clear()
    told = status.read(home)
    assert told.running is None and not told.failed


@pytest.mark.parametrize(
    "told",
    [
        RuntimeError("Query interrupted"),
        ValueError("reading the object registered as 'x' failed: KeyboardInterrupt: "),
    ],
)
def test_a_stop_that_ends_a_statement_is_a_stop(
    told: Exception, tmp_path: Any, monkeypatch: Any
) -> None:
    """DuckDB takes Ctrl+C for itself while it works, and tells it in two ways."""

    def read(*_: Any) -> Any:
        raise told

    connector = SimpleNamespace(Settings=NoOptions, TABLES=("customer",), read=read)
    monkeypatch.setattr(syncing, "find", lambda source: connector)
    with pytest.raises(KeyboardInterrupt):
        syncing.sync(Home(tmp_path), Settings(sources=(Source("a", "x", {}),)))
    web.STOP.clear()


@dataclasses.dataclass(frozen=True)
class NoOptions:
    pass
