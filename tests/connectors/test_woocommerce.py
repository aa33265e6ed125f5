"""WooCommerce: the traps of CONNECTORS 2.2 and 2.2b by their number, and a real shop."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from msgspec import convert

from connectors import woocommerce
from connectors.woocommerce import gathered
from connectors.woocommerce.orders import Mapper
from connectors.woocommerce.pages import AFFORDABLE, Walk, listed
from connectors.woocommerce.parcels import told_moment
from connectors.woocommerce.refunds import refund_of
from connectors.woocommerce.things import Order
from connectors.woocommerce.words import Ways, device_of, origin_of
from journey import landing
from journey.connector import (
    Failure,
    Flag,
    Frame,
    JourneyError,
    Mark,
    Pause,
    Present,
    Problem,
    Reply,
    Rows,
    Since as Window,
    Unreadable,
)
from journey.documents import parsed
from journey.home import Home
from journey.landing import Hasher, Run
from journey.settings import Source
from journey.sources import maker
from journey.sources.maker import Maker
from journey.sources.pull import Pull
from tests.connectors.services import woocommerce as service

RECORDED = Path(__file__).resolve().parents[3] / "shared/data/woocommerce"
recorded = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="no recordings beside the project"
)
NOW = dt.datetime(2026, 11, 22, 7, 0, tzinfo=dt.UTC)
KEYS = {"sales_order": "order_id", "order_line": "line_id", "refund": "refund_id",
        "customer": "customer_id", "feedback": "feedback_id",
        "fulfillment": "fulfillment_id"}  # fmt: skip
Tables = Mapping[str, dict[str, dict[str, Any]]]


def read_as(answer: Any, of: type | None) -> tuple[Any, bytes]:
    """Return an answer as it is read, and as it came."""
    body = json.dumps(answer).encode()
    return parsed(body, of), body


class Direct:
    """Calls a shop without a network; refusals become what the connector says of them."""

    def __init__(self, shop: service.Shop) -> None:
        self.shop = shop

    def get(
        self, path: str, params: Any = None, headers: Any = None, of: type | None = None
    ) -> Reply:
        given = {k: str(v) for k, v in (params or {}).items() if v is not None}
        status, found, body = self.shop.answer(path, given)
        if status >= 400:
            failure = Failure("status", path, status, {}, body)
            problem = woocommerce.explain(failure)
            raise JourneyError(problem or Problem(path, str(body), "", ""))
        told = {k.lower(): v for k, v in found.items()}
        return Reply(status, told, *read_as(body, of))


def options(**settings: Any) -> woocommerce.Settings:
    given = {"url": "https://shop.example", "key": "ck_12345678", "secret": "cs_12345678"}
    return woocommerce.Settings(**{**given, **settings})


def batches(shop: service.Shop, table: str, since: Window, **settings: Any) -> list[Any]:
    given = woocommerce.read(table, since, options(**settings), Direct(shop))  # type: ignore[arg-type]
    with Maker("shop") as maker:
        return list(maker.batches(given))


def whole(shop: service.Shop, since: Window, **settings: Any) -> Tables:
    """Return table -> key -> row of all tables, as the landing would merge them."""
    found: Tables = defaultdict(dict)
    for table in woocommerce.TABLES:
        for batch in batches(shop, table, since, **settings):
            if isinstance(batch, Rows | Frame):
                name = batch.table or table
                found[name].update({row[KEYS[name]]: row for row in rows_of(batch)})
    return found


def rows_of(batch: Rows | Frame) -> list[dict[str, Any]]:
    """Return the rows of a batch, instants as texts with their zone."""
    rows = batch.frame.to_dicts() if isinstance(batch, Frame) else map(dict, batch.rows)
    return [
        {k: written(v) if isinstance(v, dt.datetime) else v for k, v in row.items()}
        for row in rows
    ]


def is_own(batch: Any) -> bool:
    return isinstance(batch, Rows | Frame) and batch.table is None


def written(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def stretch(days: float, until: float = 0, **more: Any) -> Window:
    return Window(NOW - dt.timedelta(days=days), NOW - dt.timedelta(days=until), **more)


def changes(days: float, **more: Any) -> Window:
    return Window(NOW - dt.timedelta(days=days), None, **more)


def present(found: list[Any]) -> Present:
    (only,) = [batch for batch in found if isinstance(batch, Present)]
    return only


@pytest.fixture
def shop() -> service.Shop:
    return service.small_shop(NOW)


def busy(second: str, many: int) -> service.Shop:
    """Return a shop whose orders were all changed in one second, as a tool does it."""
    shop = service.Shop()
    for number in range(1, many + 1):
        at = NOW - dt.timedelta(days=30, minutes=number)
        shop.orders[number] = service.order_row(number, at, date_modified_gmt=second)
    return shop


# ------------------------------------------------------------------ reading on


def test_2b4_more_than_a_page_changed_within_one_second_is_read_whole():
    shop = busy("2026-11-20T10:00:00", 250)
    shop.orders[251] = service.order_row(251, NOW - dt.timedelta(hours=1))
    found = whole(shop, changes(5))
    assert len(found["sales_order"]) == 251
    asked = [params for path, params in shop.calls if path == "/orders"]
    assert all(params["dates_are_gmt"] == "true" for params in asked if "after" in params)
    pages = [int(p["page"]) for p in asked if p.get("modified_after", "") > "2026-11-20"]
    assert max(pages) <= 3


def test_2b4_an_order_that_leaves_the_second_while_it_is_read_loses_no_other():
    shop = busy("2026-11-20T10:00:00", 250)
    shop.orders[300] = service.order_row(300, NOW - dt.timedelta(hours=1))
    real, seen = shop.answer, []

    def shifting(path: str, params: Mapping[str, str]) -> service.Answer:
        if params.get("page") == "2" and not seen:
            seen.append(1)
            shop.touch(5, NOW - dt.timedelta(minutes=1))
        return real(path, params)

    shop.answer = shifting  # type: ignore[method-assign]
    assert len(whole(shop, changes(5))["sales_order"]) == 251


def test_2b4_bounds_are_exclusive_so_a_second_less_is_asked_for(shop):
    at = service.moment(shop.orders[110]["date_modified_gmt"])
    assert "110" in whole(shop, Window(at, None))["sales_order"]
    assert "110" in whole(shop, Window(at, at + dt.timedelta(seconds=1)))["sales_order"]
    before = whole(shop, Window(at - dt.timedelta(days=1), at))["sales_order"]
    assert "110" not in before


def test_2b5_an_order_changed_while_pages_are_read_hides_no_other(shop):
    real, done = shop.answer, []

    def drifting(path: str, params: Mapping[str, str]) -> service.Answer:
        answer = real(path, params)
        if path == "/orders" and params.get("status") == "any" and not done:
            done.append(1)
            shop.touch(139, NOW - dt.timedelta(seconds=5), status="refunded")
        return answer

    shop.answer = drifting  # type: ignore[method-assign]
    found = whole(shop, changes(300), page_size=5)["sales_order"]
    assert len(found) == len(shop.orders)
    assert found["139"]["status"] == "refunded"


def test_2b5_what_is_saved_late_with_an_older_second_is_found_by_the_overlap(shop):
    real, done = shop.answer, []
    late = service.order_row(900, NOW - dt.timedelta(minutes=30, seconds=20))

    def slow(path: str, params: Mapping[str, str]) -> service.Answer:
        answer = real(path, params)
        if params.get("status") == "any" and not done:
            done.append(1)
            shop.orders[900] = late
        return answer

    shop.answer = slow  # type: ignore[method-assign]
    assert "900" in whole(shop, changes(1))["sales_order"]


def test_2b3_totals_are_those_of_the_first_page(shop):
    status, headers, body = shop.answer("/orders", {"page": "99", "per_page": "10"})
    assert (status, headers["X-WP-Total"], body) == (200, "0", [])
    assert len(whole(shop, stretch(300))["sales_order"]) == len(shop.orders)


def test_2b2_trash_and_drafts_are_asked_for_on_their_own(shop):
    found = whole(shop, stretch(300))["sales_order"]
    assert found["103"]["status"] == "trash"
    assert found["103"]["deleted_at"] == found["103"]["updated_at"]
    assert found["104"]["status"] == "checkout-draft"
    asked = {p.get("status") for path, p in shop.calls if path == "/orders"}
    assert asked == {"any", "trash", "checkout-draft"}


def test_plugins_may_write_numbers_for_texts_and_objects_for_lists(shop):
    codes = [{"code": 2026}, {"code": "lato"}]
    shop.orders[101] |= {
        "meta_data": [{"id": 1, "key": 5, "value": "x"}], "total": "10.00005",
        "coupon_lines": dict(zip(("0", "2"), codes, strict=True)),
    }  # fmt: skip
    found = whole(shop, stretch(300))["sales_order"]["101"]
    assert found["coupon_codes"] == ["2026", "lato"]
    assert found["gross_total"] == Decimal("10.0001"), "as the landing rounds texts"


def test_only_the_trash_is_deleted():
    order = Order(id=1, status="", currency="PLN", date_modified_gmt="2026-11-01T10:00:00")
    done = Mapper(Ways({}, {}, {}), "_", {}).map([order], {}, {})
    assert done.orders["deleted_at"].to_list() == [None]


def test_2b1_a_trashed_order_comes_with_the_changes_and_a_restored_one_lives(shop):
    shop.trash(120, NOW - dt.timedelta(minutes=2))
    assert whole(shop, changes(1))["sales_order"]["120"]["deleted_at"]
    shop.touch(120, NOW - dt.timedelta(minutes=1), status="completed")
    assert whole(shop, changes(1))["sales_order"]["120"]["deleted_at"] is None


def test_2b1_a_deleted_order_is_missing_from_those_present_on_every_run(shop):
    del shop.orders[122]
    found = present(batches(shop, "sales_order", changes(1, thorough=False)))
    assert found.first is None
    assert set(found.ids) == {str(number) for number in shop.orders}


def test_2b1_a_deleted_refund_goes_and_its_order_is_read_anew(shop):
    found = batches(shop, "refund", stretch(90))
    mark = [batch for batch in found if isinstance(batch, Mark)][-1]
    assert mark.lasting
    shop.delete_refund(901)
    found = batches(shop, "refund", changes(1, thorough=False, mark=mark.text))
    assert set(present(found).ids) == {"902", "903"}
    (order,) = [row for b in found if isinstance(b, Frame) and b.table == "sales_order"
                for row in rows_of(b)]  # fmt: skip
    assert (order["order_id"], order["refunded_total"]) == ("101", 0)
    lines = [row for b in found if isinstance(b, Frame) and b.table == "order_line"
             for row in rows_of(b)]  # fmt: skip
    assert sum(row["refunded_quantity"] for row in lines) == 0


def test_more_orders_than_every_run_can_list_are_listed_from_a_day_on():
    shop = service.Shop()
    plain = {"status": "completed"}
    for number in range(AFFORDABLE + 50):
        at = service.gmt(NOW - dt.timedelta(minutes=number))
        shop.orders[number] = {"id": number, **plain, "date_created_gmt": at}
    shop.order = lambda order: order  # type: ignore[method-assign]
    some = listed(Direct(shop), "/orders", "", False, 100, ("any",))
    assert some.first == NOW - dt.timedelta(minutes=AFFORDABLE - 1)
    assert len(some.ids) == AFFORDABLE
    every = listed(Direct(shop), "/orders", "", True, 100, ("any",))
    assert (every.first, len(every.ids)) == (None, AFFORDABLE + 50)


def test_a_server_that_passes_over_modified_after_is_read_whole_and_told_of(shop):
    wanted = whole(shop, changes(60))["sales_order"]
    real = shop.answer
    shop.answer = lambda path, params: real(  # type: ignore[method-assign]
        path, {k: v for k, v in params.items() if k not in ("modified_after", "after")}
    )
    assert whole(shop, changes(60), page_size=10)["sales_order"] == wanted
    assert len(wanted) < len(shop.orders)
    flags = [b for b in batches(shop, "sales_order", changes(60)) if isinstance(b, Flag)]
    assert flags[-1].flag == "bounds_passed_over"
    said = list(woocommerce.check(options(), Direct(shop)))
    assert "passes over modified_after" in said[0].found
    assert "update WooCommerce" in said[0].fix


def test_a_core_too_old_to_sort_by_change_is_refused_with_the_reason(shop):
    shop.knows_modified = False
    with pytest.raises(JourneyError) as caught:
        batches(shop, "sales_order", changes(1))
    assert "does not accept orderby" in caught.value.problems[0].found
    assert "5.8" in caught.value.problems[0].expected


def test_a_server_that_does_not_sort_is_read_by_page_numbers(shop):
    shop.sorts = False
    assert len(whole(shop, stretch(300), page_size=7)["sales_order"]) == len(shop.orders)


@pytest.mark.parametrize("table", ["sales_order", "customer", "feedback"])
def test_a_read_goes_on_from_every_mark_and_loses_nothing(shop, table, monkeypatch):
    monkeypatch.setattr(gathered, "TOGETHER", 1)  # a mark after every page
    for since in (stretch(300), changes(300)):
        every = batches(shop, table, since, page_size=6)
        wanted = {r[KEYS[table]] for b in every if is_own(b) for r in rows_of(b)}
        for cut in [n for n, batch in enumerate(every) if isinstance(batch, Mark)]:
            more = Window(since.first, since.before, every[cut].text)
            rest = batches(shop, table, more, page_size=6)
            kept = {r[KEYS[table]] for b in every[:cut] + rest if is_own(b)
                    for r in rows_of(b)}  # fmt: skip
            assert kept == wanted


def test_what_came_before_a_page_that_fails_is_given_out_with_its_mark(shop):
    real = shop.answer

    def failing(path: str, params: Mapping[str, str]) -> service.Answer:
        if path == "/orders" and params.get("status") == "any" and len(shop.calls) > 8:
            return service.refused(500, "internal_server_error", "Too large.")
        return real(path, params)

    shop.answer = failing  # type: ignore[method-assign]
    found = []
    with pytest.raises(JourneyError):
        given = woocommerce.read(
            "sales_order", stretch(300), options(page_size=6), Direct(shop)  # type: ignore[arg-type]
        )  # fmt: skip
        with Maker("shop") as maker:
            found.extend(maker.batches(given))
    assert isinstance(found[-1], Mark) and found[-1].text.startswith("any ")
    kept = {row["order_id"] for batch in found if is_own(batch) for row in rows_of(batch)}
    shop.answer = real  # type: ignore[method-assign]
    rest = whole(shop, stretch(300, mark=found[-1].text), page_size=6)["sales_order"]
    assert 6 < len(kept) < len(shop.orders)
    assert kept | rest.keys() == {str(number) for number in shop.orders}


@pytest.mark.parametrize("lists_refunds", [True, False])
def test_what_came_before_a_refund_that_fails_is_given_out_with_its_mark(
    shop, lists_refunds
):
    """Not the whole of the pages that were gathered; what is known is not asked again."""
    real, shop.lists_refunds = shop.answer, lists_refunds
    path, id = ("/refunds", "902") if lists_refunds else ("/orders/108/refunds", "")

    def failing(asked: str, params: Mapping[str, str]) -> service.Answer:
        if asked == path and id in params.get("include", ""):
            return service.refused(500, "internal_server_error", "Too large.")
        return real(asked, params)

    shop.answer = failing  # type: ignore[method-assign]
    found: list[Any] = []
    given = woocommerce.read(
        "sales_order", stretch(300), options(page_size=6), Direct(shop)  # type: ignore[arg-type]
    )  # fmt: skip
    with pytest.raises(JourneyError), Maker("shop") as maker:
        found.extend(maker.batches(given))
    kept = {row["order_id"] for batch in found if is_own(batch) for row in rows_of(batch)}
    back = [row for b in found if getattr(b, "table", "") == "refund" for row in rows_of(b)]
    assert isinstance(found[-1], Mark) and len(kept) > 12 and "108" not in kept
    assert [row["refund_id"] for row in back] == ["903"]
    assert [asked for asked, _ in shop.calls].count("/orders/130/refunds") < 2
    shop.answer = real  # type: ignore[method-assign]
    rest = whole(shop, stretch(300, mark=found[-1].text), page_size=6)["sales_order"]
    assert kept | rest.keys() == {str(number) for number in shop.orders}


@pytest.mark.parametrize(("lists_refunds", "calls", "runs"), [(True, 9, 3), (False, 12, 9)])
def test_every_run_gets_on_where_the_shop_soon_wants_no_more_calls(
    shop, lists_refunds, calls, runs
):
    refund_each_order(shop)
    shop.lists_refunds, real, mark = lists_refunds, shop.answer, None

    def tired(path: str, params: Mapping[str, str]) -> service.Answer:
        if len(shop.calls) >= calls:
            raise Pause(Problem("", "", "", ""))
        return real(path, params)

    shop.answer = tired  # type: ignore[method-assign]
    ended = False
    for _ in range(runs):
        shop.calls.clear()
        since = stretch(300, mark=mark)
        with contextlib.suppress(Pause):
            for batch in woocommerce.read(
                "sales_order", since, options(page_size=6), Direct(shop)  # type: ignore[arg-type]
            ):  # fmt: skip
                mark = batch.text if isinstance(batch, Mark) else mark
            ended = True
    assert ended


def test_few_orders_are_gathered_where_answers_are_large(shop, monkeypatch):
    monkeypatch.setattr(gathered, "LARGEST", 1)
    found = batches(shop, "sales_order", stretch(300), page_size=6)
    own = [len(rows_of(batch)) for batch in found if is_own(batch)]
    assert max(own) == 6 < sum(own)


def test_an_order_is_told_apart_from_a_thing_that_only_looks_like_it(shop):
    """True is 1 in Python, and the texts of numbers are the numbers."""
    head = {"status": "completed", "currency": "PLN", "date_modified_gmt": None}
    body = [{"id": 1} | head, {"id": True} | head, {"id": "2"} | head, {"id": 2} | head]
    named, mapper = gathered.Named({}, {}), Mapper(Ways({}, {}, {}), "_", {})
    every = [{"1", "True", "2"}]
    answer = gathered.Gathered([json.dumps(body).encode()], every, named, mapper)
    found = list(answer.batches())
    assert [row["order_id"] for b in found if is_own(b) for row in rows_of(b)] == ["1", "2"]
    assert [b.named for b in found if isinstance(b, Unreadable)] == ["id True"]


def test_an_order_that_cannot_be_read_is_told_by_its_id_and_the_rest_of_its_page_lands(
    shop,
):
    shop.orders[110]["line_items"] = "lost"
    shop.orders[112]["total"] = "12,50 EUR"
    del shop.orders[114]["currency"]
    shop.orders[116]["discount_total"] = False
    shop.orders[118] |= {
        "billing": [],
        "coupon_lines": None,
        "number": 118,
        "total": 140.22,
    }
    shop.orders[120]["meta_data"].append({"id": 9, "key": "_plugin", "value": {"a": [1]}})
    found = batches(shop, "sales_order", stretch(300))
    told = {b.named: b.why for b in found if isinstance(b, Unreadable)}
    assert told == {
        "id 110": "a value that the vendor does not describe (line_items)",
        "id 112": "a value that the vendor does not describe (InvalidOperation)",
        "id 114": "it has no currency",
    }  # fmt: skip
    landed = {row["order_id"]: row for b in found if is_own(b) for row in rows_of(b)}
    assert len(landed) == len(shop.orders) - 3
    assert landed["116"]["discount_total"] == Decimal("2.30")
    assert (landed["118"]["email"], landed["118"]["order_name"]) == (None, "118")
    assert landed["118"]["gross_total"] == Decimal("140.22")


def test_rows_that_are_made_in_another_process_are_the_same(shop, monkeypatch):
    shop.orders[110]["line_items"] = "lost"
    del shop.orders[114]["currency"]
    here, beside = [], []
    for found, holds_up in ((here, 1e9), (beside, -1.0)):
        for share in ("PAYS", "HOLDS_UP"):
            monkeypatch.setattr(maker, share, holds_up)
        found += batches(shop, "sales_order", stretch(300))
    assert [type(b) for b in here] == [type(b) for b in beside]
    assert [b for b in here if isinstance(b, Unreadable | Mark)] == [
        b for b in beside if isinstance(b, Unreadable | Mark)
    ]
    assert [rows_of(b) for b in here if isinstance(b, Rows | Frame)] == [
        rows_of(b) for b in beside if isinstance(b, Rows | Frame)
    ]


def test_what_is_trashed_after_a_read_of_changes_was_cut_off_is_not_missed(shop):
    every = batches(shop, "sales_order", changes(300), page_size=6)
    marks = [batch.text for batch in every if isinstance(batch, Mark)]
    cut = next(mark for mark in marks if mark.startswith("any"))
    shop.trash(139, NOW - dt.timedelta(minutes=1))
    rest = whole(shop, changes(300, mark=cut), page_size=6)["sales_order"]
    assert rest["139"]["deleted_at"]


def test_stretches_of_creation_meet_without_gap_or_double(shop):
    parts = [whole(shop, stretch(a, b, newest=b == 0))["sales_order"]
             for a, b in ((90, 0), (180, 90), (300, 180))]  # fmt: skip
    names = [name for part in parts for name in part]
    assert sorted(names) == sorted(str(number) for number in shop.orders)


def test_2b6_the_hour_that_comes_twice_is_found_by_gmt():
    shop = service.Shop()
    at = dt.datetime(2025, 10, 26, 0, 30, tzinfo=dt.UTC)
    shop.orders[90] = service.order_row(90, at)
    found = whole(shop, Window(at, at + dt.timedelta(hours=1)))["sales_order"]
    assert found["90"]["placed_at"] == "2025-10-26T00:30:00Z"


# ----------------------------------------------------------------- what it means


def test_2b8_refunds_are_positive_and_split_by_lines_or_else_as_the_order(shop):
    found = whole(shop, stretch(300))
    lines, amount = found["refund"]["901"], found["refund"]["902"]
    assert (lines["amount"], lines["tax"], lines["line_id"]) == ("73.80", "13.8000", "1010")
    share = Decimal("26.22") / Decimal("140.22")
    assert amount["tax"] == str((5 * share).quantize(Decimal("0.0001")))
    assert found["sales_order"]["101"]["refunded_total"] == Decimal("73.80")
    assert found["sales_order"]["101"]["financial_status"] == "partially_refunded"
    assert found["order_line"]["1010"]["refunded_quantity"] == 1
    assert found["order_line"]["1080"]["refunded_quantity"] is None, "no line was named"
    assert found["order_line"]["1100"]["refunded_quantity"] == 0


def refund_each_order(shop: service.Shop) -> None:
    for number, row in shop.orders.items():
        at = service.moment(row["date_created_gmt"])
        shop.refunds[1000 + number] = service.refund_row(1000 + number, row, at, "1.00")


def test_2b9_refunds_come_for_many_orders_at_once(shop):
    whole(shop, stretch(300))
    assert not any(
        path.endswith("/refunds") and path != "/refunds" for path, _ in shop.calls
    )
    shop.calls.clear()
    refund_each_order(shop)
    found = batches(shop, "sales_order", stretch(300), page_size=2)
    asked = [path for path, _ in shop.calls]
    assert 1 < asked.count("/refunds") < asked.count("/orders") / 2
    assert any(isinstance(b, Rows) and b.table == "refund" for b in found)


def test_2b7_the_reports_of_the_shop_are_never_asked(shop):
    whole(shop, stretch(300))
    whole(shop, changes(300))
    list(woocommerce.check(options(), Direct(shop)))
    assert {path.split("/")[1] for path, _ in shop.calls} == {
        "orders", "refunds", "customers", "products",
    }  # fmt: skip


def test_2b8_a_shop_older_than_woocommerce_9_lists_refunds_by_order(shop):
    wanted = whole(shop, stretch(300))["refund"]
    shop.lists_refunds = False
    assert whole(shop, stretch(300))["refund"] == wanted
    mark = [b for b in batches(shop, "refund", stretch(90)) if isinstance(b, Mark)][-1]
    shop.delete_refund(902)
    found = batches(shop, "refund", changes(1, mark=mark.text))
    assert set(present(found).ids) == {"901", "903"}


def test_a_server_that_passes_over_include_still_gives_every_refund_and_product(shop):
    wanted = whole(shop, stretch(300))
    shop.obeys_include = False
    found = whole(shop, stretch(300))
    assert found["refund"] == wanted["refund"]
    assert found["order_line"] == wanted["order_line"]


def test_2b10_lines_make_up_the_order_and_a_fee_is_a_line_of_no_pieces(shop):
    found = whole(shop, stretch(300))
    lines = [row for row in found["order_line"].values() if row["order_id"] == "110"]
    gross = sum(
        Decimal(r["unit_price"]) * r["quantity"] - Decimal(r["discount"]) for r in lines
    )
    order = found["sales_order"]["110"]
    tax_of_shipping = Decimal(order["tax_total"]) - sum(Decimal(r["tax"]) for r in lines)
    made_up = gross + Decimal(order["shipping_total"]) + tax_of_shipping
    assert abs(made_up - Decimal(order["gross_total"])) < Decimal("0.001")
    assert sum(row["quantity"] for row in lines) == 4
    assert order["discount_total"] == Decimal("12.30")
    assert lines[0]["category"] == "Coffee" and lines[0]["brand"] == "Palarnia"
    assert lines[0]["unit_cost"] == Decimal("21.5")
    assert lines[-1]["unit_cost"] == 0, "a fee costs no goods"


def test_2b11_a_removed_product_and_a_cost_of_the_day_of_sale(shop):
    order = shop.orders[100]
    order["line_items"][0] |= {"product_id": 0, "sku": None}
    order["line_items"][1] |= {"cost_of_goods_sold": {"total_value": 30.0}}
    found = whole(shop, stretch(5))["order_line"]
    assert (found["1000"]["product_id"], found["1000"]["sku"]) == (None, None)
    assert found["1001"]["unit_cost"] == Decimal("10.0000")


def test_2b12_erased_people_are_nobody_and_an_admin_who_buys_is_staff(shop):
    shop.orders[100]["billing"] |= {"email": "deleted@site.invalid", "phone": "+48 600"}
    shop.orders[101]["meta_data"].append({"id": 1, "key": "_anonymized", "value": "yes"})
    shop.orders[102] |= {"customer_id": 0, "billing": {"email": "", "phone": ""}}
    found = whole(shop, stretch(300))
    for number in ("100", "101", "102"):
        row = found["sales_order"][number]
        assert (row["email"], row["phone"], row["customer_id"]) == (None, None, None)
    assert found["customer"]["1"]["is_staff"] is True
    assert found["customer"]["12"]["is_staff"] is False


def test_2b13_hashes_keys_addresses_and_texts_end_in_the_connector(shop):
    told = json.dumps(whole(shop, stretch(300)), default=str)
    for text in (
        *service.NAMES, service.STREET, service.TEXT, service.ORDER_KEY, "gravatar",
        service.ADDRESS_OF_MACHINE, "Pixel", "83f1535f99ab",
    ):  # fmt: skip
        assert text not in told
    asked = {p.get("_fields", "") for path, p in shop.calls}
    assert not any("order_key" in names or "payment_url" in names for names in asked)


def test_2b14_accounts_are_read_whole_and_deleted_ones_are_missed(shop):
    del shop.customers[20]
    found = batches(shop, "customer", changes(1, thorough=False))
    assert "20" not in present(found).ids
    assert len(present(found).ids) == 25
    assert all(params.get("role") == "all" for path, params in shop.calls)


def test_2b14_a_list_that_shrinks_while_it_is_read_deletes_nobody(shop):
    real, done = shop.answer, []

    def shrinking(path: str, params: Mapping[str, str]) -> service.Answer:
        if params.get("page") == "2" and not done:
            done.append(1)
            del shop.customers[10]
        return real(path, params)

    shop.answer = shrinking  # type: ignore[method-assign]
    found = batches(shop, "customer", changes(1), page_size=10)
    left = {str(number) for number in shop.customers}
    assert not any(isinstance(b, Present) and not left <= set(b.ids) for b in found)


@pytest.mark.parametrize(
    ("agent", "told", "device"),
    [
        (service.AGENTS[0], "Mobile", "mobile"),
        (service.AGENTS[1], "Mobile", "tablet"),
        (service.AGENTS[2], "Desktop", "desktop"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X710) Chrome/131.0 Safari/537.36", "Mobile",
         "tablet"),
        ("[deleted]", "Mobile", "mobile"),
        ("wc-ios/21.1", "", None),
    ],
)  # fmt: skip
def test_2b15_a_tablet_is_told_by_the_browser_and_not_by_the_shop(agent, told, device):
    assert device_of(agent, told) == device


@pytest.mark.parametrize(
    ("notes", "wanted"),
    [
        ({"source_type": "utm", "utm_source": "Facebook", "utm_medium": "CPC ",
          "utm_campaign": "{campaign.name}"}, (None, "facebook", "cpc", None)),
        ({"source_type": "typein", "utm_source": "(direct)"},
         ("Direct", "(direct)", "(none)", None)),
        ({"source_type": "mobile_app"}, ("Mobile app", None, None, None)),
        ({"source_type": "admin"}, ("Typed in by staff", None, None, None)),
        ({"source_type": "referral", "utm_source": "secure.przelewy24.pl"},
         (None, None, None, None)),
        ({"source_type": "organic", "utm_source": "google"},
         (None, "google", "organic", None)),
        ({"source_type": "utm", "utm_source": "(none)", "utm_campaign": " Spring "},
         (None, None, None, "Spring")),
    ],
)  # fmt: skip
def test_2b15_attribution_is_cleaned_and_has_channels_of_its_own(notes, wanted):
    found = origin_of(notes)
    assert (
        tuple(found[name] for name in ("channel", "source", "medium", "campaign")) == wanted
    )


def test_2b15_a_first_visit_is_known_only_where_it_was_the_only_one(shop):
    found = whole(shop, stretch(300))["sales_order"].values()
    only = [row for row in found if row["touchpoints"] == 1]
    assert only and all(row["first_source"] == "facebook" for row in only)
    others = [row for row in found if row["touchpoints"] != 1]
    assert others and all(row["first_source"] is None for row in others)


def test_a_count_of_visits_without_end_counts_none(shop):
    for meta in shop.orders[100]["meta_data"]:
        if meta["key"].endswith("session_count"):
            meta["value"] = "9" * 25
    found = whole(shop, stretch(3))["sales_order"]
    assert found["100"]["touchpoints"] is None


def test_numbers_of_refunds_may_be_texts_beside_numbers(shop):
    shop.orders[100]["refunds"] = [{"id": "8", "total": "-1.00"}, {"id": 7, "total": "-2"}]
    shop.order = lambda order: order  # type: ignore[method-assign]
    found = whole(shop, stretch(3))["sales_order"]
    assert found["100"]["refunded_total"] == 3


def test_the_prefix_of_the_attribution_can_be_another(shop):
    order = shop.orders[100]
    for meta in order["meta_data"]:
        meta["key"] = meta["key"].replace("_wc_order_attribution_", "_origin_")
    assert whole(shop, stretch(3))["sales_order"]["100"]["last_source"] is None
    found = whole(shop, stretch(3), attribution_prefix="_origin_")["sales_order"]
    assert found["100"]["last_source"] == "facebook"


@pytest.mark.parametrize(
    ("gateway", "title", "word"),
    [
        ("cod", "Za pobraniem", "cash_on_delivery"), ("blik", "BLIK", "blik"),
        ("przelewy24", "Przelewy24", "przelewy24"),
        ("p24-online-payments", "", "przelewy24"),
        ("payu", "PayU", "payu"), ("payustandard", "BLIK", "blik"), ("stripe", "", "card"),
        ("stripe_klarna", "", "klarna"), ("stripe_p24", "", "przelewy24"),
        ("bacs", "Przelew", "transfer"), ("ppcp-gateway", "PayPal", "paypal"),
        ("woocommerce_payments", "", "card"), ("gate_x", "Gate X", "gate_x"),
        ("", "", None),
        ("tpayblik", "", "blik"), ("cod", "Gotówka lub BLIK", "cash_on_delivery"),
    ],
)  # fmt: skip
def test_ways_to_pay_are_known_by_the_gateway(gateway, title, word):
    assert Ways({}, {}, {}).paid(gateway, title) == word
    assert Ways({}, {gateway: "card"}, {}).paid(gateway, title) == (
        "card" if gateway else None
    )


@pytest.mark.parametrize(
    ("method", "title", "word"),
    [
        ("flat_rate", "Paczkomat InPost", "locker"), ("flat_rate", "Kurier DPD", "courier"),
        ("easypack_parcel_machines_cod", "InPost", "locker"),
        ("easypack_shipping_courier", "InPost Kurier", "courier"),
        ("local_pickup", "Odbiór osobisty", "pickup"), 
        ("flat_rate", "DPD Pickup", "pickup"),
        ("flat_rate", "Orlen Paczka", "locker"), 
        ("free_shipping", "Darmowa dostawa", "other"),
        ("pickup_location", "Sklep", "pickup"), ("flat_rate", "Zásilkovna", "pickup"),
    ],
)  # fmt: skip
def test_ways_of_delivery_are_known_by_title_and_method(method, title, word):
    line = {"method_id": method, "method_title": title, "instance_id": "4"}
    assert Ways({}, {}, {}).sent([line]) == word
    assert Ways({}, {}, {f"{method}:4": "other"}).sent([line]) == "other"
    assert Ways({}, {}, {}).sent([]) is None


def test_sales_channels_are_read_from_meta_then_status_then_origin():
    ways = Ways(
        {"rest-api": "own_shop", "meta:_allegro_id": "marketplace",
         "status:wholesale": "b2b", "meta:kind=counter": "store"}, {}, {},
    )  # fmt: skip
    assert ways.sold("rest-api", "completed", {}, False) == "own_shop"
    assert ways.sold("rest-api", "wholesale", {}, False) == "b2b"
    assert ways.sold("checkout", "wholesale", {"_allegro_id": "7"}, True) == "marketplace"
    assert ways.sold("checkout", "completed", {"kind": "counter"}, True) == "store"
    usual = Ways({}, {}, {})
    for via, channel in (
        ("checkout", "own_shop"), ("store-api", "own_shop"), ("admin", "phone"),
        ("rest-api", "marketplace"), ("baselinker_allegro", "marketplace"),
        ("cartflows", "own_shop"),
    ):  # fmt: skip
        assert usual.sold(via, "completed", {}, False) == channel
    assert usual.sold("rest-api", "completed", {}, True) == "own_shop"


def test_2b20_replies_are_no_ratings_and_texts_become_lengths(shop):
    found = whole(shop, stretch(300))["feedback"]
    assert "715" not in found and len(found) == 15
    row = found["700"]
    assert (row["scale_min"], row["scale_max"], row["published"]) == (1, 5, True)
    assert row["comment_chars"] == len(service.TEXT)
    shop.reviews[700]["rating"] = 5
    assert whole(shop, changes(1))["feedback"]["700"]["score"] == 5, "read whole again"
    assert all(p.get("status") == "all" for path, p in shop.calls if "reviews" in path)


def test_delivery_dates_come_from_the_meta_of_a_plugin_or_are_said_to_be_missing(shop):
    for key, value in (
        ("_ready", "2026-11-20 18:30"), ("_sent", "1763575200"), ("_due", "21.11.2026"),
        ("_by", "InPost"), ("_no", "soon"),
    ):  # fmt: skip
        shop.orders[100]["meta_data"].append({"id": 1, "key": key, "value": value})
    named = {"ready_for_pickup_at": "_ready", "shipped_at": "_sent", "promised_at": "_due",
             "carrier": "_by", "delivered_at": "_no"}  # fmt: skip
    found = whole(shop, stretch(3), delivery_meta=named)["fulfillment"]["100"]
    assert found["ready_for_pickup_at"] == "2026-11-20T17:30:00+00:00", "the shop's zone"
    assert found["shipped_at"] == "2025-11-19T18:00:00+00:00"
    assert found["promised_at"] == "2026-11-20T23:00:00+00:00"
    assert found["carrier"] == "InPost" and "delivered_at" not in found
    (said,) = batches(shop, "fulfillment", stretch(3))
    assert isinstance(said, Flag) and said.flag == "not_available"
    assert told_moment("", shop.orders[100]) is None


def test_an_empty_order_pays_nothing_and_is_sent_nowhere(shop):
    shop.orders[100] |= {"total": "0.00", "payment_method": "", "shipping_lines": []}
    row = whole(shop, stretch(3))["sales_order"]["100"]
    assert (row["payment_method"], row["delivery_method"]) == (None, None)
    refund = {"id": 1, "amount": "0.00", "date_created_gmt": "2026-11-20T10:00:00"}
    assert refund_of(convert(shop.orders[100], Order), refund)["tax"] == "0.0000"


# -------------------------------------------------------------------- refusals


def said(status: int, body: Any = None, text: str = "", **headers: str) -> Problem:
    kind = "not json" if text and status in (200, 403, 404) else "status"
    found = woocommerce.explain(Failure(kind, "/orders", status, headers, body, text))  # type: ignore[arg-type]
    assert found is not None
    return found


def refusal(code: str, message: str, data: Any = None) -> dict[str, Any]:
    return {"code": code, "message": message, "data": data}


AUTH = "woocommerce_rest_authentication_error"


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, refusal("woocommerce_rest_cannot_view", "Sorry, you cannot list resources."),
         "Authorization header"),
        (403, refusal("woocommerce_rest_cannot_view", "Sorry, you cannot list resources."),
         "shop manager"),
        (401, refusal(AUTH, "Consumer secret is invalid."), "copy both anew"),
        (401, refusal(AUTH, "The API key provided does not have read permissions."),
         "Permissions of the key to Read"),
        (401, refusal(AUTH, "Invalid timestamp."), "set the clock"),
        (401, refusal(AUTH, "Invalid nonce - nonce has already been used."), "signature"),
        (404, refusal("rest_no_route", "No route was found."), "activate WooCommerce"),
        (400, refusal("rest_invalid_param", "x", {"params": {"orderby": "no"}}), "5.8"),
        (500, refusal("internal_server_error", "Too large.", 500), "page_size"),
        (401, None, "firewall"),
    ],
)  # fmt: skip
def test_2b16_every_refusal_says_what_to_do(status, body, words):
    problem = said(status, body)
    assert words in f"{problem.found} {problem.expected} {problem.fix}"
    assert all((problem.where, problem.found, problem.expected, problem.fix))


@pytest.mark.parametrize(
    ("status", "text", "words"),
    [
        (
            404,
            "<!DOCTYPE html><title>Page not found</title>",
            "Permalinks: anything but Plain",
        ),
        (200, "<html><title>My shop</title>", "Permalinks: anything but Plain"),
        (403, "<html><title>Access denied</title>", "firewall"),
        (200, "<html><title>Just a moment...</title>", "firewall"),
        (503, "<html><title>Maintenance</title>", "firewall"),
    ],
)
def test_plain_permalinks_and_firewalls_are_told_apart(status, text, words):
    assert words in said(status, None, text).fix


def test_2b17_clocks_that_differ_are_told_by_how_much():
    behind = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    date = behind.strftime("%a, %d %b %Y %H:%M:%S GMT")
    problem = said(401, refusal(AUTH, "Nieprawidłowy znacznik czasu."), date=date)
    assert "differ by 60 minutes" in problem.found


def test_2b18_no_link_header_is_followed_and_no_secret_is_said(shop):
    whole(shop, stretch(300))
    assert all("http" not in path for path, _ in shop.calls)
    told = said(401, refusal(AUTH, f"Key {service.KEY} of {service.ADDRESSES[0]} is wrong"))
    assert service.KEY not in told.found and service.ADDRESSES[0] not in told.found


def test_the_doctor_says_what_would_go_wrong(shop):
    assert list(woocommerce.check(options(), Direct(shop))) == []
    shop.orders.clear()
    (problem,) = woocommerce.check(options(), Direct(shop))
    assert problem.found == "the shop has no orders"


def test_https_takes_user_and_password_and_http_is_signed():
    assert woocommerce.access(options()).basic == ("ck_12345678", "cs_12345678")
    plain = woocommerce.access(options(url="http://shop.example/pl/wp-json/wc/v3/"))
    assert plain.basic is None and plain.oauth1 == ("ck_12345678", "cs_12345678")
    assert plain.url == "http://shop.example/pl/wp-json/wc/v3"


def test_every_wrong_setting_is_told_at_once():
    wrong = options(
        url="shop.example", sales_channels={"admin": "telephone"}, page_size=500,
        delivery_methods={"dpd": "couriers"}, delivery_meta={"deliverd_at": "_x"},
    )  # fmt: skip
    with pytest.raises(JourneyError) as caught:
        woocommerce.access(wrong)
    assert len(caught.value.problems) == 5
    assert "courier" in "".join(p.expected for p in caught.value.problems)


def test_a_list_that_is_no_list_is_an_error():
    class Odd:
        def get(self, *given: Any, **more: Any) -> Reply:
            return Reply(200, {}, {"code": "strange", "body": []})

    with pytest.raises(JourneyError, match="no list"):
        list(Walk(Odd(), "/orders", Order, "date", "2026-01-01T00:00:00").pages())  # type: ignore[arg-type]


class Pages:
    """Answers the pages of a list one after another, whatever is asked for."""

    def __init__(self, *pages: list[dict[str, Any]]) -> None:
        self.pages = list(pages)

    def get(self, path: str, *given: Any, of: type | None = None) -> Reply:
        page = self.pages.pop(0) if self.pages else []
        told = {"x-wp-totalpages": str(len(self.pages) + 1)}
        return Reply(200, told, *read_as(page, of))


@pytest.mark.parametrize(
    "date", ["2026-13-01T10:00:00", "-0001-11-30T00:00:00", "0000-00-00T00:00:00", "soon"]
)
def test_a_date_that_is_none_does_not_end_a_list(date):
    rows = [
        {"id": 1, "date_created_gmt": "2026-02-01T10:00:00"},
        {"id": 2, "date_created_gmt": date},
        {"id": 3, "date_created_gmt": "2026-02-03T10:00:00"},
        {"id": 4, "date_created_gmt": "2026-02-04T10:00:00"},
    ]
    rows = [row | {"status": "completed", "currency": "PLN"} for row in rows]
    walk = Walk(Pages(rows[:2], rows[2:]), "/orders", Order, "date",  # type: ignore[arg-type]
                "2026-01-01T00:00:00", size=2)  # fmt: skip
    found = [thing.id for page, _ in walk.pages() for thing in page.things]
    assert found == [1, 2, 3, 4] and walk.obeys


def test_a_thing_that_is_odd_is_still_there():
    row = {"id": 7, "date_created_gmt": "2026-02-01T10:00:00", "parent_id": ["x"]}
    told = listed(Pages([row]), "/refunds", "parent_id", True)  # type: ignore[arg-type]
    assert told.ids == ["7"]


# ------------------------------------------------------------------- in the landing


class Day:
    """A landing that is synced day after day, over the connector's real calls."""

    def __init__(self, shop: service.Shop, home: Path) -> None:
        self.shop, self.home = shop, Home(home)
        self.connection = duckdb.connect()
        self.connection.execute("set global timezone = 'UTC'").fetchall()
        landing.create(self.connection)

    def sync(self, at: dt.datetime) -> None:
        run = Run(self.connection, self.home, "shop", "woocommerce",
                  Hasher(b"k" * 32, "PL"), at)  # fmt: skip
        since = options(since=(NOW - dt.timedelta(days=80)).date())
        pull = Pull(run, Source("shop", "woocommerce"), woocommerce, since,  # type: ignore[arg-type]
                    Direct(self.shop))  # type: ignore[arg-type]  # fmt: skip
        pull.newest()
        assert pull.problems == []
        run.finish()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


