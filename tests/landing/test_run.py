"""All or nothing: killed runs, full disks, two at once, the same thing twice."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import duckdb
import polars as pl
import pytest

from journey import landing, lock, people, settings, status
from journey.connector import Days, Flag, Frame, Mark, Rows
from journey.home import PROJECT
from journey.landing import erasure
from journey.problem import JourneyError
from journey.sources import doctor

HASHER = landing.Hasher(b"0123456789abcdef", "PL")
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def land(shop, given, source="shop", started=NOON):
    """Land table -> batches; return what happened to each table."""

    def batches(run):
        for table, items in given.items():
            for item in items:
                run.take(table, item)

    with shop.open() as connection:
        return landing.land(connection, shop.home, source, "made", batches, HASHER, started)


def order(number, **more):
    return {"order_id": number, "currency": "PLN", "placed_at": NOON, **more}


def orders(*rows):
    return {"sales_order": [Rows(rows)]}


# ------------------------------------------------------------------ merge rules


def test_the_same_run_twice_changes_nothing(shop):
    visits = pl.DataFrame({"session_key": ["a", "b"], "started_at": [NOON, NOON],
                           "visitor_key": ["v", None]})  # fmt: skip
    given = {
        "session": [Frame(visits), Days(dt.date(2026, 2, 28), dt.date(2026, 3, 2))],
        **orders(order("1", email="ala@shop.pl"), order("2")),
        "order_line": [Rows([{"order_id": "1", "line_id": "1", "quantity": 2}])],
        "campaign_daily": [Rows([{"platform": "meta", "campaign_id": "c", "cost": "1.5",
                                  "date": dt.date(2026, 3, 1)}])],
    }  # fmt: skip
    given["sales_order"].append(Flag("odd", NOON.date(), NOON.date(), 1.0))
    land(shop, given)
    before = shop.content()
    land(shop, given, started=NOON + dt.timedelta(hours=1))
    assert shop.content() == before
    assert before["session"][0] == 2


def test_the_newest_version_wins_whatever_comes_last(shop):
    land(shop, orders(order("1", gross_total="5", updated_at=NOON)))
    older = NOON - dt.timedelta(days=1)
    land(shop, orders(order("1", gross_total="4", updated_at=older)))
    assert shop.rows("select gross_total::int from sales_order") == [(5,)]
    land(shop, orders(order("1", gross_total="6", updated_at=NOON)))
    assert shop.rows("select gross_total::int from sales_order") == [(6,)]


def test_an_order_that_comes_three_times_has_its_lines_once(shop):
    def batches(run):
        for pieces in (1, 2, 3):
            run.take("sales_order", Rows([order("1", updated_at=NOON)]))
            line = {"order_id": "1", "line_id": "1", "quantity": pieces}
            run.take("sales_order", Rows([line], table="order_line"))
            run.take("sales_order", Mark(str(pieces)))

    with shop.open() as connection:
        landing.land(connection, shop.home, "shop", "made", batches, HASHER, NOON)
    assert shop.rows("select quantity from order_line") == [(3,)]


def test_one_key_twice_in_a_run_is_one_row(shop):
    newer = NOON + dt.timedelta(minutes=1)
    (done,) = land(
        shop,
        orders(
            order("1", gross_total="1", updated_at=NOON),
            order("1", gross_total="3", updated_at=newer),
            order("1", gross_total="2", updated_at=NOON),
        ),
    )
    assert (done.read, done.landed, done.superseded) == (3, 1, 2)
    assert shop.rows("select gross_total::int from sales_order") == [(3,)]
    land(shop, orders(*(order("2", gross_total=total) for total in "174")))
    found = shop.rows("select gross_total::int from sales_order where order_id = '2'")
    assert found == [(4,)], "of equal age, the last"


def test_lines_go_and_come_with_their_order(shop):
    def lines(*names):
        return {**orders(order("1")), "order_line": [
            Rows([{"order_id": "1", "line_id": name} for name in names] or
                 [{"order_id": "2", "line_id": "z"}])
        ]}  # fmt: skip

    land(shop, lines("a", "b"))
    land(shop, lines("b", "c"))
    query = "select line_id from order_line order by 1"
    assert shop.rows(query) == [("b",), ("c",)]
    land(shop, lines())
    assert shop.rows(query) == [("z",)]


@pytest.mark.parametrize("kind", ["dicts", "frames"])
def test_an_order_that_changes_while_it_is_read_has_the_lines_of_its_last_state(shop, kind):
    def batch(rows, table=None):
        return Rows(rows, table) if kind == "dicts" else Frame(pl.DataFrame(rows), table)

    def batches(run):
        for pieces, lines in ((1, "ab"), (2, "a")):
            at = NOON + dt.timedelta(minutes=pieces)
            run.take("sales_order", batch([order("1", updated_at=at)]))
            found = [
                {"order_id": "1", "line_id": line, "quantity": pieces} for line in lines
            ]
            run.take("sales_order", batch(found, "order_line"))
            run.take("sales_order", Mark(str(pieces)))

    with shop.open() as connection:
        landing.land(connection, shop.home, "shop", "made", batches, HASHER, NOON)
    assert shop.rows("select line_id, quantity from order_line") == [("a", 2)]
    assert shop.rows("select count(*) from sales_order") == [(1,)]


def test_whole_days_are_replaced_and_days_without_rows_emptied(shop):
    def visits(*keys, days=None):
        rows = [{"session_key": key, "started_at": f"2026-03-0{key[0]} 10:00:00"}
                for key in keys]  # fmt: skip
        return {"session": [Rows(rows), *([Days(*days)] if days else [])]}

    def landed():
        keys = {people.hash_of(HASHER.key, key): key for key in ("1a", "1c", "2a", "3a")}
        return sorted(keys[key] for (key,) in shop.rows("select session_key from session"))

    land(shop, visits("1a", "1b", "2a", "3a"))
    land(shop, visits("1c"))
    assert landed() == ["1c", "2a", "3a"]
    land(shop, visits("1c", days=(dt.date(2026, 3, 1), dt.date(2026, 3, 2))))
    assert landed() == ["1c", "3a"]
    assert shop.rows(
        "select count(*) from landed_day where table_name = 'session' "
        "and day = date '2026-03-02'"
    ) == [(1,)]


def test_a_slice_is_replaced_and_others_stay(shop):
    def report(name, *sources):
        return {"web_daily": [Rows([
            {"report": name, "date": "2026-03-01", "time_zone": "UTC",
             "source_medium": source, "sessions": 5} for source in sources
        ])]}  # fmt: skip

    land(shop, report("channels", "a", "b"))
    land(shop, report("pages", "a"))
    land(shop, report("channels", "c"))
    assert shop.rows("select report, source_medium from web_daily order by 1, 2") == [
        ("channels", "c"), ("pages", "a"),
    ]  # fmt: skip


def test_two_sources_never_touch_each_other(shop):
    land(shop, orders(order("1", gross_total="1")), source="a")
    land(shop, orders(order("1", gross_total="2")), source="b")
    assert shop.rows("select source, gross_total::int from sales_order order by 1") == [
        ("a", 1), ("b", 2),
    ]  # fmt: skip


def test_many_visits_are_all_there(shop):
    count = 300_000
    visits = pl.select(
        session_key=pl.format("s{}", pl.int_range(count)),
        visitor_key=pl.format("v{}", pl.int_range(count)),
        started_at=pl.lit(NOON) + pl.duration(seconds=pl.int_range(count)),
        transaction_id=pl.when(pl.int_range(count) % 300 == 0).then(
            pl.format("{}", pl.int_range(count) // 300)
        ),
    )  # fmt: skip
    bought = pl.select(
        order_id=pl.format("{}", pl.int_range(1000)),
        currency=pl.lit("PLN"),
        placed_at=pl.lit(NOON),
        customer_id=pl.format("c{}", pl.int_range(1000) // 2),
    )
    land(shop, {"session": [Frame(visits)], "sales_order": [Frame(bought)]})
    assert shop.rows("select count(*), count(distinct visitor_key) from session") == [
        (count, count)
    ]
    assert shop.rows(
        "select count(*), count(distinct person_id) from person where key_kind = 'visitor'"
    ) == [(1000, 500)]


# ------------------------------------------------------------------ all or nothing


def test_a_failing_batch_leaves_everything_as_before(shop):
    land(shop, orders(order("1")))
    before = shop.content(without=())
    with pytest.raises(JourneyError) as error:
        land(shop, {**orders(order("2")), "ticket": [Rows([{"ticket_id": "1"}])]})
    assert "ticket.created_at is not given" in str(error.value)
    assert shop.content(without=()) == before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"order_id": "1", "currency": "PLN", "gross_total": "x"}, 'gross_total is "x"'),
        ({"order_id": None, "currency": "PLN"}, "order_id is nothing"),
        ({"order_id": "1", "currency": "PLN", "email_hash": "x"}, "email_hash"),
        ({"order_id": "1", "currency": "PLN", "source": "x"}, "source"),
    ],
)
def test_a_wrong_row_of_a_connector_is_refused(shop, row, said):
    with pytest.raises(JourneyError) as error:
        land(shop, orders(row))
    assert said in str(error.value)


KILLED = """
import sys, time
sys.path.insert(0, {project!r})
from pathlib import Path
from journey import landing, settings
from journey.sources import sync
from journey.home import Home
import journey.landing.run as module

