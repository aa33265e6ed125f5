"""GA4 as it lands: twice the same, cut off anywhere, restated, erased, put together."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import deque

import pytest

from connectors.ga4 import retries
from journey import settings
from journey.sources import doctor, sync
from tests.connectors.ga4_service import Fault, Ga4, serving
from tests.connectors.ga4_world import World

SOURCE = """
    [reporting]
    time_zone = "{zone}"
    currency = "PLN"
    [[sources]]
    name = "web"
    kind = "ga4"
    property = {number}
    api_endpoint = "{url}"
    since = {since}
    {more}
    """
TABLES = (
    "web_daily", "web_people", "web_order", "campaign_daily", "landed_day", "data_quality",
)  # fmt: skip
TOKENS = Fault("RESOURCE_EXHAUSTED", "Exhausted property tokens per hour.")


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    monkeypatch.setattr(retries, "pause", lambda seconds: None)


def today():
    return dt.datetime.now(dt.UTC).date()


def property_of(days=20, **more):
    return Ga4(World(today(), days=days + 2, visits_a_day=5), **more)


def point(shop, ga4, url, days=20, more="", zone="Europe/Warsaw"):
    since = today() - dt.timedelta(days)
    shop.settings(
        SOURCE.format(url=url, since=since, number=ga4.number, more=more, zone=zone)
    )


def landed(shop):
    """Return count and content of every table, whichever run a row came with."""
    found = {}
    with shop.open() as connection:
        for table in TABLES:
            names = connection.execute(f"select * from {table} limit 0").description
            columns = ", ".join(name[0] for name in names if name[0] != "_run_id")
            found[table] = connection.execute(
                f"select count(*), sum(hash({columns})::hugeint)::varchar from {table}"
            ).fetchall()[0]
    return found


def later(monkeypatch, days=1):
    """Let the next sync come so many days later."""
    moved = dt.timedelta(days)

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return dt.datetime.now(tz) + moved

    monkeypatch.setattr(sync, "dt", _Module(Later))
    return moved


def one_day():
    """Return how far from now two syncs are, in days, that fall on one day of the shop."""
    now = dt.datetime.now(zoneinfo.ZoneInfo("Europe/Warsaw"))
    ends_soon = (now + dt.timedelta(0.15)).date() != now.date()
    return (-0.1, 0) if ends_soon else (0, 0.1)


class _Module:
    def __init__(self, later):
        self.datetime = later
        for name in ("timedelta", "date", "UTC", "timezone", "time"):
            setattr(self, name, getattr(dt, name))


def test_what_was_read_lands_once_however_often_it_is_read(shop, monkeypatch):
    ga4 = property_of()
    with serving(ga4, "grpc") as url:
        point(shop, ga4, url)
        first, second = one_day()
        later(monkeypatch, first)
        shop.fine()
        before, calls = landed(shop), ga4.calls["RunReport"]
        later(monkeypatch, second)
        shop.fine()
    after = landed(shop)
    for table in TABLES[:5]:  # a remark may now be of fewer days
        assert after[table] == before[table] and before[table][0] > 0
    assert ga4.calls["RunReport"] > calls


def test_a_run_cut_off_at_any_call_goes_on_and_lands_the_same(shop):
    ga4 = property_of()
    with serving(ga4, "grpc") as url:
        point(shop, ga4, url)
        shop.fine()
        whole, calls = landed(shop), ga4.calls["RunReport"]
        for cut in (1, calls // 2, calls - 14, calls - 1):
            with shop.open() as connection:
                for table in ("sync_cursor", *TABLES):
                    connection.execute(f"delete from {table}").fetchall()
            ga4.faults = deque([*[None] * cut, TOKENS])
            (result,) = shop.sync()
            assert result.paused and result.ok
            ga4.faults.clear()
            shop.fine()
            assert landed(shop) == whole, cut


def test_a_combination_that_disappears_disappears_and_so_does_a_remark(shop, monkeypatch):
    ga4 = property_of()

    def edit(request, answer):
        answer.metadata.subject_to_thresholding = True

    ga4.edit = edit
    with serving(ga4, "grpc") as url:
        point(shop, ga4, url)
        shop.fine()
        flagged = "select count(*) from data_quality where flag = 'thresholded'"
        assert shop.rows(flagged)[0][0] > 0
        ga4.edit = lambda request, answer: None
        gone = f"{today() - dt.timedelta(2):%Y%m%d}"
        ga4.world.visits = [
            visit for visit in ga4.world.visits
            if visit["date"] != gone or visit["deviceCategory"] != "mobile"
        ]  # fmt: skip
        ga4.world.ads = [row for row in ga4.world.ads if row["date"] != gone]
        later(monkeypatch)
        shop.fine()
    day = today() - dt.timedelta(2)
    assert shop.rows(
        "select count(*) from web_daily where date = $day and device_category = 'mobile'",
        {"day": day},
    ) == [(0,)]
    assert shop.rows(
        "select count(*) from campaign_daily where date = $day", {"day": day}
    ) == [(0,)]
    assert shop.rows(f"{flagged} and table_name = 'web_daily'") == [(0,)]


def test_a_changed_zone_stops_before_a_row_is_added(shop, monkeypatch):
    ga4 = property_of()
    with serving(ga4, "grpc") as url:
        point(shop, ga4, url)
        shop.fine()
        before = shop.content()
        ga4.time_zone = "America/New_York"
        later(monkeypatch)
        problems = shop.problems()
    assert "America/New_York" in problems[0].found and "--full" in problems[0].fix
    assert shop.content() == before


def test_the_service_account_is_named_also_when_a_run_fails(shop, tmp_path):
    from tests.connectors.test_ga4 import key_file

    denied = Fault("PERMISSION_DENIED", "User does not have sufficient permissions")
    ga4 = property_of(any_faults={"*": denied})
    with serving(ga4, "rest") as url:
        more = f'credentials = "{key_file(shop.home.root).name}"\ntransport = "rest"'
        point(shop, ga4, url, more=more)
        (problem,) = shop.problems()
        assert "reader@p.iam.gserviceaccount.com" in problem.fix
        found = doctor.doctor(shop.home, settings.load(shop.home))
        assert any("reader@p.iam.gserviceaccount.com" in one.fix for one in found)


def test_doctor_says_that_the_property_cuts_days_in_another_zone(shop):
    ga4 = property_of(days=4)
    with serving(ga4, "grpc") as url:
        point(shop, ga4, url, days=4, zone="Europe/Lisbon")
        (problem,) = doctor.doctor(shop.home, settings.load(shop.home))
    assert "Europe/Warsaw" in problem.found and "Europe/Lisbon" in problem.expected