def test_2b1_what_was_deleted_is_healed_in_the_landing_by_the_next_run(shop, tmp_path):
    day = Day(shop, tmp_path)
    day.sync(NOW)
    day.sync(NOW + dt.timedelta(hours=1))
    told = "select sum(refunded_total)::varchar from sales_order where deleted_at is null"
    assert day.rows(told) == [("78.8000",)]
    assert day.rows("select order_id from sales_order where deleted_at is not null") == [
        ("103",)
    ]
    shop.delete_refund(901)
    del shop.orders[112]
    shop.trash(113, NOW + dt.timedelta(hours=2))
    del shop.reviews[705]
    day.sync(NOW + dt.timedelta(hours=3))
    assert day.rows(told) == [("5.0000",)]
    assert day.rows("select refund_id from refund where deleted_at is not null") == [
        ("901",)
    ]
    gone = "select order_id from sales_order where deleted_at is not null order by all"
    assert day.rows(gone) == [("103",), ("112",), ("113",)]
    assert day.rows(
        "select max(refunded_quantity) from order_line where order_id = '101'"
    ) == [(0,)]
    assert day.rows("select count(*) from feedback where feedback_id = '705'") == [(0,)]
    shop.touch(113, NOW + dt.timedelta(hours=4), status="completed")
    day.sync(NOW + dt.timedelta(hours=5))
    assert day.rows(gone) == [("103",), ("112",)]


