"""Every example of a vendor lands what its export says, twice the same, and nobody."""

from __future__ import annotations

import datetime as dt
import mailbox
import re
import shutil
import subprocess
import sys
from contextlib import closing
from email.message import EmailMessage

import pytest

from journey import landing, settings, warehouse
from journey.build import build
from journey.home import PROJECT, Home
from tests.examples.exports import ADS, MAILINGS, META, SHOP, Export
from tests.examples.exports_contacts import CONTACTS
from tests.examples.exports_voice import VOICE
from tests.landing.shop import Shop

EXAMPLES = PROJECT / "examples"
EXPORTS = (*SHOP, *MAILINGS, *ADS, *VOICE, *CONTACTS)
OWN_TESTS = {"olist", "zendesk", "ga4_export", "team"}
CLEAR = re.compile(r"@|600.?100.?20|192\.0\.2|Ala|Kraków|praise|Thanks|words")
"""What the exports above say of people: none of it may be at rest."""


def write(shop: Shop, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        shop.write(name, content)


def land(folder, export: Export) -> Shop:
    shutil.copytree(EXAMPLES / export.vendor, folder, dirs_exist_ok=True)
    shop = Shop(Home(folder))
    write(shop, export.files)
    return shop


def check(shop: Shop, expect: dict[str, list[tuple[object, ...]]]) -> None:
    with shop.open() as connection:
        for sql, rows in expect.items():
            assert connection.execute(sql).fetchall() == rows, sql


def told(shop: Shop) -> dict[str, list[str]]:
    """Return every landed row but for the run that read it."""
    with shop.open() as connection:
        return {
            name: connection.sql(
                "select told::varchar as told from "
                f"(select * exclude (_run_id) from {name}) as told order by 1"
            )
            .pl()["told"]
            .to_list()
            for name in landing.TABLES
        }


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("JOURNEY_HASH_KEY", "0123456789abcdef0123456789abcdef")


def test_every_example_has_a_test():
    folders = {place.name for place in EXAMPLES.iterdir() if place.is_dir()}
    assert folders == {export.vendor for export in EXPORTS} | OWN_TESTS


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.vendor)
def test_an_export_lands_as_it_says(tmp_path, export):
    shop = land(tmp_path, export)
    assert shop.fine().rows > 0
    check(shop, export.expect)
    if export.later:
        write(shop, export.later)
        shop.fine()
        check(shop, export.then)


def test_all_of_them_twice_make_one_shop_and_name_nobody(tmp_path):
    blocks = []
    for export in EXPORTS:
        land(tmp_path / export.vendor, export)
        text = (tmp_path / export.vendor / "journey.toml").read_text("utf-8")
        for word in ("path = ", "select = ", "customers = ", "parcels = "):
            text = text.replace(f'{word}"', f'{word}"{export.vendor}/')
        blocks.append(text)
    shop = Shop(Home(tmp_path))
    shop.write("journey.toml", "\n".join(blocks))
    results = shop.sync()
    assert not [problem for result in results for problem in result.problems]
    before = told(shop)
    assert not [row for rows in before.values() for row in rows if CLEAR.search(row)]
    with shop.open() as connection:
        connection.execute("update landed_file set mapping = 'another'").fetchall()
    assert all(result.rows for result in shop.sync()), "the files were read again"
    assert told(shop) == before
    snapshot = build(shop.home, settings.load(shop.home))
    with closing(warehouse.open_reader(snapshot.path)) as published:
        parcels = published.execute(
            "select order_name, is_collected, delivered_at::date from published.orders "
            "where shipped_at is not null"
        ).fetchall()
        assert parcels == [("1201", True, dt.date(2026, 5, 5))]
        reviews = published.execute(
            "select kind, count(order_key) from published.feedback group by 1 order by 1"
        ).fetchall()
        assert dict(reviews)["review"] == 2
        claims = published.execute(
            "select platform, sum(platform_conversions) from published.campaigns "
            "where platform_conversions is not null group by 1 order by 1"
        ).fetchall()
        assert claims == [("google_ads", 13.5), ("meta", 12.0)]


