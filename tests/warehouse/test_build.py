"""Builds: shops of every kind, failures that change nothing, one build at a time."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import journey.build as building
from journey import landing, lock, status, warehouse
from journey.build.marts import FOLDER, marts
from journey.home import PROJECT, Home
from journey.output import dictionary
from journey.problem import JourneyError
from journey.settings import Settings, Source
from tests.marts.given import insert

SHOPS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "reports only": {
        "web_daily": [
            {"report": "sessions", "date": "2026-10-05", "sessions": 10},
            {
                "report": "steps",
                "date": "2026-10-05",
                "event_name": "purchase",
                "sessions": 1,
            },
        ]
    },
    "orders only": {
        "sales_order": [
            {"order_id": "1", "placed_at": "2026-10-05 10:00+00", "status": "completed"}
        ]
    },
    "tickets only": {
        "ticket": [
            {"source": "desk", "ticket_id": "1", "created_at": "2026-10-05 10:00+00"}
        ]
    },
    "nothing yet": {},
}
FILLED = {
    "reports only": {"traffic"},
    "orders only": {
        "orders", "coverage", "order_numbers", "order_status_counts", "stage_entries",
        "campaigns", "exchange_rates", "order_amounts", "quality", "identity",
    },
    "tickets only": {"tickets", "contact_effort", "quality", "identity"},
    "nothing yet": set(),
}  # fmt: skip
ALWAYS = {"effort_weights", "freshness", "snapshot", "source_categories", "landed_tables"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def landed(home: Home, shop: str = "orders only") -> None:
    with landing.open_landing(home) as connection:
        for table, rows in SHOPS[shop].items():
            for row in rows:
                insert(connection, table, row)
        landing.resolve_persons(connection)


STATUSES = """\
/*
title = "Order statuses"
kind  = "mart"
grain = "one row per source, status and standing"
key   = "source, status, standing"

[columns]
source    = "The shop."
status    = "Status as the shop gave it."
standing  = "Whether it counts."
orders    = "Orders with it."
last_day  = "Day of the last of them."
*/
select
    source, status, standing, count(*)::bigint as orders,
    max(day) as last_day
from orders
group by all
"""
ORDERS = """\
/*
title = "Orders"
kind  = "mart"
grain = "one row per order"
key   = "order_id"

[columns]
source   = "The shop."
order_id = "Its number."
day      = "Day it was placed."
status   = "Status as the shop gave it."
standing = "Whether it counts."
*/
select
    source, order_id, placed_at::date as day, status,
    'counts' as standing
from landed.sales_order
"""


@pytest.fixture
def own_marts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two mart files to break; the build reads them in place of the project's."""
    folder = tmp_path / "marts"
    folder.mkdir()
    (folder / "orders.sql").write_text(ORDERS)
    (folder / "order_status_counts.sql").write_text(STATUSES)
    monkeypatch.setattr(building, "marts", lambda: marts(folder))
    return folder


@pytest.mark.parametrize("shop", SHOPS)
def test_a_shop_of_any_kind_builds(home: Home, shop: str) -> None:
    landed(home, shop)
    reader = warehouse.open_reader(building.build(home, Settings()).path)
    rows = {
        name: reader.execute(f'select count(*) from published."{name}"').fetchall()[0][0]
        for name in building.marts_by_name()
    }
    assert {name for name, count in rows.items() if count} - ALWAYS == FILLED[shop]
    landed_marts = reader.execute(
        "select table_name from published.freshness where landed"
    ).fetchall()
    assert ("traffic",) in landed_marts if shop == "reports only" else True
    assert (("tickets",) in landed_marts) == (shop == "tickets only")


def test_a_build_from_nothing_says_what_to_do(home: Home) -> None:
    with pytest.raises(JourneyError, match="journey sync"):
        building.build(home, Settings())


FULL = """
import resource, sys
from pathlib import Path
from journey.build import build
from journey.home import Home
from journey.problem import JourneyError
from journey.settings import Settings, Source

build(Home(Path(sys.argv[1])), Settings(), lambda mart, rows, seconds:
      resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)))
"""


def test_a_disk_that_fills_while_building_is_said_in_four_parts(home: Home) -> None:
    landed(home)
    before = building.build(home, Settings())
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(home.root)],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "a disk that can be written" in done.stderr, done.stderr
    assert "the snapshot shown now stays" in done.stderr
    assert warehouse.current(home) == before
    assert {p.stem for p in home.published.iterdir()} == {before.path.stem}
    run = status.read(home).runs[0]
    assert (run.ok, run.problems[0]["expected"]) == (False, "a disk that can be written")


def test_a_landing_of_an_older_version_builds(home: Home) -> None:
    landed(home)
    with landing.open_landing(home) as connection:
        connection.execute("alter table ticket drop column brand").fetchall()
        connection.execute("drop table subscription_event").fetchall()
    assert building.build(home, Settings())


def test_each_mart_is_told_with_rows_and_seconds(home: Home) -> None:
    landed(home)
    told: list[tuple[str, int, float]] = []
    building.build(home, Settings(), lambda *mart: told.append(mart))
    assert {name for name, _, _ in told} == set(building.marts_by_name())
    assert ("orders", 1) in {(name, rows) for name, rows, _ in told}
    assert all(seconds >= 0 for _, _, seconds in told)
    run = status.read(home).runs[0]
    assert (run.what, run.ok, run.detail["marts"]["orders"]) == ("build", True, 1)


def test_the_same_landing_builds_the_same_marts(home: Home) -> None:
    landed(home)
    tables = []
    for _ in range(2):
        reader = warehouse.open_reader(building.build(home, Settings()).path)
        tables.append(
            {
                name: reader.sql(f'from published."{name}" order by all').pl().to_dicts()
                for name in building.marts_by_name()
                if name != "snapshot"
            }
        )
    assert tables[0] == tables[1]