@pytest.mark.parametrize("together", [1, 5_000])
def test_an_order_changed_while_it_is_read_has_its_last_lines_once(
    shop, tmp_path, monkeypatch, together
):
    monkeypatch.setattr(gathered, "TOGETHER", together)
    real, done = shop.answer, []

    def busy(path: str, params: Mapping[str, str]) -> service.Answer:
        answer = real(path, params)
        if "modified_after" in params and params["status"] == "any" and not done:
            done.append(1)
            lines = shop.orders[110]["line_items"][:1]
            shop.touch(110, NOW + dt.timedelta(hours=2), line_items=lines)
        return answer

    day = Day(shop, tmp_path)
    day.sync(NOW)
    shop.touch(110, NOW + dt.timedelta(hours=1))
    shop.answer = busy  # type: ignore[method-assign]
    day.sync(NOW + dt.timedelta(hours=3))
    assert done
    lines = "select line_id from order_line where order_id = '110' order by all"
    assert day.rows(lines) == [("1100",), ("fee:1107",)]


# ----------------------------------------------------------------- a real store


def exchange(name: str) -> Any:
    return json.loads((RECORDED / name).read_text("utf-8"))["body"]


@pytest.fixture(scope="module")
def real() -> service.Shop:
    """Return the recorded store: its answers, filtered and paged as the store does."""
    shop = service.Shop()
    lists = [f"orders_full/orders_p0{n}.json" for n in (1, 2, 3, 4)]
    for name in (*lists, "orders_status/status_trash.json",
                 "orders_status/status_checkout-draft.json"):  # fmt: skip
        shop.orders.update((row["id"], row) for row in exchange(name))
    for rows, names in (
        (shop.refunds, ("refunds_all/refunds_p01.json", "refunds_all/refunds_p02.json")),
        (shop.customers, ("customers/customers_role_all_p01.json",
                          "customers/customers_role_all_p02.json")),
        (shop.products, ("products/products_p01.json", "products/products_p02.json")),
        (shop.reviews, ("product_reviews/reviews_all.json",)),
    ):  # fmt: skip
        for name in names:
            rows.update((row["id"], row) for row in exchange(name))
    return shop


