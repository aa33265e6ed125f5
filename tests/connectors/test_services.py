"""Every source on the web against a service that speaks its protocol: the same rows
whatever happens on the way, nobody's address anywhere, no secret told."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import inspect
import json
import os
import re
from pathlib import Path

import duckdb
import httpx
import pytest

from journey import landing, settings as settings_file
from journey.home import Home
from journey.landing import Hasher, Run
from journey.sources import web
from journey.sources.kinds import find
from journey.sources.options import options_of, secrets_of
from journey.sources.pull import Pull, reach
from journey.sources.sync import _cleaned, sync
from tests.connectors.service import BRIEFLY, FOR_GOOD, Service

FOLDER = Path(__file__).parent / "services"
KINDS = sorted(
    path.stem for path in FOLDER.glob("[a-z]*.py") if "(Service)" in path.read_text("utf-8")
)
KEY = "0123456789abcdef0123456789abcdef"
CUTS = int(os.environ.get("JOURNEY_CUTS", "2"))
"""Places at which a read is cut off; with a large number, after every second call."""
HASHER = Hasher(KEY.encode(), "PL")


def module_of(kind):
    return importlib.import_module(f"tests.connectors.services.{kind}")


def made(kind):
    """Return a running service of this kind."""
    classes = [
        value
        for value in vars(module_of(kind)).values()
        if inspect.isclass(value)
        and issubclass(value, Service)
        and value.__module__ == f"tests.connectors.services.{kind}"
    ]
    return classes[-1]()


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def service(kind, monkeypatch):
    monkeypatch.setattr(web, "pause", lambda seconds: None)
    served = made(kind)
    yield served
    served.close()


@pytest.fixture
def home(kind, service, tmp_path, monkeypatch):
    """A home whose journey.toml names the service."""
    monkeypatch.setenv("JOURNEY_HASH_KEY", KEY)
    for name, value in module_of(kind).SECRETS.items():
        monkeypatch.setenv(name, value)
    lines = module_of(kind).SETTINGS.replace("{url}", service.url)
    block = f'[[sources]]\nname = "live"\nkind = "{module_of(kind).KIND}"\n{lines}\n'
    (tmp_path / "journey.toml").write_text(block, "utf-8")
    return Home(tmp_path)


@contextlib.contextmanager
def opened():
    """Yield an empty landing in memory."""
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute("set global timezone = 'UTC'").fetchall()
        landing.create(connection)
        yield connection


def pull(home, connection, older=60.0):
    """Read the source of a home once, as a sync does; return the pull and its rows."""
    (source,) = settings_file.load(home).sources
    connector = find(source)
    options = options_of(source, connector.Settings, home)
    run = Run(
        connection, home, source.name, source.kind, HASHER, dt.datetime.now(dt.UTC),
        live=True,
    )  # fmt: skip
    with reach(connector, source, options, lambda line: None) as http:
        done = Pull(run, source, connector, options, http)
        done.newest()
        if not done.problems:
            done.older(older)
    done.finish()
    landing.resolve_if_stale(connection)
    done.problems = [_cleaned(one, secrets_of(options)) for one in done.problems]
    return done


def rows(connection):
    """Return table -> rows, without the names of runs and the moments of this machine."""
    found = {}
    for table in landing.TABLES.values():
        names = [
            "deleted_at is not null" if name == "deleted_at" else f'"{name}"::varchar'
            for name in table.names
            if name != "_run_id"
        ]
        told = f"select {', '.join(names)} from {table.name} order by all"
        found[table.name] = connection.execute(told).fetchall()
    return {name: content for name, content in found.items() if content}


KNOWN: dict[str, tuple] = {}
"""Kind -> what lands when nothing goes wrong, and the calls that takes."""


@pytest.fixture
def expected(kind, home, service):
    if kind not in KNOWN:
        with opened() as connection:
            done = pull(home, connection)
            assert done.problems == []
            KNOWN[kind] = rows(connection), len(service.calls)
        service.begin()
    return KNOWN[kind]


def test_what_is_read_twice_lands_once(home, service, expected):
    content, _ = expected
    assert content
    with opened() as connection:
        for _ in range(2):
            assert pull(home, connection).problems == []
        assert rows(connection) == content


def test_a_read_that_is_cut_off_is_healed_by_the_next(home, service, expected):
    content, calls = expected
    for after in range(2, calls, max(2, calls // CUTS)):
        with opened() as connection:
            service.begin()
            service.cut_after = after
            assert pull(home, connection).problems
            service.begin()
            assert pull(home, connection).problems == [], after
            assert rows(connection) == content, f"cut off after call {after}"


def test_a_read_that_is_cut_off_again_and_again_comes_to_its_end(home, service, expected):
    content, calls = expected
    with opened() as connection:
        for _ in range(calls):
            service.begin()
            service.cut_after = max(3, calls // 3)
            if not pull(home, connection).problems:
                break
        service.begin()
        assert pull(home, connection).problems == []
        assert rows(connection) == content


def test_faults_that_pass_are_not_seen(home, service, expected, monkeypatch):
    real = httpx.Timeout
    monkeypatch.setattr(web.httpx, "Timeout", lambda *given, **more: real(0.3))
    content, calls = expected
    assert calls > len(BRIEFLY), "each fault needs a call of its own"
    with opened() as connection:
        service.faults = {1 + 2 * n: fault for n, fault in enumerate(BRIEFLY)}
        assert pull(home, connection).problems == []
        assert rows(connection) == content
    assert len(service.calls) >= 2 * len(BRIEFLY)


@pytest.mark.parametrize("fault", FOR_GOOD)
def test_a_fault_that_stays_is_told_in_four_parts(kind, home, service, expected, fault):
    _, calls = expected
    for after in (0, calls // 2) if fault in ("401", "cut") else (0,):
        with opened() as connection:
            service.begin()
            service.cut_after, service.broken = after, fault
            found = pull(home, connection)
        assert found.problems and not found.paused
        for problem in found.problems:
            parts = (problem.where, problem.found, problem.expected, problem.fix)
            assert all(parts)
            nothing_told(kind, " ".join(parts))
            assert "?" not in problem.where


def test_a_source_that_asks_for_a_long_wait_is_left_and_gone_on_with(
    home, service, expected
):
    content, calls = expected
    with opened() as connection:
        service.cut_after, service.broken = max(2, calls // 2), "429 much later"
        found = pull(home, connection)
        assert found.paused and found.problems
        service.begin()
        assert pull(home, connection).problems == []
        assert rows(connection) == content


def test_nobody_and_no_secret_is_left_anywhere(kind, home, service, capfd):
    told: list[str] = []
    (result,) = sync(home, settings_file.load(home), report=told.append)
    assert result.problems == () and result.rows
    service.cut_after, service.broken = 1, "401"
    sync(home, settings_file.load(home), report=told.append)
    text = "\n".join([*told, *capfd.readouterr()])
    with landing.open_landing(home) as connection:
        names = [row[0] for row in connection.execute("show tables").fetchall()]
        for name in names:
            found = connection.execute(f"select {name}::varchar from {name}").fetchall()
            text += "\n".join(row[0] for row in found)
    for path in home.root.rglob("*"):
        if path.is_file() and path.name != "journey.toml":
            text += path.read_bytes().decode("latin-1")
    nothing_told(kind, text)


def nothing_told(kind, text):
    module = module_of(kind)
    folded = text.casefold()
    for secret in (*module.PEOPLE, *module.SECRET_TEXTS):
        digits = re.sub(r"\D", "", secret)
        if secret.startswith("+"):
            assert digits not in folded
        assert secret.casefold() not in folded


def test_every_kind_says_what_doctor_and_the_page_data_need():
    for kind in KINDS:
        connector = importlib.import_module(f"connectors.{module_of(kind).KIND}")
        assert connector.GUIDE.steps and connector.GUIDE.title
        assert callable(connector.check)
        assert json.dumps(connector.GUIDE.example) is not None
