"""The Monday brief: what it says, how it looks as a file, and how it arrives."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import http.server
import json
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from journey import cli, landing, refresh, settings as shop_settings, status
from journey.answer import Change, Estimate, Part, Period
from journey.figures.published import Figures, figures
from journey.findings import followups, leaks
from journey.formats import Formats
from journey.home import Home
from journey.output.brief import (
    command,
    content,
    delivery,
    health,
    page,
    schedule,
    sent,
    text,
    worth,
)
from journey.output.brief.content import Brief
from journey.output.brief.parts import Line, Section
from journey.output.brief.schedule import Schedule
from journey.problem import JourneyError
from journey.status import Entry
from tests.shops import fill

NOW = dt.datetime(2026, 11, 23, 6, 0, tzinfo=dt.UTC)
HOSTILE = "<script>alert(1)</script>"
SETTINGS = f"""
url = "https://dashboard.shop.example/app"
[reporting]
time_zone = "Europe/Warsaw"
currency = "PLN"
locale = "pl-PL"
[roles.poland]
rows = {{ country = ["PL"] }}
[[sources]]
name = "shop"
kind = "files"
currency = "PLN"
[[sources.tables]]
table = "sales_order"
path = "orders.csv"
[sources.tables.columns]
order_id = "number"
placed_at = "placed"
status = "status"
sales_channel = "channel"
gross_total = "gross"
tax_total = "vat"
shipping_total = "shipping"
email = "email"
ship_country = "country"
payment_method = "'{HOSTILE}'"
[[sources.tables]]
table = "refund"
path = "refunds.csv"
[sources.tables.columns]
refund_id = "id"
order_id = "number"
refunded_at = "at"
amount = "amount"
tax = "vat"
"""
# 21:30Z of 30 September is still that day in Warsaw, 22:30Z of it is 1 October.
ORDERS = """number,placed,status,channel,gross,vat,shipping,email,country
1,2026-09-30T21:30Z,completed,own_shop,123.00,23.00,0,anna@example.com,PL
2,2026-09-30T22:30Z,completed,own_shop,135.30,25.30,10,bob@example.com,PL
3,2026-10-10T12:00Z,processing,own_shop,246.00,46.00,0,carl@example.com,CZ
4,2026-10-11T12:00Z,on-hold,own_shop,61.50,11.50,0,dana@example.com,PL
5,2026-10-12T12:00Z,cancelled,own_shop,123.00,23.00,0,eva@example.com,PL
6,2026-10-13T12:00Z,<b>packed</b>,own_shop,12.30,2.30,0,fay@example.com,PL
7,2026-10-14T12:00Z,completed,marketplace,61.51,11.50,0,gus@example.com,PL
8,2026-10-28T12:00Z,completed,own_shop,369.00,69.00,0,hal@example.com,PL
9,2026-11-02T12:00Z,completed,own_shop,369.00,69.00,0,ivy@example.com,PL
"""
REFUNDS = """id,number,at,amount,vat
a,1,2026-10-02T10:00Z,61.50,11.50
b,5,2026-10-13T10:00Z,123.00,23.00
c,3,2026-11-02T10:00Z,246.00,46.00
"""
OCTOBER = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))


def built(home: Home, settings: str = SETTINGS) -> Home:
    files = {"journey.toml": settings, "orders.csv": ORDERS, "refunds.csv": REFUNDS}
    for name, content_ in files.items():
        (home.root / name).write_text(content_, "utf-8")
    return fill(home)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return built(Home(tmp_path_factory.mktemp("brief")))


def october(home: Home, role: str | None = None) -> Figures:
    found = figures(home, role)
    scope = replace(found.scope, period=OCTOBER, comparison=OCTOBER.before())
    return replace(found, scope=scope)


def brief(home: Home, role: str | None = None) -> Brief:
    found = october(home, role)
    return content.compose(found, found.settings, home, NOW, role or "")


def section(brief: Brief, start: str) -> Section:
    return next(one for one in brief.sections if one.title.startswith(start))


def amounts(section: Section) -> dict[str, str]:
    return {line.title: line.amount.replace("\xa0", " ") for line in section.lines}


@pytest.fixture(scope="module")
def told(made: Home) -> Brief:
    return brief(made)


# ------------------------------------------------------------------------ revenue


def test_revenue_is_the_sum_worked_out_by_hand(told: Brief) -> None:
    # 2, 3 and 8 count; order 1 is of September, its refund of October; 5 never counted
    assert amounts(section(told, "Revenue to the cent")) == {
        "Gross, 3 orders that count": "750,30 zł",
        "Shipping and tax": "−150,30 zł",
        "Refunds paid back these days": "−50,00 zł",
        "Revenue": "550,00 zł",
        "With marketplaces and all other channels": "600,01 zł",
        "Seen by web analytics": "",
        "1 order waits for payment or approval: not counted": "61,50 zł gross",
        "1 order failed or was cancelled: not counted": "123,00 zł gross",
        "1 order has a status that nobody explained: not counted": "12,30 zł gross",
    }


def test_a_role_is_told_its_own_rows(made: Home) -> None:
    settings = replace(shop_settings.load(made), brief=Schedule(role="poland"))
    found = command.compose(made, settings, days=28)
    assert "only rows of the role poland" in found.days and len(found.bars) == 28
    # 3 is of the Czech Republic, and so is its refund
    everybody = worth.sales(october(made, None), "")
    mine = worth.sales(october(made, "poland"), "")
    assert amounts(everybody)["Revenue"] == "550,00 zł"
    assert amounts(mine)["Revenue"] == "350,00 zł"


def test_money_says_net_or_with_vat(made: Home) -> None:
    found = october(made)
    reporting = replace(found.settings.reporting, vat="included")
    gross = replace(found, settings=replace(found.settings, reporting=reporting))
    assert worth.sales(found, "").title == "Revenue to the cent, net"
    told = worth.sales(gross, "")
    assert told.title == "Revenue to the cent, incl. VAT" and "Shipping" in amounts(told)


PLAIN = """
with placed as (
    select
        source, order_id, placed_at::date as day, currency,
        gross_total - shipping_total - tax_total as net
    from sales_order
    where not is_test and sales_channel = 'own_shop'
        and status in ('processing', 'completed', 'refunded')
),
worth as (
    select placed.*, if(placed.currency = 'PLN', 1, exchange_rate.rate) as rate
    from placed
    asof left join exchange_rate
        on placed.currency = exchange_rate.currency and placed.day >= exchange_rate.date
)
select
    (select sum((net * rate)::decimal(18, 4)) from worth where day between $a and $b),
    (
        select sum(((amount - tax - shipping) * rate)::decimal(18, 4))
        from refund
        join worth using (source, order_id)
        where refunded_at::date between $a and $b
    )