def truth() -> dict[str, dict[str, str]]:
    with (RECORDED / "truth.csv").open(encoding="utf-8") as lines:
        return {row["order_id"]: row for row in csv.DictReader(lines)}


@recorded
@pytest.mark.parametrize("asked", ["in stretches", "as changes"])
def test_every_order_and_refund_of_a_real_store_equals_its_database(real, asked):
    found = everything(real) if asked == "in stretches" else whole(real, changes(800))
    refunds: dict[str, list[Decimal]] = defaultdict(list)
    for row in found["refund"].values():
        refunds[row["order_id"]].append(Decimal(row["amount"]))
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found["order_line"].values():
        lines[row["order_id"]].append(row)
    orders = found["sales_order"]
    assert orders.keys() == truth().keys()
    for number, true in truth().items():
        order, pieces = orders[number], [r for r in lines[number] if r["quantity"]]
        erased = true["email"] == "deleted@site.invalid"
        assert order["status"] == true["status"]
        assert order["currency"] == true["currency"]
        assert Decimal(order["gross_total"]) == Decimal(true["total"])
        assert Decimal(order["shipping_total"]) == Decimal(true["shipping_total"])
        assert Decimal(order["refunded_total"]) == Decimal(true["refunded"])
        assert sum(refunds[number]) == Decimal(true["refunded"])
        assert len(refunds[number]) == int(true["refunds"])
        assert order["placed_at"] == true["created_gmt"].replace(" ", "T") + "Z"
        assert order["updated_at"] == true["modified_gmt"].replace(" ", "T") + "Z"
        assert (order["email"] or "").lower() == ("" if erased else true["email_lower"])
        assert (order["customer_id"] or "0") == true["customer_id"]
        assert (len(pieces), sum(r["quantity"] for r in pieces)) == (
            int(true["line_count"]), int(true["quantity"]),
        )  # fmt: skip
        assert (order["deleted_at"] is not None) == (true["status"] == "trash")


