"""Small worlds drawn at random: however files arrive, the landing ends up the same."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from journey.landing.arrivals import Arrivals
from journey.landing.run import Run
from tests.landing import shop as shops

FIRST = dt.datetime(2020, 1, 1, 9)

SETTINGS = """
    [[sources]]
    name = "shop"
    kind = "files"
    [[sources.tables]]
    table = "sales_order"
    path = "orders-*.csv"
    [sources.tables.columns]
    order_id = "id"
    currency = "'PLN'"
    placed_at = "placed"
    updated_at = "updated"
    gross_total = "total"
    email = "mail"
    [[sources.tables]]
    table = "order_line"
    path = "lines-*.csv"
    columns = { order_id = "id", line_id = "line", quantity = "quantity" }
    [[sources.tables]]
    table = "session"
    path = "visits-*.csv"
    columns = { session_key = "key", started_at = "started", visitor_key = "visitor" }
    """

HEADERS = {
    "orders": "id,placed,updated,total,mail",
    "lines": "id,line,quantity",
    "visits": "key,started,visitor",
}
OWN = ("sync_run", "sync_cursor", "landed_file")
"""Books that tell the runs apart; all else is what a reader of the landing sees."""


class World:
    """Files of a shop, some of them with the same orders in several versions."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.files = {}
        for kind in HEADERS:
            for number in range(self.chance.randint(1, 3)):
                self.change(f"{kind}-{number}.csv")

    def change(self, name):
        kind = name.split("-")[0]
        rows = {self.row(kind) for _ in range(self.chance.randint(0, 8))}
        keys = {"orders": 3, "lines": 2, "visits": 1}[kind]
        seen = {}
        for row in sorted(rows):
            parts = row.split(",")
            key = (parts[0], parts[2]) if kind == "orders" else tuple(parts[: min(keys, 2)])
            seen.setdefault(key, row)
        self.files[name] = "\n".join([HEADERS[kind], *seen.values(), ""])

    def row(self, kind):
        number = self.chance.randint(1, 9)
        if kind == "lines":
            return f"{number},{self.chance.randint(1, 3)},{self.chance.randint(1, 5)}"
        moment = FIRST + dt.timedelta(hours=13 * number)
        if kind == "visits":
            return f"v{self.chance.randint(1, 30)},{moment},visitor{number}"
        updated = moment + dt.timedelta(hours=self.chance.randint(0, 400))
        # The same version of an order says the same in every file.
        return f"{number},{moment},{updated},{updated.day * 10},buyer{number}@mail.example"


def write(shop, files):
    for name, text in files.items():
        shop.write(name, text)


def seen(shop):
    """Return what has landed, without the names of runs."""
    found = {}
    for table, columns in (
        ("sales_order", "order_id, updated_at::varchar, gross_total::varchar, email_hash"),
        ("order_line", "order_id, line_id, quantity::varchar"),
        ("session", "session_key, started_at::varchar, visitor_key"),
        ("landed_day", "table_name, day::varchar"),
    ):
        found[table] = shop.rows(f"select {columns} from {table} order by all")
    return found


@pytest.fixture
def fresh(tmp_path_factory, monkeypatch):
    """Return a maker of shops that share one key."""
    monkeypatch.setenv("JOURNEY_HASH_KEY", "0123456789abcdef0123456789abcdef")

    def one():
        made = shops.make(tmp_path_factory.mktemp("world"))
        made.settings(SETTINGS)
        return made

    return one


def at_once(fresh, files):
    shop = fresh()
    write(shop, files)
    shop.fine()
    return seen(shop)


@pytest.mark.parametrize("seed", range(2))
def test_the_same_files_twice_change_nothing(fresh, seed):
    world = World(seed)
    shop = fresh()
    write(shop, world.files)
    shop.fine()
    before = shop.content(("sync_run", "sync_cursor"))
    shop.fine()
    assert shop.content(("sync_run", "sync_cursor")) == before
    for name in world.files:
        (shop.home.root / name).touch()
    shop.fine()
    assert shop.content(OWN) == {k: v for k, v in before.items() if k not in OWN}


@pytest.mark.parametrize("seed", range(1))
def test_files_that_change_end_as_if_read_at_once(fresh, seed):
    world = World(seed)
    shop = fresh()
    write(shop, world.files)
    shop.fine()
    for _ in range(2):
        for name in world.chance.sample(sorted(world.files), 2):
            world.change(name)
        write(shop, world.files)
        shop.fine()
    assert seen(shop) == at_once(fresh, world.files)


@pytest.mark.parametrize("seed", range(1))
def test_files_that_come_one_by_one_end_as_if_read_at_once(fresh, seed):
    world = World(seed)
    shop = fresh()
    names = sorted(world.files)
    for kind in HEADERS:  # a pattern without any file is told as a mistake
        write(shop, {f"{kind}-0.csv": world.files[f"{kind}-0.csv"]})
    shop.fine()
    for name in world.chance.sample(names, len(names)):
        write(shop, {name: world.files[name]})
        shop.fine()
    assert seen(shop) == at_once(fresh, world.files)


@pytest.mark.parametrize("seed", range(1))
def test_runs_that_break_anywhere_change_nothing_and_the_next_one_heals(
    fresh, seed, monkeypatch
):
    world = World(seed)
    shop = fresh()
    write(shop, world.files)
    shop.fine()
    before = shop.content(())
    for name in world.files:
        world.change(name)
    write(shop, world.files)
    for owner, step in ((Arrivals, "_add"), (Run, "finish_table"), (Run, "keep")):
        left = world.chance.randint(0, 2)
        whole = getattr(owner, step)

        def broken(self, *given, whole=whole):
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return whole(self, *given)

        with monkeypatch.context() as patch:
            patch.setattr(owner, step, broken)
            with pytest.raises(KeyboardInterrupt):
                shop.sync()
        assert shop.content(()) == before
    shop.fine()
    assert seen(shop) == at_once(fresh, world.files)