"""
"""Sold and refunded, from what has landed and nothing else."""


def test_revenue_of_the_sample_is_that_of_its_landed_orders(sample_home: Home) -> None:
    found = figures(sample_home)
    days = {"a": found.scope.period.first, "b": found.scope.period.last}
    with landing.open_landing(sample_home, read_only=True) as connection:
        connection.execute("set TimeZone = 'Europe/Warsaw'")
        ((sold, refunded),) = connection.execute(PLAIN, days).fetchall()
    lines = amounts(worth.sales(found, ""))
    gross, less, refunds, revenue = (cents(one) for one in list(lines.values())[:4])
    assert round(gross + less, 2) == round(float(sold), 2) and refunds < 0
    assert revenue == round(float(sold - refunded), 2)
    measure = found.glance("conversion/revenue").measure
    assert measure and round(measure.now.value or 0, 2) == revenue


def cents(told: str) -> float:
    return round(float(re.sub(r"[^\d.−]", "", told).replace("−", "-")), 2)


# ------------------------------------------------------------------- what it says


def test_the_sample_is_told_as_on_the_journey(sample_home: Home) -> None:
    found = figures(sample_home)
    told = content.compose(found, found.settings, sample_home, NOW)
    worse, low = leaks.leaks(found, "worse"), leaks.leaks(found, "low")
    assert told.invented and told.subject.startswith("Invented data")
    assert told.sentence == leaks.sentence(found, worse)
    first = section(told, "Worth fixing first")
    expected = leaks.worth_fixing(worse, low)
    assert expected and len(first.lines) == len(expected) <= 3
    for line, leak in zip(first.lines, expected, strict=True):
        assert line.title == leaks.title(leak, found.formats)
        assert line.amount == leaks.money(leak, found.formats)
    assert len(told.bars) == 28 and max(bar.share for bar in told.bars) == 1


def part(now: tuple[int, int], others: tuple[int, int], moved: bool) -> Part:
    here, there = (
        Estimate(k / n, "ready", k, n, units=n) for k, n in (now, others)
    )  # fmt: skip
    gap = now[0] / now[1] - others[0] / others[1]
    return Part("late", here, rest=Change(gap, None, gap - 0.05, gap + 0.05, moved),
                others=there)  # fmt: skip


def test_lost_second_orders_are_the_gap_times_the_people() -> None:
    formats = Formats("en-GB", "PLN")
    line = worth.lost(formats, part((20, 200), (300, 1000), True), 150.0, "Late", "late")
    # 30% - 10% of 200 people, and 5 points more or less
    assert line.amount.replace("\xa0", " ") == (
        "about 40 orders (30 to 50), about 6,000 zł (4,500 to 7,500)"
    )
    assert "10.0% of 200 customers late" in line.text and "others 30.0%" in line.text
    assert (line.tone, line.chip) == ("bad", "")
    line = worth.lost(formats, part((20, 200), (110, 1000), False), None, "Late", "late")
    assert line.amount == "about 2 orders (−8 to 12)" and line.chip == "may be chance"
    line = worth.lost(formats, part((40, 200), (110, 1000), True), 150.0, "Late", "late")
    assert "No loss" in line.text and not line.amount


def test_what_is_not_connected_is_said_and_is_no_zero(told: Brief) -> None:
    cost, value, times = section(told, "New customers").lines
    assert cost.text.startswith("Needs campaign costs") and times.text == cost.text
    assert value.text.startswith("Its window is not over yet")
    seen = section(told, "Revenue").lines[5]
    assert "web analytics" in seen.text
    lines = (cost, value, times, seen, *section(told, "Second orders").lines)
    assert not any(line.amount for line in lines) and all(line.text for line in lines)


def test_follow_ups_are_told_with_their_verdict(made: Home) -> None:
    day = dt.timedelta(1)
    for title, check in (("Soon", NOW.date() + 2 * day), ("Later", NOW.date() + 40 * day)):
        followups.open_one(
            made, "conversion/payment_completion", (("device", "mobile"),), title,
            "checkout team", "form repaired", NOW.date() - 20 * day, check, NOW,
        )  # fmt: skip
    chips = {line.title: line.chip for line in section(brief(made), "In hand").lines}
    assert chips == {"Soon": "due this week, 25 lis", "Later": "too early, check 2 sty"}


def test_what_failed_or_is_unexplained_is_told(made: Home, told: Brief) -> None:
    assert any("<b>packed</b> is not listed" in line.title
               for line in section(told, "Data").lines)  # fmt: skip
    at = "2026-11-22T05:00:00+00:00"
    wrong = {"found": "no answer", "fix": "run again"}
    failed = Entry("sync", "shop", at, at, False, problems=(wrong,))
    before = status.read(made)
    status.add(made, failed)
    every = october(made)
    scope = replace(every.scope, policy=(("country", ("PL",)),))
    found = health.data(every, made, dt.UTC, "")
    some = health.data(replace(every, scope=scope), made, dt.UTC, "")
    status.write(made, before)
    assert some.lines[0].title == found.lines[0].title
    assert "no answer" not in some.lines[0].text, "it may be a row of others"
    assert found.lines[0].title.startswith("shop could not be read")
    assert found.lines[0].text == "no answer. To do: run again."


def test_links_lead_to_the_same_days(made: Home, told: Brief) -> None:
    assert told.link.startswith("https://dashboard.shop.example/app/?from=2026-10-01&")
    assert section(told, "New customers").link.startswith(
        "https://dashboard.shop.example/app/retention?from=2026-10-01&to=2026-10-28"
    )
    sections = tuple(replace(one, link="") for one in told.sections)
    assert "href" not in page.html(replace(told, sections=sections, link=""))


# ------------------------------------------------------------------------ the file


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_file_asks_for_nothing_and_takes_no_text_for_markup(told: Brief) -> None:
    found = told
    nasty = Line(HOSTILE, f'"{HOSTILE}', "<b>1 zł</b>", "<i>", "bad", "javascript:alert(1)")
    worst = Section(HOSTILE, (nasty,), note="</div></table>", link='https://a"onclick="b')
    whole = page.html(
        replace(found, sections=(*found.sections, worst), sentence="</style>")
    )
    parser = Tags()
    parser.feed(whole)
    names = {tag for tag, _ in parser.tags}
    assert names <= {
        "html", "head", "meta", "title", "style", "body", "table", "tr", "td", "div",
        "span", "a",
    }  # fmt: skip
    allowed = {"href", "style", "class", "role", "aria-label", "title"}
    for tag, given in parser.tags:
        assert not any(
            key.startswith("on") or key in ("src", "background") for key in given
        )
        assert "url(" not in (given.get("style") or "")
        if tag == "a":
            assert str(given["href"]).startswith("https://") and set(given) <= allowed
    assert "url(" not in whole and "@import" not in whole
    assert "javascript:" not in whole
    assert len(whole.encode()) < 100_000  # more than that a large mail program cuts off


def test_a_subject_has_one_line(told: Brief) -> None:
    told = replace(told, days="1 – 2 Nov\r\nBcc: all@shop.example\x00 against x")
    assert told.subject == "Monday brief: 1 – 2 Nov Bcc: all@shop.example"


def test_the_text_says_what_the_page_says(told: Brief) -> None:
    whole = text.text(told)
    assert "- Revenue: 550,00\xa0zł" in whole and "IN HAND" in whole
    assert whole.endswith("compare=previous\n")
    assert len(text.short(told)) < len(whole)


# ----------------------------------------------------------------------- delivery


@dataclass
class Post:
    """What the mail server and the web hook of the test have got."""

    mails: list[Any] = field(default_factory=list)
    hooks: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    smtp: int = 0
    http: int = 0

    def mail(self, more: str = "to=head@shop.example") -> str:
        return f"mailto://127.0.0.1:{self.smtp}?from=brief@shop.example&{more}"

    def hook(self, path: str = "good") -> str:
        return f"json://user:hidden-password@127.0.0.1:{self.http}/{path}/hidden-token"


@pytest.fixture
def post() -> Iterator[Post]:
    got = Post()

    class Mail:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got.mails.append(envelope)
            return "250 OK"

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.hooks.append((self.path, json.loads(body)))
            self.send_response(403 if "bad" in self.path else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True).start()
    smtp = Controller(Mail(), hostname="127.0.0.1", port=free_port())
    smtp.start()
    got.smtp, got.http = smtp.port, web.server_port
    yield got
    smtp.stop()
    web.shutdown()
    web.server_close()


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def at_home(made: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("JOURNEY_HOME", str(made.root))
    (made.root / "journey.toml").write_text(SETTINGS, "utf-8")
    for name in ("brief.json", "brief.key"):
        (made.data / name).unlink(missing_ok=True)
    return made


def test_each_address_gets_it_once_and_one_that_fails_keeps_no_other(
    at_home: Home, post: Post, told: Brief, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(command, "compose", lambda *_: told)  # composed once for all
    for name, url in (
        ("BRIEF_BAD", post.hook("bad")), ("BRIEF_MAIL", post.mail()),
        ("BRIEF_OFF", f"json://127.0.0.1:{free_port()}/hidden-token"),
        ("BRIEF_ODD", "nosuch://hidden-token"), ("BRIEF_HOOK", post.hook()),
    ):  # fmt: skip
        monkeypatch.setenv(name, url)
    names = [
        "BRIEF_BAD",
        "BRIEF_OFF",
        "BRIEF_ODD",
        "BRIEF_NONE",
        "BRIEF_MAIL",
        "BRIEF_HOOK",
    ]
    to = [word for name in names for word in ("--to", f"env:{name}")]
    assert cli.main(["brief", *to]) == 1
    out, err = capsys.readouterr()
    assert out == "Brief sent to env:BRIEF_MAIL, env:BRIEF_HOOK.\n"
    for reason in (
        "BRIEF_BAD: the service answered 403 Forbidden", "BRIEF_OFF: no connection",
        "BRIEF_ODD: an address that no service", "secret BRIEF_NONE is not set",
    ):  # fmt: skip
        assert reason in err
    assert "to do:" in err
    assert cli.main(["brief", "--to", "env:BRIEF_MAIL"]) == 0
    assert "Sent this week already: env:BRIEF_MAIL" in capsys.readouterr().out
    assert len(post.mails) == 1
    assert cli.main(["brief", "--to", "env:BRIEF_MAIL", "--again"]) == 0
    assert len(post.mails) == 2
    everything = out + err + caplog.text + (at_home.data / "brief.json").read_text()
    assert "hidden" not in everything


def test_a_mail_shows_the_whole_brief_and_a_text_beside_it(told: Brief, post: Post) -> None:
    address = delivery.Address(
        "--to", "x", post.mail("to=head@shop.example,cfo@shop.example")
    )
    assert delivery.send(told, address) is None
    assert sorted(mail.rcpt_tos[0] for mail in post.mails) == [
        "cfo@shop.example", "head@shop.example",
    ]  # fmt: skip
    found = email.message_from_bytes(post.mails[0].content, policy=email.policy.default)
    assert found["Subject"] == told.subject and found["Bcc"] is None
    assert found.get_content_type() == "multipart/alternative"
    html, plain = (found.get_body((kind,)).get_content() for kind in ("html", "plain"))
    assert html.replace("\r\n", "\n").strip() == page.html(told).strip()
    assert "550,00" in plain and "<td" not in plain and "\n\n\n\n" not in plain


def test_a_chat_gets_the_text_and_the_file(told: Brief, post: Post) -> None:
    assert delivery.send(told, delivery.Address("--to", "x", post.hook())) is None
    ((path, body),) = post.hooks
    assert path == "/good/hidden-token" and body["title"] == told.subject
    assert body["message"].strip() == text.short(told).strip()
    assert body["attachments"][0]["filename"] == delivery.NAME


def test_an_address_never_shows_in_its_own_text() -> None:
    assert "hidden" not in repr(delivery.Address("env:A", "env:A", "json://hidden"))


def test_it_is_written_and_printed_without_an_address(
    at_home: Home, tmp_path: Path, told: Brief, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(command, "compose", lambda *_: told)
    assert cli.main(["brief"]) == 0
    assert capsys.readouterr().out.startswith("Monday brief\n")
    assert cli.main(["brief", "--out", "-"]) == 0
    assert capsys.readouterr().out.startswith("<!DOCTYPE html>")
    file = tmp_path / "brief.txt"
    assert cli.main(["brief", "--out", str(file), "--format", "text"]) == 0
    assert file.read_text("utf-8") == text.text(told)
    assert cli.main(["brief", "--out", str(tmp_path / "no" / "brief.html")]) == 2
    monkeypatch.undo()
    with pytest.raises(JourneyError, match="no role"):
        command.compose(at_home, shop_settings.load(at_home), "nobody")


# ----------------------------------------------------------------------- its time

WARSAW = dt.timezone(dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (dt.datetime(2026, 11, 23, 6, 59), None),
        (dt.datetime(2026, 11, 23, 7, 0), "2026-W48"),
        (dt.datetime(2026, 11, 24, 6, 59), "2026-W48"),
        (dt.datetime(2026, 11, 24, 7, 0), None),
        (dt.datetime(2027, 1, 4, 8, 0), "2027-W01"),
    ],
)
def test_it_is_due_on_its_day_from_its_time_on(now: dt.datetime, week: str | None) -> None:
    plan = Schedule(("env:A",))
    assert schedule.due(plan, now.replace(tzinfo=WARSAW)) == week
    assert schedule.due(Schedule(), now.replace(tzinfo=WARSAW)) is None


def test_it_is_due_over_the_end_of_its_day() -> None:
    plan = Schedule(("env:A",), "Sunday", "23:30")
    monday = dt.datetime(2026, 11, 23, 0, 10, tzinfo=WARSAW)
    assert schedule.due(plan, monday) == "2026-W47"


def test_a_timed_refresh_sends_it_once_and_tries_again_after_an_hour(
    at_home: Home, post: Post, told: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "compose", lambda *_: told)
    monkeypatch.setenv("BRIEF_MAIL", post.mail())
    monkeypatch.setenv("BRIEF_BAD", post.hook("bad"))
    plan = 'to = ["env:BRIEF_MAIL", "env:BRIEF_BAD"]\nday = "Friday"\n'
    (at_home.root / "journey.toml").write_text(f"{SETTINGS}[brief]\n{plan}", "utf-8")
    clock = [dt.datetime(2026, 11, 27, 7, 0, tzinfo=WARSAW)]
    monkeypatch.setattr(command, "_now", lambda _: clock[0])
    monkeypatch.setattr(sent, "_now", lambda: clock[0])
    warned: list[str] = []
    rounds = [0]

    def refreshed() -> None:
        rounds[0] += 1
        if rounds[0] == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("journey.refresh.time.sleep", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        refresh.again(dt.timedelta(minutes=2), refreshed, warned.append)
    assert len(post.mails) == 1 and len(post.hooks) == 1
    assert "Brief sent to env:BRIEF_MAIL." in warned
    assert any("BRIEF_BAD: the service answered 403" in line for line in warned)
    assert not any("hidden" in line for line in warned)
    clock[0] += dt.timedelta(hours=1)
    with pytest.raises(JourneyError, match="403"):
        command.send_due(at_home, warned.append)
    assert len(post.mails) == 1 and len(post.hooks) == 2
    clock[0] += dt.timedelta(days=1)
    command.send_due(at_home, warned.append)
    assert len(post.hooks) == 2


def test_a_delivery_that_began_is_not_begun_again_after_a_restart(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert sent.begin(home, "2026-W48", "env:A")
    assert not sent.begin(home, "2026-W48", "env:A")
    assert sent.begin(home, "2026-W49", "env:A") and sent.begin(home, "2026-W48", "env:B")
    sent.failed(home, "2026-W48", "env:A")
    assert sent.begin(home, "2026-W48", "env:A")
    (home.data / sent.NAME).write_text("broken{", "utf-8")
    assert sent.begin(home, "2026-W48", "env:A")
    assert (home.data / sent.NAME).stat().st_mode & 0o077 == 0


def test_wrong_settings_are_told_and_a_written_address_is_not_repeated(
    tmp_path: Path,
) -> None:
    (tmp_path / "journey.toml").write_text(
        '[brief]\nto = ["mailto://user:hidden@mail.shop.example"]\nday = "monday"\n'
        'time = "7"\nrole = "boss"\ndays = 30\nwhen = 1\n', "utf-8",
    )  # fmt: skip
    with pytest.raises(JourneyError) as error:
        shop_settings.load(Home(tmp_path))
    told = str(error.value)
    for found in ("name of a secret", 'day = "monday"', "time =", "role =", "days = 30"):
        assert found.replace('"', "'") in told.replace('"', "'")
    assert 'unknown key "when" in [brief]' in told
    assert "hidden" not in told and len(error.value.problems) == 6
