"""A shop of fifteen orders whose every figure is worked out by hand beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from journey import build, settings
from journey.answer import Period
from journey.figures import published
from journey.figures.published import Figures
from journey.findings import leaks
from journey.home import Home
from journey.problem import JourneyError
from journey.scope import Scope
from journey.sources import sync
from tests.shops import fill

SETTINGS = """
[reporting]
time_zone = "Europe/Warsaw"
currency = "PLN"
locale = "pl-PL"

[costs]
contact = 10

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
currency = "currency"
gross_total = "gross"
tax_total = "vat"
shipping_total = "shipping"
email = "email"
[[sources.tables]]
table = "refund"
path = "refunds.csv"
[sources.tables.columns]
refund_id = "id"
order_id = "number"
refunded_at = "at"
amount = "amount"
tax = "vat"
[[sources.tables]]
table = "exchange_rate"
path = "rates.csv"
columns = { date = "day", currency = "'EUR'", to_currency = "'PLN'", rate = "rate" }

[[sources]]
name = "web"
kind = "files"
[[sources.tables]]
table = "session"
path = "visits.csv"
[sources.tables.columns]
session_key = "row_number"
started_at = "at"
channel_group = "channel"
device_category = "device"
items_viewed = "seen"
purchases = "case when \\"order\\" is not null then 1 else 0 end"
transaction_id = "\\"order\\""