def test_a_polish_meta_export_lands_like_the_english_one(tmp_path):
    shop = land(tmp_path, META)
    english = shop.rows if shop.fine() else None
    assert english is not None
    wanted = shop.rows("select * exclude (_run_id, _file) from campaign_daily order by all")
    words = {
        "Campaign name": "Nazwa kampanii", "Campaign ID": "Identyfikator kampanii",
        "Day": "Dzień", "Attribution setting": "Ustawienie atrybucji",
        "Amount spent": "Wydana kwota", "Impressions": "Wyświetlenia",
        "Link clicks": "Kliknięcia linku",
        "Purchases conversion value": "Wartość konwersji zakupów",
        "Purchases": "Zakupy", "Reporting starts": "Początek raportowania",
        "Reporting ends": "Koniec raportowania",
    }  # fmt: skip
    ((path, text),) = META.files.items()
    assert isinstance(text, str)
    head, rows = text.split("\n", 1)
    for english_word, polish in words.items():
        head = head.replace(english_word, polish)
    shop.write(path, f"{head}\n{rows}")
    shop.fine()
    assert wanted == shop.rows(
        "select * exclude (_run_id, _file) from campaign_daily order by all"
    )


def test_an_account_in_another_currency_is_refused(tmp_path):
    shop = land(tmp_path, META)
    ((path, text),) = META.files.items()
    assert isinstance(text, str)
    shop.write(path, text.replace("(PLN)", "(EUR)"))
    (problem,) = shop.problems()
    assert "Amount spent" in problem.found
    assert shop.rows("select count(*) from campaign_daily") == [(0,)]


def test_cost_in_micros_is_money(tmp_path):
    export = next(export for export in EXPORTS if export.vendor == "google_ads")
    shop = land(tmp_path, export)
    text = (tmp_path / "journey.toml").read_text("utf-8")
    kept, micros = text.split("# A report downloaded")[0], text.split("the other.\n")[1]
    shop.write("journey.toml", kept + re.sub("(?m)^# ", "", micros))
    shop.write(
        "exports/google_ads/api-05.csv",
        "campaign.id,campaign.name,campaign.advertising_channel_type,segments.date,"
        "customer.currency_code,metrics.cost_micros,metrics.impressions,metrics.clicks,"
        "metrics.conversions,metrics.conversions_value\n"
        "111,brand,SEARCH,2026-05-09,PLN,1250400000,5420,245,12.5,4100\n"
        "112,pmax,PERFORMANCE_MAX,2026-05-09,PLN,10000,1,1,0.0,0.0\n",
    )
    shop.fine()
    assert shop.rows(
        "select campaign_id, channel, cost::varchar from campaign_daily order by 1"
    ) == [("111", "Paid Search", "1250.400000"), ("112", "Cross-network", "0.010000")]


def test_an_mbox_becomes_the_rows_that_the_mapping_reads(tmp_path):
    box = mailbox.mbox(tmp_path / "Inbox.mbox")
    for number, subject in enumerate(("Zażółć gęślą jaźń", "Re: Zażółć gęślą jaźń")):
        message = EmailMessage()
        message["Message-ID"] = f"<m{number}@mail.example>"
        message["Date"] = "Mon, 11 May 2026 09:00:00 +0200" if number else "no date"
        message["From"] = "Ala <ala@mail.example>"
        message["To"] = "sklep@shop.example"
        message["Subject"] = subject
        if number:
            message["References"] = "<m0@mail.example> <x@mail.example>"
        message.set_content("Not read.")
        box.add(message)
    box.close()
    script = EXAMPLES / "mailbox" / "mbox_to_csv.py"
    written = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "Inbox.mbox")],
        capture_output=True, check=True, encoding="utf-8", env={"PYTHONUTF8": "1"},
    ).stdout  # fmt: skip
    assert written.splitlines()[1:] == [
        '"<m0@mail.example>","","Ala <ala@mail.example>","sklep@shop.example","",'
        '"Zażółć gęślą jaźń","","","",""',
        '"<m1@mail.example>","2026-05-11T09:00:00+02:00","Ala <ala@mail.example>",'
        '"sklep@shop.example","","Re: Zażółć gęślą jaźń","",'
        '"<m0@mail.example> <x@mail.example>","",""',
    ]
    shutil.copytree(EXAMPLES / "mailbox", tmp_path / "home")
    shop = Shop(Home(tmp_path / "home"))
    shop.write("exports/mail/messages.csv", written)
    shop.fine()
    assert shop.rows("select count(*) from ticket") == [(1,)]