BREAKS = {
    "a wrong column": ("    source, status,", "    source, stattus,",
                       r"order_status_counts.sql:1[3-6]:.*stattus"),
    "a syntax error": ("group by all", "group by by all",
                       r"order_status_counts.sql:1\d:.*syntax error"),
    "an undescribed column": ("max(day) as last_day", "max(day) as last_day, 1 as extra",
                              r'order_status_counts.sql: column "extra" is not described'),
    "a missing column": ("max(day) as last_day", "max(day) as latest_day",
                         r'order_status_counts.sql: no column "last_day"'),
    "a type readers misread": ("count(*)::bigint", "sum(1)",
                               r'order_status_counts.sql: column "orders" is HUGEINT'),
    "a key that is not one": ('key   = "source, status, standing"', 'key   = "source"',
                              r"order_status_counts.sql: more than one row for shop"),
    "a key of no column": ('key   = "source, status, standing"', 'key   = "shop"',
                           r"order_status_counts.sql: key shop"),
    "a table nobody knows": ("from orders", "from ordres",
                             r'order_status_counts.sql: reads "ordres"'),
    "an unknown header key": ("grain =", "grane =",
                              r"order_status_counts.sql:\d+: unknown key"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BREAKS)
def test_a_failed_mart_leaves_the_old_snapshot_and_is_named(
    home: Home, own_marts: Path, kind: str
) -> None:
    landed(home)
    with landing.open_landing(home) as connection:
        other = {"order_id": "2", "placed_at": "2026-10-05 10:00+00", "status": "sent"}
        insert(connection, "sales_order", other)
    before = building.build(home, Settings())
    path = own_marts / "order_status_counts.sql"
    found, broken, said = BREAKS[kind]
    text = path.read_text()
    assert found in text
    path.write_text(text.replace(found, broken))
    with pytest.raises(JourneyError) as raised:
        building.build(home, Settings())
    assert re.search(said, str(raised.value)), str(raised.value)
    assert warehouse.current(home) == before
    assert {p.stem for p in home.published.iterdir()} == {before.path.stem}
    run = status.read(home).runs[0]
    assert (run.what, run.ok) == ("build", False)
    assert run.problems[0]["where"] == "queries/marts/order_status_counts.sql"
    assert status.read(home).running is None


def test_marts_that_read_each_other_are_refused(own_marts: Path) -> None:
    path = own_marts / "orders.sql"
    path.write_text(ORDERS.replace("from landed", "from order_status_counts, landed"))
    with pytest.raises(JourneyError, match="marts that read each other: "):
        marts(own_marts)


def test_every_broken_file_is_told_at_once(own_marts: Path) -> None:
    for path in own_marts.iterdir():
        path.write_text("select 1")
    with pytest.raises(JourneyError) as raised:
        marts(own_marts)
    assert {problem.where for problem in raised.value.problems} == {
        "queries/marts/orders.sql", "queries/marts/order_status_counts.sql",
    }  # fmt: skip


def test_a_killed_build_leaves_the_old_snapshot(home: Home) -> None:
    landed(home)
    before = building.build(home, Settings())
    slow = (
        "import sys, time\nfrom pathlib import Path\nimport journey.build as b\n"
        "from journey.home import Home\nfrom journey.settings import Settings\n"
        "def told(mart, rows, seconds):\n"
        "    if mart == 'orders':\n"
        "        print('orders', flush=True)\n        time.sleep(60)\n"
        "b.build(Home(Path(sys.argv[1])), Settings(), told)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", slow, str(home.root)],
        cwd=PROJECT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "orders\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert warehouse.current(home) == before
    after = building.build(home, Settings())
    assert warehouse.current(home) == after
    assert {p.suffix for p in home.published.iterdir()} == {".duckdb", ".sha256"}


def test_a_second_build_waits_for_nobody_and_says_who_holds_the_lock(home: Home) -> None:
    landed(home)
    with lock.refresh_lock(home):
        done = subprocess.run(
            [sys.executable, "-m", "journey", "build"],
            cwd=PROJECT, env={"JOURNEY_HOME": str(home.root), "PATH": "/usr/bin"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "another refresh is running: process" in done.stdout + done.stderr
    assert warehouse.current(home) is None


def test_the_blueprint_has_every_mart_without_rows_from_the_landing() -> None:
    connection = building.blueprint()
    made = {row[0] for row in connection.execute("show tables from published").fetchall()}
    assert made == set(building.marts_by_name())
    assert connection.execute("select count(*) from published.orders").fetchall() == [(0,)]


def test_the_data_dictionary_is_up_to_date() -> None:
    page = (PROJECT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert page == dictionary.text(), "run python -m journey docs"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_mart_lines_are_short_and_its_columns_described(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert [line for line in lines if len(line) >= 80] == []
    mart = building.marts_by_name()[path.stem]
    assert all(text.strip() for text in mart.columns.values())
    assert len(set(mart.columns.values())) == len(mart.columns)


def test_the_first_real_build_takes_the_sample_shop_away(home: Home) -> None:
    with landing.open_landing(home):
        pass
    building.build(home, Settings(sources=(Source("sample", "sample"),)))
    real = building.build(home, Settings(sources=(Source("shop", "files"),)))
    assert warehouse.snapshots(home) == [real]
    with pytest.raises(JourneyError):
        warehouse.rollback(home)


def test_a_snapshot_of_other_marts_is_told_from_one_of_todays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Home(tmp_path)
    with landing.open_landing(place):
        pass
    snapshot = building.build(place, Settings())
    assert building.is_current(snapshot)
    monkeypatch.setattr(building, "version", lambda: "another")
    assert not building.is_current(snapshot)