[[sources]]
name = "desk"
kind = "files"
[[sources.tables]]
table = "ticket"
path = "tickets.csv"
[sources.tables.columns]
ticket_id = "id"
created_at = "at"
first_reply_at = "replied"
status = "'solved'"
replies = "1"
reason = "reason"
email = "email"
"""

# Poland is at +01:00 until 29 March 2026 and at +02:00 after it, so 22:30Z of
# 31 March is half past midnight of 1 April in the shop.
ORDERS = """number,placed,status,channel,currency,gross,vat,shipping,email
1,2026-01-10T12:00Z,completed,own_shop,PLN,135.30,25.30,10,anna@example.com
2,2026-02-05T12:00Z,completed,own_shop,PLN,246.00,46.00,0,anna@example.com
3,2026-01-31T23:30Z,completed,own_shop,PLN,123.00,23.00,0,bob@example.com
4,2026-05-01T22:30Z,completed,own_shop,PLN,123.00,23.00,0,BOB@example.com
5,2026-02-28T12:00Z,completed,own_shop,PLN,123.00,23.00,0,carl@example.com
6,2026-05-29T22:30Z,completed,own_shop,PLN,123.00,23.00,0,carl@example.com
7,2026-03-31T22:30Z,completed,own_shop,PLN,135.30,25.30,10,dana@example.com
8,2026-04-03T10:00Z,cancelled,own_shop,PLN,123.00,23.00,0,eva@example.com
9,2026-04-04T10:00Z,on-hold,own_shop,PLN,123.00,23.00,0,fay@example.com
10,2026-04-05T10:00Z,packing,own_shop,PLN,123.00,23.00,0,gus@example.com
11,2026-04-10T10:00Z,completed,marketplace,EUR,61.50,11.50,0,hal@example.com
12,2026-04-15T10:00Z,processing,own_shop,PLN,369.00,69.00,0,ivy@example.com
13,2026-04-20T10:00Z,completed,own_shop,PLN,123.00,23.00,0,anna@example.com
14,2026-04-30T22:30Z,completed,own_shop,PLN,123.00,23.00,0,jon@example.com
15,2026-08-01T10:00Z,completed,own_shop,PLN,123.00,23.00,0,kim@example.com
"""
REFUNDS = """id,number,at,amount,vat
a,2,2026-03-31T22:30Z,123.00,23.00
b,11,2026-04-20T10:00Z,12.30,
c,8,2026-04-05T10:00Z,123.00,23.00
"""
RATES = """day,rate
2026-04-10,4.00
"""
TICKETS = """id,at,replied,reason,email
1,2026-04-02T10:00Z,2026-04-02T10:30Z,delivery,anna@example.com
2,2026-04-08T10:00Z,2026-04-08T12:00Z,delivery,anna@example.com
3,2026-04-03T10:00Z,2026-04-03T10:10Z,delivery,bob@example.com
4,2026-04-11T10:00Z,2026-04-11T10:20Z,delivery,bob@example.com
5,2026-04-16T10:00Z,2026-04-16T11:00Z,size,ivy@example.com
6,2026-04-30T22:30Z,2026-05-01T08:00Z,size,ivy@example.com
7,2026-08-01T10:00Z,2026-08-01T10:30Z,size,nobody@example.com
"""
# 40 visits of April, 10 of them look; the first begins at 00:30 of 1 April in the
# shop. Order 12 is seen, 7 and 13 are not. One visit of May, one of August.
VISITS = "\n".join(
    [
        "at,channel,device,seen,order",
        "2026-03-31T22:30Z,Direct,mobile,1,",
        "2026-04-15T09:40Z,Email,desktop,1,12",
        *["2026-04-09T10:00Z,Paid Social,mobile,1,"] * 8,
        *["2026-04-09T10:00Z,Direct,mobile,0,"] * 30,
        "2026-04-30T22:30Z,Direct,mobile,1,",
        "2026-08-01T10:00Z,Direct,mobile,1,",
        "",
    ]
)
APRIL = Period(dt.date(2026, 4, 1), dt.date(2026, 4, 30))
WINTER = Period(dt.date(2026, 1, 1), dt.date(2026, 2, 28))


def files(home: Home, rates: str = RATES) -> None:
    given = {
        "journey.toml": SETTINGS, "orders.csv": ORDERS, "refunds.csv": REFUNDS,
        "rates.csv": rates, "visits.csv": VISITS, "tickets.csv": TICKETS,
    }  # fmt: skip
    for name, text in given.items():
        (home.root / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("hand-made"))
    files(home)
    return fill(home)


@pytest.fixture(scope="module")
def shop(home: Home) -> Iterator[Figures]:
    yield published.figures(home)


# value, numerator, denominator; a rate of fewer than 30 has no value
EXPECTED = {
    # 7 (1 April in the shop), 11, 12, 13; not 14 (1 May), 8, 9, 10
    ("conversion/orders", APRIL): (4, None, None),
    # 100 + 50 EUR x 4 + 300 + 100, less 100 of order 2 paid back on 1 April and
    # 12.30 EUR x 50/61.50 x 4 = 40 of order 11; order 8 never counted
    ("conversion/revenue", APRIL): (560, None, None),
    ("conversion/average_order", APRIL): (None, 700, 4),
    # 7, 12, 13 are the own shop's
    ("conversion/conversion_rate", APRIL): (3 / 40, 3, 40),
    ("awareness/visits", APRIL): (40, None, None),
    ("consideration/product_view_rate", APRIL): (10 / 40, 10, 40),
    ("awareness/coverage", APRIL): (None, 1, 3),
    # tickets 1 to 5; the sixth is of 1 May
    ("support/contacts", APRIL): (5, None, None),
    ("support/contacts_per_100_orders", APRIL): (None, 5, 4),
    # 5 contacts x 10: too few to divide by
    ("support/cost_per_contact", APRIL): (None, 50, 5),
    # 100 + 200 + 100 + 100; the refund of order 2 belongs to April
    ("conversion/revenue", WINTER): (500, None, None),
    # 13 is the third order of Anna: 100 of 700, but of four orders
    ("retention/returning_revenue_share", APRIL): (None, 100, 700),
}


@pytest.mark.parametrize(("name", "period"), EXPECTED)
def test_a_figure_is_the_one_worked_out_by_hand(
    shop: Figures, name: str, period: Period
) -> None:
    answer = shop.answer(name, Scope(period, period.before()))
    assert answer.measure is not None, answer.absence or answer.problem
    now = answer.measure.now
    value, numerator, denominator = EXPECTED[name, period]
    assert now.value == (None if value is None else pytest.approx(value))
    if denominator is not None:
        assert (now.numerator, now.denominator) == (numerator, denominator)


# fewer than five people: no figure on the screen, but the parts must be right
PARTS = {
    # Anna after 26 days, Bob on the 90th day, Carl on the 91st
    ("retention/second_order_90_days", WINTER): (2, 3),
    # of Anna, Bob, Ivy only Anna came again within 7 days (6; Bob after 8)
    ("support/repeat_contact_rate", APRIL): (1, 3),
}


@pytest.mark.parametrize(("name", "period"), PARTS)
def test_what_few_people_did_is_withheld_and_right(
    shop: Figures, name: str, period: Period
) -> None:
    asked = Figures(shop.reader, shop.library, shop.settings, Scope(period))
    measure = asked.answer(name).measure
    assert measure is not None
    assert measure.now.state == "suppressed"
    rows = asked.parts(name, ()).select("numerator", "denominator").rows()
    assert rows == [PARTS[name, period]]


WRONG_ZEROS = {
    "conversion/discount_share", "conversion/coupon_orders", "retention/return_rate",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(WRONG_ZEROS))
def test_what_the_shop_never_tells_is_no_zero(shop: Figures, name: str) -> None:
    answer = shop.answer(name, Scope(APRIL))
    assert answer.measure is None or answer.measure.now.value is None


def test_ways_to_pay_that_nobody_tells_are_asked_for(shop: Figures) -> None:
    answer = shop.answer("conversion/payment_methods", Scope(APRIL))
    assert answer.frame is None
    assert answer.absence is not None and answer.absence.startswith("needs ")


def test_the_usual_period_ends_on_the_last_complete_day(shop: Figures) -> None:
    assert shop.scope.period == Period(dt.date(2026, 7, 5), dt.date(2026, 8, 1))


def test_the_sentence_knows_that_orders_are_connected(home: Home, shop: Figures) -> None:
    april = Figures(shop.reader, shop.library, shop.settings, Scope(APRIL, APRIL.before()))
    text = leaks.sentence(april, [])
    assert text.startswith("Revenue")
    assert "560\u00a0zł" in text
    assert "not connected" not in text
    assert "Status packing is not listed: 1 order counts nowhere: say in " in text


def test_a_shop_without_statuses_is_told_so_and_not_that_nothing_landed(tmp_path) -> None:
    home = Home(tmp_path)
    files(home)
    text = SETTINGS.replace('status = "status"\n', "")
    (home.root / "journey.toml").write_text(text, "utf-8")
    fill(home)
    told = leaks.sentence(published.figures(home), [])
    assert told.startswith("15 orders have no status and count nowhere: map status to ")


def test_an_unknown_status_is_listed_and_does_not_count(shop: Figures) -> None:
    everything = Scope(shop.scope.period)
    frame = shop.answer("data/order_statuses", everything).frame
    assert frame is not None
    rows = {row["status"]: (row["standing"], row["orders"]) for row in frame.to_dicts()}
    assert rows == {
        "completed": ("counts", 11), "processing": ("counts", 1),
        "cancelled": ("lost", 1), "on-hold": ("waits", 1), "packing": ("unknown", 1),
    }  # fmt: skip


def test_a_missing_rate_stops_the_build_and_says_which(tmp_path) -> None:
    home = Home(tmp_path)
    # a rate stands for the seven days after it, not for the ninth
    files(home, "day,rate\n2026-04-01,4.00\n")
    found = settings.load(home)
    sync.sync(home, found)
    with pytest.raises(JourneyError) as raised:
        build.build(home, found)
    assert "no exchange rate for EUR on 2026-04-10 (1 orders)" in str(raised.value)
    assert "exchange_rate" in raised.value.problems[0].expected