home = Home(Path({home!r}))
moment = {moment!r}

def stop(*given):
    Path({home!r}, "reached").write_text("x")
    time.sleep(60)

if moment == "staging":
    old = module.Arrivals._add
    module.Arrivals._add = lambda *given: (old(*given), stop())
elif moment == "merging":
    old_merge = module.Run.finish_table
    module.Run.finish_table = lambda self, name: (
        old_merge(self, name), stop() if name == "sales_order" else None)
elif moment == "before commit":
    old_save = module.cursors.save
    module.cursors.save = lambda *given: (old_save(*given), stop())
elif moment == "resolving":
    module.resolve_persons = stop
sync.sync(home, settings.load(home))
"""


@pytest.mark.parametrize("moment", ["staging", "merging", "before commit"])
def test_a_killed_sync_leaves_the_landing_as_it_was(shop, moment):
    shop.write("orders.csv", "id,mail\n1,ala@shop.pl\n")
    shop.orders('order_id = "id", currency = "\'PLN\'", email = "mail"')
    shop.fine()
    before = shop.content(without=())
    lines = "\n".join(f"{n},kunde{n}@shop.pl" for n in range(2, 5000))
    shop.write("orders.csv", f"id,mail\n{lines}\n")
    kill(shop, moment)
    no_address_on_disk(shop)
    assert shop.content(without=()) == before
    shop.fine()
    assert shop.rows("select count(*) from sales_order") == [(4998,)]


def test_persons_that_a_killed_sync_left_unresolved_are_resolved_by_the_next(shop):
    shop.write("orders.csv", "id,mail\n1,ala@shop.pl\n")
    shop.orders('order_id = "id", currency = "\'PLN\'", email = "mail"')
    kill(shop, "resolving")
    assert shop.rows("select count(*) from person") == [(0,)]
    assert shop.rows("select count(*) from sales_order") == [(1,)]
    shop.fine()  # the file is unchanged and is not read again
    assert shop.rows("select count(*) from person") == [(1,)]
    assert shop.rows("from stale") == []


def kill(shop, moment):
    """Sync in another process and kill it at this moment."""
    script = KILLED.format(project=str(PROJECT), home=str(shop.home.root), moment=moment)
    child = subprocess.Popen([sys.executable, "-c", script], env=os.environ)
    while not (shop.home.root / "reached").exists() and child.poll() is None:
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL


def test_a_disk_that_is_too_full_is_said_before_anything_is_read(shop, monkeypatch):
    shop.write("orders.csv", "id\n1\n")
    shop.orders('order_id = "id", currency = "\'PLN\'"')
    usage = shutil.disk_usage(shop.home.root)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    (problem,) = shop.problems()
    assert "MB free" in problem.found and "make room" in problem.fix
    monkeypatch.undo()
    monkeypatch.setenv("JOURNEY_HASH_KEY", "0123456789abcdef0123456789abcdef")
    assert shop.rows("select count(*) from sales_order") == [(0,)]


def test_a_disk_that_fills_up_while_writing_leaves_all_as_before(shop):
    land(shop, orders(order("1")))
    before = shop.content(without=())
    script = textwrap.dedent(f"""
        import datetime as dt, resource, sys
        sys.path.insert(0, {str(PROJECT)!r})
        import polars as pl
        from pathlib import Path
        from journey import landing
        from journey.connector import Frame
        from journey.home import Home
        rows = pl.select(order_id=pl.format("{{}}", pl.int_range(100000)),
            currency=pl.lit("PLN"),
            status=pl.int_range(100000).hash().cast(pl.String))
        home = Home(Path({str(shop.home.root)!r}))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500000, 1500000))
        with landing.open_landing(home) as connection:
            landing.land(connection, home, "shop", "made",
                lambda run: run.take("sales_order", Frame(rows)),
                landing.Hasher(b"0123456789abcdef"), dt.datetime.now(dt.UTC))
        """)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False, text=True
    )
    assert done.returncode != 0, "the limit was not reached"
    assert shop.content(without=()) == before


# ------------------------------------------------------------------ one at a time


def test_a_second_refresh_says_who_holds_the_lock(shop):
    with lock.refresh_lock(shop.home) as mine:
        assert lock.holder(shop.home) == mine
        with pytest.raises(JourneyError) as error, lock.refresh_lock(shop.home):
            pass
        said = str(error.value)
    assert str(os.getpid()) in said and mine.host in said and mine.since in said
    assert lock.holder(shop.home) is None
    with lock.refresh_lock(shop.home):
        pass


def test_the_lock_ends_with_a_killed_process(shop):
    script = (
        f"import sys, time; sys.path.insert(0, {str(PROJECT)!r})\n"
        "from pathlib import Path\nfrom journey import lock\n"
        "from journey.home import Home\n"
        f"with lock.refresh_lock(Home(Path({str(shop.home.root)!r}))):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline() == b"held\n"
    held = lock.holder(shop.home)
    assert held is not None and held.process == child.pid
    child.kill()
    child.wait()
    child.stdout.close()
    with lock.refresh_lock(shop.home):
        pass


def test_a_landing_open_elsewhere_is_a_clear_problem(shop):
    with shop.open():
        script = (
            f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
            "from pathlib import Path; from journey import landing\n"
            "from journey.home import Home\n"
            f"with landing.open_landing(Home(Path({str(shop.home.root)!r}))): pass\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=False, text=True
        )
    assert "another process has it open" in done.stderr


def test_one_failing_source_does_not_stop_the_others(shop):
    shop.write("good.csv", "id\n1\n")
    body = ""
    for name, column in (("bad", "nope"), ("good", "id")):
        body += f"""
            [[sources]]
            name = "{name}"
            kind = "files"
            [[sources.tables]]
            table = "sales_order"
            path = "good.csv"
            columns = {{ order_id = "{column}", currency = "'PLN'" }}
            """
    shop.settings(body)
    bad, good = shop.sync()
    assert bad.problems and not good.problems and good.rows == 1
    runs = status.read(shop.home).runs
    assert [(run.name, run.ok) for run in runs] == [("good", True), ("bad", False)]
    assert set(runs[1].problems[0]) == {"where", "found", "expected", "fix", "line"}
    assert status.read(shop.home).running is None
    assert status.read(shop.home).failed


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('kind = "woo"', "one of"),
        ('kind = "file"', 'did you mean "files"?'),
        ('kind = "../evil"', "one of"),
        ('kind = "files"', 'no "tables"'),
        ('kind = "files"\ntable = []', 'did you mean "tables"?'),
        ('kind = "files"\n[[sources.tables]]\ntabel = "x"', 'did you mean "table"?'),
    ],
)
def test_a_wrong_source_is_refused_with_what_is_near(shop, body, said):
    shop.settings(f'[[sources]]\nname = "shop"\n{body}\n')
    assert any(said in str(problem) for problem in shop.problems())


def test_doctor_finds_the_same_and_lands_nothing(shop):
    shop.write("orders.csv", "id,total\n1,x\n")
    shop.orders('order_id = "id", currency = "\'PLN\'", gross_total = "total"')
    read = settings.load(shop.home)
    (problem,) = doctor.doctor(shop.home, read)
    assert (problem.where, problem.line) == ("source shop, orders.csv", 2)
    assert not shop.home.landing.exists()
    shop.write("orders.csv", "id,total\n1,5\n")
    assert doctor.doctor(shop.home, read) == []


STATUSES = """id,placed,total,state
1,2026-03-01,5,
2,2026-03-01,6,hail
3,2026-03-01,6,hail
4,2026-03-02,7,Paid
"""
PLACED = 'order_id = "id", currency = "\'PLN\'", placed_at = "placed"'


def test_a_mistake_of_a_connector_is_told_with_its_line(shop, monkeypatch):
    module = importlib.import_module("connectors.files")
    monkeypatch.setattr(module, "_expanded", {}.__getitem__)
    shop.write("orders.csv", "id\n1\n")
    shop.orders('order_id = "id", currency = "\'PLN\'"')
    ((problem,), (same,)) = (
        shop.problems(),
        doctor.doctor(shop.home, settings.load(shop.home)),
    )
    assert problem.where == same.where == "connectors/files.py"
    assert problem.line == same.line
    text = (PROJECT / problem.where).read_text("utf-8").splitlines()[problem.line - 1]
    assert "_expanded(" in text
    assert problem.found.startswith("source shop: TypeError")


def test_doctor_says_which_orders_would_count_nowhere(shop):
    shop.write("orders.csv", STATUSES)
    shop.orders(PLACED)
    (problem,) = doctor.doctor(shop.home, settings.load(shop.home))
    assert problem.found == "4 orders have no status and count nowhere"
    assert "status = \"'paid'\"" in problem.fix
    shop.orders(PLACED + ', status = "state"')
    named, empty = doctor.doctor(shop.home, settings.load(shop.home))
    assert named.found == "status hail is not listed: 2 orders count nowhere"
    assert "[order_statuses]" in named.fix
    assert empty.found == "1 order has no status and counts nowhere"
    shop.orders(PLACED + ", status = \"'paid'\"")
    assert doctor.doctor(shop.home, settings.load(shop.home)) == []


def test_doctor_counts_rows_that_would_be_skipped(shop):
    shop.write("orders.csv", "id,total\n1,x\n2,5\n")
    shop.orders('order_id = "id", currency = "\'PLN\'", gross_total = "total"',
                'on_bad_rows = "skip"')  # fmt: skip
    (problem,) = doctor.doctor(shop.home, settings.load(shop.home))
    assert problem.found == (
        '1 of 2 rows would be skipped: orders.csv:2 gross_total is "x"'
    )


def test_a_file_whose_every_row_is_skipped_has_failed(shop):
    shop.write("orders.csv", "id,total\n1,x\n2,y\n")
    shop.orders('order_id = "id", currency = "\'PLN\'", gross_total = "total"',
                'on_bad_rows = "skip"')  # fmt: skip
    (result,) = shop.sync()
    assert not result.ok and result.problems[0].where == "orders.csv"
    assert doctor.doctor(shop.home, settings.load(shop.home))


# ------------------------------------------------------------------ status


WHEN = "2026-11-16T06:10:00.000+00:00"


def test_status_keeps_fifty_runs_and_survives_a_broken_file(shop):
    for number in range(60):
        status.add(shop.home, status.Entry("build", str(number), WHEN, WHEN, True))
    kept = status.read(shop.home).runs
    assert (len(kept), kept[0].name) == (50, "59")
    shop.home.status.write_text('{"running": null, "ru')
    assert status.read(shop.home) == status.Status()
    status.add(shop.home, status.Entry("sync", "x", WHEN, WHEN, True))
    assert len(status.read(shop.home).runs) == 1


# ------------------------------------------------------------------ old landings


def test_an_old_landing_gets_the_new_columns(shop):
    shop.home.data.mkdir(parents=True)
    connection = duckdb.connect(str(shop.home.landing))
    connection.execute(
        "create table sales_order (source varchar, order_id varchar)"
    ).fetchall()
    connection.execute("insert into sales_order values ('shop', '1')").fetchall()
    connection.close()
    land(shop, orders(order("2")))
    assert shop.rows("select order_id, is_test from sales_order order by 1") == [
        ("1", False), ("2", False),
    ]  # fmt: skip


# ------------------------------------------------------------------ people


def no_address_on_disk(shop):
    """Look for clear addresses in every file that a sync wrote."""
    for path in shop.home.data.rglob("*"):
        if path.is_file():
            assert not re.search(rb"kunde\d+@", path.read_bytes()), path


def test_no_address_or_phone_is_anywhere(shop, capfd):
    lines = "\n".join(
        f"{n},Kunde{n}@Shop.pl,601 234 {n:03},kunde{n}@shop.pl;{n}" for n in range(500)
    )
    shop.write("orders.csv", f"id,mail,phone,tags\n{lines}\n")
    shop.orders('order_id = "id", currency = "\'PLN\'", email = "mail", phone = "phone"')
    shop.fine()
    no_address_on_disk(shop)
    with shop.open() as connection:
        for table in (*landing.TABLES.values(), *landing.BOOKS.values()):
            text = connection.execute(f"select {table.name}::varchar from {table.name}")
            found = "\n".join(row[0] for row in text.fetchall()).lower()
            found = re.sub(r"[0-9a-f]{64}", "", found)
            assert "@" not in found and "601234" not in found, table.name
        assert connection.execute(
            "select count(distinct email_hash), count(distinct phone_hash), "
            "min(length(email_hash)) from sales_order"
        ).fetchall() == [(500, 500, 64)]
    said = capfd.readouterr()
    assert "kunde" not in (said.out + said.err + shop.home.status.read_text()).lower()


PERSON = ("Ala.Kot@Shop.pl", "ala.kot%40shop.pl", "ALA\uff20shop.pl", "+48 601 234 567",
          "ala@ż\u00f3łw.pl")  # fmt: skip


def test_a_person_in_a_text_is_masked_wherever_it_stands(shop, capfd):
    lines = "\n".join(
        f'{who},"note {who}, now",/konto?mail={who}&utm_campaign={who}&token=s3cret#{who}'
        f',{n},"vip, {who}"'
        for n, who in enumerate(PERSON)
    )
    shop.write("visits.csv", f"name,campaign,page,id,tags\n{lines}\n")
    shop.settings("""
        [[sources]]
        name = "shop"
        kind = "files"
        [[sources.tables]]
        table = "session"
        path = "visits.csv"
        columns = { session_key = "id", started_at = "'2026-10-01 10:00'", \
            campaign = "campaign", landing_page = "page", transaction_id = "name" }
        [[sources.tables]]
        table = "sales_order"
        path = "visits.csv"
        columns = { order_id = "name", currency = "'PLN'", order_name = "name", \
            coupon_codes = "tags" }
        """)
    shop.fine()
    with shop.open() as connection:
        for table in landing.TABLES.values():
            found = connection.execute(f"select {table.name}::varchar from {table.name}")
            text = "\n".join(row[0] for row in found.fetchall()).lower()
            # a keyed hash and the name of a run have any digits
            text = re.sub(r"[0-9a-f]{64}|\d{8}t\d{12}", "", text)
            assert not re.search(r"@|%40|\uff20|kot|601|s3cret", text), table.name
    ((joined,),) = shop.rows(
        "select count(*) from session s join sales_order o on order_id = s.transaction_id"
    )
    assert joined == len(PERSON)
    links = shop.rows(
        "select distinct regexp_replace(landing_page, '[0-9a-f]{16}', '') from session"
    )
    assert links == [("/konto?utm_campaign=person-",)]
    assert shop.rows(
        "select table_name, sum(value) from data_quality where flag = 'person_in_text'"
        " group by all order by all"
    ) == [("sales_order", 15.0), ("session", 15.0)]
    said = capfd.readouterr()
    kept = said.out + said.err + shop.home.status.read_text()
    assert "kot" not in kept.lower()


def test_an_error_quotes_nobody(shop):
    shop.write("orders.csv", "id,sum\n1,ala.kot@shop.pl\n2,call +48 601 234 567\n")
    shop.orders('order_id = "id", currency = "\'PLN\'", gross_total = "sum"')
    told = "\n".join(map(str, shop.problems()))
    shop.orders('order_id = "error(sum)", currency = "\'PLN\'"')
    told += "\n".join(map(str, shop.problems())) + shop.home.status.read_text()
    assert "an e-mail address" in told and "a phone number" in told
    assert "kot" not in told and "601 234" not in told


def test_forgotten_people_stay_away(shop):
    given = orders(order("1", email="ala@shop.pl", customer_id="7"), order("2"))
    land(shop, given)
    with shop.open() as connection:
        connection.execute(
            "insert into erasure select 'customer', 'shop:7', now()"
        ).fetchall()
        connection.execute("delete from sales_order where order_id = '1'").fetchall()
    (done,) = land(shop, given)
    assert (done.read, done.landed, done.erased) == (2, 1, 1)
    assert shop.rows("select order_id from sales_order") == [("2",)]


def test_what_hangs_on_a_new_order_of_forgotten_people_stays_away_too(shop):
    shop.write("orders.csv", "id,mail\n1,ala@shop.pl\n2,bob@shop.pl\n")
    shop.write("lines.csv", "id,line\n1,1\n2,1\n")
    shop.settings("""
        [[sources]]
        name = "shop"
        kind = "files"
        [[sources.tables]]
        table = "sales_order"
        path = "orders.csv"
        columns = { order_id = "id", email = "mail", currency = "'PLN'" }
        [[sources.tables]]
        table = "order_line"
        path = "lines.csv"
        columns = { order_id = "id", line_id = "line" }
        """)
    shop.fine()
    erasure.forget(shop.home, " ALA@shop.pl")
    shop.write("orders.csv", "id,mail\n1,ala@shop.pl\n2,bob@shop.pl\n3,ala@shop.pl\n")
    shop.write("lines.csv", "id,line\n1,1\n2,1\n3,1\n3,2\n")
    shop.fine()
    assert shop.rows("select order_id from sales_order") == [("2",)]
    assert shop.rows("select order_id from order_line") == [("2",)]
