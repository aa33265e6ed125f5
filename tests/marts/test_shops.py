"""Shops of every kind: what each lacks stays empty, what it has is right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from journey.home import PROJECT
from tests.marts.given import MARTS, landing, make, plain

Rows = list[dict[str, Any]]
GUEST = {"key_kind": "email", "key": "a", "person_id": 1}


def shop(**given: Sequence[Mapping[str, Any]]) -> Any:
    """Build every mart on these landed tables; return a function that asks them."""
    connection = landing({f"landed.{name}": rows for name, rows in given.items()})
    make(connection, MARTS.values())

    def ask(query: str) -> list[tuple[Any, ...]]:
        rows = connection.execute(query).fetchall()
        return [tuple(plain(value) for value in row) for row in rows]

    return ask


def order(number: int, at: str, **more: Any) -> dict[str, Any]:
    return {"order_id": str(number), "placed_at": f"{at} 10:00+00", "status": "completed",
            "gross_total": 100, "email_hash": "a"} | more  # fmt: skip


def landed(ask: Any) -> set[str]:
    return {name for (name,) in ask("select table_name from freshness where landed")}


def test_a_shop_with_reports_only_has_traffic_and_no_visits() -> None:
    day, first, last = (
        {key: "2026-10-05"} for key in ("date", "period_start", "period_end")
    )
    ask = shop(
        web_daily=[
            day | {"report": "sessions", "sessions": 90, "device_category": "Mobile"},
            day | {"report": "steps", "event_name": "purchase", "sessions": 2,
                   "device_category": "Mobile"},
            day | {"report": "items", "item_id": "p", "items_viewed": 5},
        ],
        web_people=[first | last | {"active_users": 70}],
    )  # fmt: skip
    assert ask("select day, device, basis, sessions, purchases from traffic") == [
        ("2026-10-05", "mobile", "reports", 90, 2)
    ]
    assert ask("select visitors from visitor_periods") == [(70,)]
    assert landed(ask) == {
        "traffic", "acquisition", "landing_pages", "web_purchases", "product_days",
        "visitor_periods",
    }  # fmt: skip
    assert ask("select data_through from snapshot") == [("2026-10-04",)]


def test_a_shop_with_orders_only_starts_at_conversion() -> None:
    ask = shop(person=[GUEST], sales_order=[order(1, "2026-01-05"), order(2, "2026-02-05")])
    assert ask("select distinct stage from stage_entries order by 1") == [
        ("conversion",), ("retention",)
    ]  # fmt: skip
    assert ask("select orders, seen, has_source from coverage") == [(1, 0, 0), (1, 0, 0)]
    assert not landed(ask) & {"traffic", "sessions", "tickets", "feedback", "returns"}
    # the newest day may go on, so the one before it is the last whole one
    assert ask("select complete_through from freshness where table_name = 'orders'") == [
        ("2026-02-04",)
    ]


def test_a_helpdesk_alone_has_contacts_of_nobody_in_particular() -> None:
    ask = shop(
        ticket=[
            {"source": "desk", "ticket_id": str(n), "created_at": f"2026-10-0{n} 10:00+00",
             "channel": "email", "replies": 1, "status": "solved"} for n in (1, 2)
        ],
        conversation=[
            {"source": "desk", "conversation_id": "1", "kind": "bot",
             "started_at": "2026-10-01 10:00+00", "handed_over": False}
        ],
    )  # fmt: skip
    assert ask(
        "select count(*), count(person_id), count(order_key), count(contained), "
        "count(is_first_contact_resolved), count(stage), count(customer_tier), "
        "count(*) filter (is_issue_start) from tickets"
    ) == [(3, 0, 0, 0, 0, 0, 0, 3)]
    assert landed(ask) == {"tickets", "contact_effort", "questions", "touches"}
    assert ask("select count(*) from touches") == [(0,)]


def test_a_helpdesk_alone_says_nothing_of_orders() -> None:
    ask = shop(
        person=[GUEST],
        ticket=[{"source": "desk", "ticket_id": "1", "email_hash": "a",
                 "created_at": "2026-01-09 10:00+00"},
                {"source": "desk", "ticket_id": "2", "created_at": "2026-10-09 10:00+00"}],
    )  # fmt: skip
    assert ask(
        "select stage, before_purchase, bought_within_7_days, bought_within_90_days, "
        "customer_tier from tickets where person_id = 1"
    ) == [("null",) * 5]


def test_what_a_shop_never_tells_is_no_zero() -> None:
    ask = shop(
        person=[GUEST],
        sales_order=[order(1, "2026-01-05", payment_method="blik")],
        fulfillment=[{"fulfillment_id": "1", "order_id": "1",
                      "shipped_at": "2026-01-06 10:00+00"}],
        feedback=[{"source": "survey", "feedback_id": "1", "kind": "nps", "score": 9,
                   "order_id": "1", "answered_at": "2026-01-09 10:00+00"}],
    )  # fmt: skip
    days = {"$start": "date '2026-01-01'", "$end": "date '2026-01-28'"}

    def told(name: str, columns: str) -> Any:
        text = (PROJECT / "queries" / f"{name}.sql").read_text("utf-8")
        for parameter, day in days.items():
            text = text.replace(parameter, day)
        return ask(f"select {columns} from ({text})")

    assert told("conversion/payment_methods", "orders, sent_back_rate") == [(1, "null")]
    assert told("advocacy/paths", "answers, returned, reviewed") == [(1, "null", "null")]


def test_products_say_whose_amounts_they_have() -> None:
    at, line = "2026-10-05 10:00+00", {"product_id": "p", "quantity": 1}
    seen = {"source": "web", "event_name": "purchase", "happened_at": at, "item_id": "q",
            "transaction_id": "T", "currency": "PLN", "item_revenue": 50}  # fmt: skip
    market = order(1, "2026-10-05", sales_channel="allegro"), line | {"order_id": "1"}
    own = order(2, "2026-10-05"), line | {"order_id": "2"}
    asked = "select product_id, sales_channel, by_web from product_days order by all"
    for sold, told in (
        ([market], [("p", "allegro", False), ("q", "own_shop", True)]),
        ([market, own], [("p", "allegro", False), ("p", "own_shop", False)]),
    ):
        orders, lines = zip(*sold, strict=True)
        ask = shop(web_event=[seen], sales_order=orders, order_line=lines)
        assert ask(asked) == told


def test_web_analytics_alone_has_visits_and_what_they_bought() -> None:
    seen = {"source": "web", "session_key": "s", "visitor_key": "v"}
    ask = shop(
        web_event=[
            seen | {"event_name": "view_item", "item_id": "p",
                    "happened_at": "2026-10-05 10:00+00"},
            seen | {"event_name": "purchase", "happened_at": "2026-10-05 10:09+00",
                    "transaction_id": "T", "value": 50, "currency": "PLN", "item_id": "p",
                    "item_revenue": 50, "event_key": "e", "item_number": 1},
        ]
    )  # fmt: skip
    assert ask("select viewed_product, purchased, order_key from sessions") == [
        (True, True, "null")
    ]
    assert ask("select shown_revenue, order_key from web_purchases") == [(50.0, "null")]
    assert ask("select purchases, revenue, by_web from product_days") == [(1, 50.0, True)]
    assert ask("select stage, moved_on, value from stage_entries order by stage") == [
        ("awareness", True, "null"), ("consideration", True, "null")
    ]  # fmt: skip
    assert not landed(ask) & {"orders", "customers", "coverage", "refunds"}
    # that no order fits is no remark where there are no orders
    assert ask("select flag from quality where flag = 'purchase_without_order'") == []


def test_orders_and_tickets_meet_without_web_analytics() -> None:
    ask = shop(
        person=[GUEST],
        sales_order=[order(1, "2026-01-05"), order(2, "2026-03-05")],
        ticket=[{"source": "desk", "ticket_id": "1", "email_hash": "a", "channel": "email",
                 "created_at": "2026-01-09 10:00+00"}],
    )  # fmt: skip
    assert ask("select order_key, stage, customer_tier from tickets") == [
        ("shop:1", "conversion", "null")
    ]
    assert ask(
        "select contacts_before, contacts_after, order_number from orders order by day"
    ) == [(0, 1, 1), (0, 0, 2)]


def test_two_shops_may_give_the_same_numbers() -> None:
    ask = shop(
        person=[GUEST],
        sales_order=[order(1, "2026-01-05"), order(1, "2026-02-05", source="other")],
        order_line=[
            {"source": source, "order_id": "1", "line_id": "1", "quantity": 1}
            for source in ("shop", "other")
        ],
        refund=[{"source": "other", "refund_id": "1", "order_id": "1", "amount": 30,
                 "refunded_at": "2026-02-09 10:00+00"}],
        web_event=[{"source": "web", "event_name": "purchase", "session_key": "s",
                    "transaction_id": "1", "happened_at": "2026-02-05 10:00+00"}],
    )  # fmt: skip
    assert ask(
        "select order_key, order_number, refunded, web_seen from orders order by day"
    ) == [("shop:1", 1, 0.0, False), ("other:1", 2, 30.0, True)]
    assert ask("select orders, revenue_after_refunds from customers") == [(2, 170.0)]
    assert ask("select count(*) from order_lines") == [(2,)]


def test_two_web_properties_that_saw_one_order_do_not_double_it() -> None:
    bought = {"event_name": "purchase", "session_key": "s", "transaction_id": "1"}
    ask = shop(
        sales_order=[order(1, "2026-02-05")],
        web_event=[
            bought | {"source": "web", "happened_at": "2026-02-05 10:00+00"},
            bought | {"source": "rolled up", "happened_at": "2026-02-05 10:01+00"},
        ],
    )
    assert ask("select source, purchased, order_key from sessions order by 1") == [
        ("rolled up", True, "shop:1"), ("web", True, "shop:1")
    ]  # fmt: skip
    assert ask("select count(*), sum(revenue) from orders where web_seen") == [(1, 100.0)]
    assert ask("select orders, seen from coverage") == [(1, 1)]


def test_orders_of_nobody_and_without_lines_count_as_orders() -> None:
    ask = shop(
        sales_order=[order(1, "2026-02-05", email_hash=None), order(2, "2026-02-06")],
        person=[GUEST],
    )
    assert ask(
        "select order_number, is_first, customer_tier, quantity, is_returned, margin "
        "from orders order by day"
    ) == [
        ("null", False, "null", "null", False, "null"),
        (1, True, "prospects", "null", False, "null"),
    ]
    assert ask("select unit_id, moved_on from stage_entries where stage = 'conversion' "
               "order by day") == [("null", "null"), (1, "null")]  # fmt: skip
    assert ask("select count(*), sum(orders) from customers") == [(1, 1)]


def test_a_single_order_has_no_next_and_all_its_windows_open() -> None:
    ask = shop(person=[GUEST], sales_order=[order(1, "2026-02-05")])
    assert ask("select next_order_at, days_to_next, previous_order_at from orders") == [
        ("null", "null", "null")
    ]
    assert ask("select distinct moved_on from stage_entries") == [("null",)]
    assert ask("select tier_now from customers") == [("null",)]


def test_an_order_of_the_future_makes_no_day_complete() -> None:
    read = {
        "run_id": "1", "source": "shop", "table_name": "sales_order", "kind": "files",
        "started_at": "2026-03-01 10:00+00", "finished_at": "2026-03-01 10:01+00",
    }  # fmt: skip
    ask = shop(
        person=[GUEST],
        sales_order=[order(1, "2026-02-05"), order(2, "2062-02-05")],
        sync_run=[read],
        landed_day=[{"source": "shop", "table_name": "sales_order", "day": "2062-02-05"}],
    )
    assert ask("select complete_through from freshness where table_name = 'orders'") == [
        ("2026-02-28",)
    ]
    assert ask(
        "select order_key, moved_on from stage_entries where stage = 'retention' order by 1"
    ) == [("shop:1", "null"), ("shop:2", "null")]


def test_a_refund_of_another_year_falls_on_its_own_day_and_on_the_cohort() -> None:
    ask = shop(
        sales_order=[order(1, "2025-12-31")],
        refund=[{"refund_id": "1", "order_id": "1", "amount": 40,
                 "refunded_at": "2026-12-31 23:30+00"}],
    )  # fmt: skip
    assert ask("select day, revenue, revenue_after_refunds from orders") == [
        ("2025-12-31", 100.0, 60.0)
    ]
    assert ask("select day, revenue from refunds") == [("2027-01-01", 40.0)]


def test_a_wholesale_buyer_has_every_order_in_its_place() -> None:
    first = dt.datetime(2024, 1, 1, 10, tzinfo=dt.UTC)
    ask = shop(
        person=[GUEST],
        sales_order=[
            order(n, "2024-01-01") | {"placed_at": first + dt.timedelta(hours=6 * n)}
            for n in range(1500)
        ],
    )
    assert ask(
        "select count(*), count(distinct order_number), max(order_number), "
        "count(next_order_at), max(days_to_next), "
        "count(*) filter (customer_tier = 'prospects') from orders"
    ) == [(1500, 1500, 1500, 1499, 1, 1)]
    assert ask("select orders, days_to_second, revenue from customers") == [
        (1500, 0, 150_000.0)
    ]


def test_five_currencies_take_the_last_rate_before_a_weekend() -> None:
    currencies = ("EUR", "CZK", "USD", "GBP", "HUF")
    ask = shop(
        # Friday has rates, Saturday and Sunday have none
        sales_order=[
            order(10 * place + day, f"2026-10-0{2 + day}", currency=currency)
            for place, currency in enumerate(currencies)
            for day in range(3)
        ],
        exchange_rate=[
            {"source": "bank", "date": "2026-10-02", "currency": currency,
             "to_currency": "PLN", "rate": place + 1}
            for place, currency in enumerate(currencies)
        ],
    )  # fmt: skip
    assert ask("select currency, day, revenue from orders order by order_id::int") == [
        (currency, f"2026-10-0{2 + day}", 100.0 * (place + 1))
        for place, currency in enumerate(currencies)
        for day in range(3)
    ]
