"""Rows that wait: what lands is the same wherever they wait, and however they are read."""

from __future__ import annotations

import datetime as dt

import polars as pl

from journey import people
from journey.connector import Frame, Mark
from journey.landing import Run, run, waiting
from journey.landing.arrivals import Arrivals
from tests.landing.test_run import HASHER, NOON

WEBSITE = "https://shop.example/?mail=ala%40mail.example&utm_source=x"


def pages(count, version=0):
    """Return pages of two orders with two lines each; the next page repeats an order."""
    for page in range(count):
        numbers = [str(page), str(page + 1)]
        at = NOON + dt.timedelta(days=version, minutes=page)
        yield Frame(pl.DataFrame({
            "order_id": numbers, "currency": "PLN", "placed_at": NOON, "updated_at": at,
            "email": [f"Buyer{number}@mail.example" for number in numbers],
            "order_name": ["plain", "of ala@mail.example"], "status": " paid ",
            "touchpoints": [version, None],
        }))  # fmt: skip
        yield Frame(pl.DataFrame({
            "order_id": numbers * 2, "line_id": [f"{n}-{page}" for n in range(4)],
            "quantity": version,
        }), table="order_line")  # fmt: skip
    yield Frame(pl.DataFrame({
        "session_key": ["a", "b"], "started_at": NOON, "landing_page": [WEBSITE, None],
    }), table="session")  # fmt: skip


def land(shop, versions=2):
    """Land versions of the pages, with a person to be forgotten after the first."""
    for version in range(versions):
        with shop.open() as connection:
            started = NOON + dt.timedelta(hours=version)
            made = Run(connection, shop.home, "shop", "made", HASHER, started, live=True)
            for batch in pages(3, version):
                made.take("sales_order", batch)
            made.finish()
            made.clear()
            forgotten = people.hash_of(HASHER.key, "buyer1@mail.example")
            connection.execute(
                "insert into erasure values ('email', $key, now())", {"key": forgotten}
            ).fetchall()


def test_the_same_lands_from_memory_and_from_tables(shop, monkeypatch):
    def content():
        found = shop.content(("sync_run", "sync_cursor", "erasure", "upgrade"))
        shop.home.landing.unlink()
        return found

    monkeypatch.setattr(run, "GATHERED", 0)  # every batch waits by itself
    land(shop)
    assert (in_memory := content())["order_line"][0] > 0
    monkeypatch.setattr(waiting, "HELD", 500)
    land(shop)
    assert content() == in_memory


def test_persons_are_replaced_as_rows_are_read(shop):
    land(shop, versions=1)
    found = shop.rows(
        "select order_id, order_name, email_hash, status, touchpoints from sales_order "
        "where order_id in ('2', '3') order by all"
    )
    name = people.hash_of(HASHER.key, "ala@mail.example")[:16]
    masked = f"of person-{name}"
    assert [row[:2] + row[3:] for row in found] == [
        ("2", "plain", "paid", 0), ("3", masked, "paid", None),
    ]  # fmt: skip
    assert [row[2] for row in found] == [
        people.hash_of(HASHER.key, f"buyer{number}@mail.example") for number in (2, 3)
    ]
    assert shop.rows("select distinct landing_page from session order by 1") == [
        ("https://shop.example/?utm_source=x",), (None,),
    ]  # fmt: skip


def test_what_is_marked_is_staged_once_when_it_lands(shop, monkeypatch):
    """Each time rows are staged has a cost of its own, whatever their number."""
    staged, kept = [], []
    stage_all, keep = Arrivals.stage_all, Run.keep
    monkeypatch.setattr(
        Arrivals, "stage_all",
        lambda self, batches: (staged.append(len(batches)), stage_all(self, batches)),
    )  # fmt: skip
    monkeypatch.setattr(Run, "keep", lambda self: (kept.append(1), keep(self)))
    pages = [
        pl.DataFrame({"order_id": [f"{page}-{n}" for n in range(20)], "currency": "PLN"})
        for page in range(8)
    ]
    monkeypatch.setattr(run, "GATHERED", int(pages[0].estimated_size() * 2.5))
    with shop.open() as connection:
        made = Run(connection, shop.home, "shop", "made", HASHER, NOON, live=True)
        for number, page in enumerate(pages):
            made.take("sales_order", Frame(page))
            made.take("sales_order", Mark(str(number)))
        made.finish()
        made.clear()
    assert staged == [3, 3, 2] and len(kept) == 3
    assert shop.rows("select count(*) from sales_order") == [(160,)]