def everything(shop: service.Shop) -> Tables:
    found: Tables = defaultdict(dict)
    for since in (stretch(90), stretch(300, 90, newest=False),
                  stretch(800, 300, newest=False)):  # fmt: skip
        for name, rows in whole(shop, since).items():
            found[name].update(rows)
    return found


@recorded
def test_sums_by_status_and_month_of_refund_equal_the_database(real):
    found = everything(real)
    by: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in found["sales_order"].values():
        by["status", row["currency"], row["status"]] += Decimal(row["gross_total"])
    for row in found["refund"].values():
        local = dt.datetime.fromisoformat(row["refunded_at"]).astimezone(service.ZONE)
        by["refund_month_local", row["currency"], f"{local:%Y-%m}"] += Decimal(
            row["amount"]
        )
    with (RECORDED / "truth_sums.csv").open(encoding="utf-8") as lines:
        sums = [row for row in csv.DictReader(lines) if row["k1"] in
                ("status", "refund_month_local")]  # fmt: skip
    assert len(sums) == len(by) == 24
    for row in sums:
        wanted = row["refunded"] if row["k1"] == "refund_month_local" else row["total"]
        assert by[row["k1"], row["k2"], row["k3"]] == Decimal(wanted)


@recorded
def test_the_answers_of_the_real_store_and_of_the_one_here_are_the_same(real):
    """The store of these tests filters and counts as the recorded one did."""
    for name in sorted((RECORDED / "orders_incremental").glob("*.json")):
        taken = json.loads(name.read_text("utf-8"))
        params = {k: str(v) for k, v in taken["request"]["params"].items()}
        status, headers, body = real.answer("/orders", params)
        assert status == taken["status"]
        assert headers["X-WP-Total"] == taken["headers"]["x-wp-total"], name.name
        assert {row["id"] for row in body} == {row["id"] for row in taken["body"]}, (
            name.name
        )


@recorded
@pytest.mark.parametrize("name", ["errors", "oauth_http"])
def test_every_recorded_refusal_is_explained(name):
    for path in sorted((RECORDED / name).glob("*.json")):
        taken = json.loads(path.read_text("utf-8"))
        if taken["status"] < 400:
            continue
        failure = Failure("status", "/orders", taken["status"], {}, taken["body"])
        problem = woocommerce.explain(failure)
        assert problem and problem.fix, path.name
