"""Shopify's traps, one by one, against a shop on this machine that runs the documents."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from graphql import build_client_schema, parse, validate

from connectors import shopify
from connectors.shopify import bulk, documents, lists, orders
from connectors.shopify.words import Words, return_kind, status, visit
from journey.connector import (
    Days,
    Failure,
    Flag,
    JourneyError,
    Mark,
    Pause,
    Present,
    Rows,
    Since,
    Unreadable,
)
from journey.sources import web
from tests.connectors.service import Answer
from tests.connectors.services import shopify as services
from tests.connectors.services._shopify_world import bag, gid, journey

INTROSPECTION = (
    Path(__file__).parents[3] / "shared/data/shopify/admin-2024-04.introspection.json.gz"
)
NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
FIRST = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
STRETCH = Since(FIRST, NOW)
CHANGES = Since(NOW - dt.timedelta(days=60), None, thorough=False)
THOROUGH = Since(NOW - dt.timedelta(minutes=10), None)


@pytest.fixture
def waits(monkeypatch):
    """Seconds that were waited, without waiting them."""
    waited: list[float] = []
    monkeypatch.setattr(web, "pause", waited.append)
    return waited


@pytest.fixture
def shop(monkeypatch, waits):
    for module in (orders, lists, shopify):
        monkeypatch.setattr(module, "now", lambda: NOW)
    service = services.ShopifyService()
    service.now = NOW
    yield service
    service.close()


def settings_of(shop, **more):
    return shopify.Settings(**{"url": shop.url, "token": services.TOKEN, **more})


def read(shop, table="sales_order", since=STRETCH, **more):
    """Return everything one read yields."""
    settings = settings_of(shop, **more)
    with web.Web("shop", shopify.access(settings), shopify.explain) as http:
        return list(shopify.read(table, since, settings, http))


KEYS = {
    None: ("order_id", "customer_id"),
    "order_line": ("line_id",),
    "refund": ("refund_id",),
    "fulfillment": ("fulfillment_id",),
    "payment_attempt": ("attempt_id",),
    "return_case": ("return_id",),
}


def rows_of(batches, table=None):
    """Return key -> row, of the table that was read or of one that came along."""
    found = [r for b in batches if isinstance(b, Rows) and b.table == table for r in b.rows]
    keys = KEYS[table]
    if table is None and found and "checkout_id" in found[0]:
        keys = ("checkout_id",)
    return {next(row[key] for key in keys if key in row): row for row in found}


def of(batches, kind):
    return [batch for batch in batches if isinstance(batch, kind)]


def asked(shop, name):
    """Return the variables of every call of one document."""
    found = [call.json for call in shop.calls if call.path.endswith("graphql.json")]
    return [body["variables"] for body in found if f" {name}" in body["query"][:40]]


def doctor(shop, **more):
    settings = settings_of(shop, **more)
    with web.Web("shop", shopify.access(settings), shopify.explain) as http:
        return list(shopify.check(settings, http))


# ------------------------------------------------------------ the documents

NEWER = {
    ("QueryRoot", "abandonedCheckouts"): "2024-10: the list of checkouts that were left",
    ("Customer", "defaultEmailAddress"): "2024-07: instead of email, which is deprecated",
    ("Customer", "defaultPhoneNumber"): "2024-07: instead of phone, which is deprecated",
    ("Order", "sourceName"): "2025: web, pos, a draft, or a number of an app",
    ("Refund", "orderAdjustments"): "2024-10: what was paid back beyond the lines",
    ("RefundShippingLine", "subtotalAmountSet"): "2024-10: how much sending was paid back",
    ("RefundShippingLine", "taxAmountSet"): "2024-10: the tax in it",
    ("Return", "createdAt"): "2025-07: when it was announced",
    ("Return", "requestApprovedAt"): "2025-07: when the shop agreed",
    ("ReturnLineItem", "returnReasonDefinition"): "2026-01: instead of returnReason",
    ("UserError", "code"): "2025-01: whether another bulk operation is in the way",
    ("Mutation.bulkOperationRunQuery", "groupObjects"): "2025-07: its default changes",
}
"""Fields that the introspection of 2024-04 does not know, and since when there are."""


@pytest.mark.skipif(not INTROSPECTION.exists(), reason="no introspection of Shopify beside")
def test_every_document_is_valid_but_for_fields_that_are_newer():
    found = json.loads(gzip.decompress(INTROSPECTION.read_bytes()))
    schema = build_client_schema(found.get("data", found), assume_valid=True)
    unknown = set()
    for document in documents.all_documents(documents.Rights()).values():
        for error in validate(schema, parse(document)):
            words = error.message.split("'")
            assert error.message.startswith(("Cannot query field", "Unknown argument"))
            unknown.add((words[3], words[1]))
    assert unknown == set(NEWER)


def test_the_service_and_the_connector_agree_on_every_document(shop):
    few = dict.fromkeys(("customers", "email", "phone", "address", "journey", "products",
                         "costs", "returns"), False)  # fmt: skip
    for rights in (documents.Rights(), documents.Rights(**few)):
        for name, document in documents.all_documents(rights).items():
            assert not validate(shop.schema, parse(document)), name


def test_nothing_personal_is_asked_that_is_not_needed():
    text = " ".join(documents.all_documents(documents.Rights()).values())
    for field in ("firstName", "lastName", "displayName", "address1", "note", "clientIp",
                  "landingPage", "referrerUrl", "customerNote", "abandonedCheckoutUrl",
                  "accountNumber", "zip", "receiptJson"):  # fmt: skip
        assert field not in text.split()


def test_the_version_is_in_the_path_and_the_token_in_its_header(shop):
    read(shop)
    calls = [call for call in shop.calls if not call.path.startswith("/bulk/")]
    assert {call.path for call in calls} == {"/admin/api/2026-10/graphql.json"}
    assert {call.headers["x-shopify-access-token"] for call in calls} == {services.TOKEN}


def test_a_retired_version_that_falls_forward_is_told(shop):
    (flag,) = [f for f in of(read(shop, version="2025-04"), Flag)
               if f.flag == "version_changed"]  # fmt: skip
    assert flag.detail == {"asked": "2025-04", "answered": "2026-01"}
    (problem,) = doctor(shop, version="2025-04")
    assert "2025-04" in problem.found and "2026-01" in problem.found
    assert doctor(shop) == []


# --------------------------------------------------------------- odd rows


def odd(shop, monkeypatch, change):
    """Let `change` (a list, called with each page and file) make rows odd."""
    real = shop.answer

    def answer(call):
        found = real(call)
        if found.body is not None:
            lines = [json.loads(line) for line in found.body.splitlines()]
            change(lines)
            body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
            return replace(found, body=body)
        told = json.loads(json.dumps(found.json))
        for part in (told.get("data") or {}).values():
            if isinstance(part, dict) and part.get("nodes"):
                change(part["nodes"])
        return replace(found, json=told)

    monkeypatch.setattr(shop, "answer", answer)


def test_odd_things_take_no_others_along(shop, monkeypatch):
    strange = (
        {"id": None}, "a text", {"createdAt": "2026-13-01T00:00:00Z"}, {"createdAt": None},
        {"refunds": [None]}, {"displayFinancialStatus": "UNHEARD_OF"}, {"customer": "x"},
    )  # fmt: skip

    def change(things):
        places = [p for p, thing in enumerate(things) if "__parentId" not in thing]
        for place, row in zip(places[1::4], strange, strict=False):
            things[place] = things[place] | row if isinstance(row, dict) else row

    rows = rows_of(read(shop))
    odd(shop, monkeypatch, change)
    batches = read(shop)
    told, found = of(batches, Unreadable), rows_of(batches)
    assert rows.keys() > found.keys()  # some come after all: their lines name them
    assert len(rows) - len(found) <= len(told) <= len(strange)
    assert all(found[key] == rows[key] for key in list(found)[::3])


def test_one_customer_without_an_id_lets_no_other_count_as_deleted(shop, monkeypatch):
    assert of(read(shop, "customer", THOROUGH), Present)
    odd(shop, monkeypatch, lambda things: things[0].update(id=None))
    assert not of(read(shop, "customer", THOROUGH), Present)


def test_half_of_a_character_in_a_file_ends_nothing():
    line = b'{"id": "gid://shopify/Order/1", "name": "\\ud83d x"}'
    (order,) = bulk.Reader().orders(iter([line]), whole=True)
    assert order["name"] == "? x"


# ---------------------------------------------------------- bulk operations


def test_a_stretch_is_read_by_a_bulk_operation_with_grouping_stated(shop):
    found = read(shop)
    assert len(rows_of(found)) == 40
    (start,) = [call.json["query"] for call in shop.calls if b"bulkOperationRunQuery"
                in call.body]  # fmt: skip
    assert "groupObjects: true" in start
    (query,) = [variables["query"] for variables in asked(shop, "Start")]
    assert "created_at:>='2026-08-01T00:00:00Z' created_at:<'2026-11-22T06:00:00Z'" in query
    assert asked(shop, "Orders") == []


def test_a_stretch_holds_only_what_was_created_in_it(shop):
    half = dt.datetime(2026, 9, 15, tzinfo=dt.UTC)
    older = rows_of(read(shop, since=Since(FIRST, half, newest=False)))
    newer = rows_of(read(shop, since=Since(half, NOW)))
    assert len(older) + len(newer) == 40 and not set(older) & set(newer)
    assert max(row["placed_at"] for row in older.values()) < "2026-09-15"


def content(batches):
    tables = (None, "order_line", "refund", "fulfillment", "payment_attempt", "return_case")
    return {table: rows_of(batches, table) for table in tables}


def test_pages_give_the_same_rows_as_a_bulk_operation(shop):
    expected = content(read(shop))
    shop.bulk = False
    found = read(shop)
    assert content(found) == expected
    assert len(of(found, Mark)) > 3


def test_children_far_from_their_parents_find_them(shop):
    expected = content(read(shop))
    shop.scatter = True
    assert content(read(shop)) == expected
    assert asked(shop, "NamedOrders")


def test_another_running_operation_is_waited_for_and_then_gone_around(shop, waits):
    expected = content(read(shop))
    shop.busy = 2
    assert content(read(shop)) == expected
    assert waits.count(10.0) == 1 and waits.count(20.0) == 1
    assert len(shop.operations) == 2
    shop.busy = 99
    assert content(read(shop)) == expected
    assert len(shop.operations) == 2 and asked(shop, "Orders")


def test_a_failed_operation_gives_its_part_and_pages_the_rest(shop):
    expected = content(read(shop))
    shop.ends = ["FAILED"]
    found = read(shop)
    assert content(found) == expected
    assert "bulk_operation_failed" in {flag.flag for flag in of(found, Flag)}


@pytest.mark.parametrize("end", ["EXPIRED", "CANCELED"])
def test_an_operation_that_is_gone_is_started_anew(shop, end):
    shop.ends = [end]
    assert len(rows_of(read(shop))) == 40
    assert [one["end"] for one in shop.operations] == [end, "COMPLETED"]


def test_an_operation_without_a_file_found_nothing(shop):
    empty = Since(FIRST - dt.timedelta(days=50), FIRST - dt.timedelta(days=20))
    found = read(shop, since=empty)
    assert rows_of(found) == {}
    assert shop.operations[0]["url"] is None


def test_an_operation_that_takes_hours_is_left_and_taken_up_again(shop, waits):
    shop.polls = 10_000
    settings = settings_of(shop)
    marks = []
    with (
        web.Web("shop", shopify.access(settings), shopify.explain) as http,
        pytest.raises(Pause),
    ):
        for batch in shopify.read("sales_order", STRETCH, settings, http):
            marks += [batch.text] if isinstance(batch, Mark) else []
    assert bulk.LONGEST <= sum(waits) < 2 * bulk.LONGEST
    shop.operations[0]["polls"] = 0
    found = read(shop, since=replace(STRETCH, mark=marks[-1]))
    assert len(rows_of(found)) == 40 and len(shop.operations) == 1


def test_a_file_that_was_read_in_part_goes_on_there(shop, monkeypatch):
    monkeypatch.setattr(orders, "TOGETHER", 15)
    whole = read(shop)
    marks = [mark.text for mark in of(whole, Mark)]
    again = read(shop, since=replace(STRETCH, mark=marks[2]))
    assert len(shop.operations) == 1
    before = whole[: whole.index(Mark(marks[2]))]
    assert len(rows_of(before)) == 30 and len(rows_of(again)) == 10
    assert rows_of(before) | rows_of(again) == rows_of(whole)


# ---------------------------------------------------------------- the changes


def test_changes_are_asked_for_by_when_they_happened_and_paged_by_cursor(shop):
    shop.world.orders[2]["updatedAt"] = "2026-11-21T10:00:00Z"
    since = Since(dt.datetime(2026, 11, 1, tzinfo=dt.UTC), None, thorough=False)
    found = read(shop, since=since)
    first = asked(shop, "Orders")[0]
    assert first["query"] == "updated_at:>='2026-11-01T00:00:00Z'"
    assert first["sort"] == "UPDATED_AT"
    expected = {order["id"].rpartition("/")[2] for order in shop.world.orders
                if order["updatedAt"] >= "2026-11-01"}  # fmt: skip
    assert set(rows_of(found)) == expected >= {"4002"}


def test_pages_shrink_until_shopify_can_afford_them(shop):
    read(shop, since=CHANGES)
    sizes = [variables["first"] for variables in asked(shop, "Orders")]
    assert sizes[0] == 100 and sizes == sorted(sizes, reverse=True)
    assert 1 < sizes[-1] < 25 and sizes.count(sizes[-1]) > 1


def test_a_read_of_changes_goes_on_at_its_mark(shop):
    whole = read(shop, since=CHANGES)
    place = of(whole, Mark)[1]
    before = whole[: whole.index(place)]
    after = read(shop, since=replace(CHANGES, mark=place.text))
    assert rows_of(before) and rows_of(after)
    assert rows_of(before) | rows_of(after) == rows_of(whole)
    assert not set(rows_of(before)) & set(rows_of(after))


def test_throttled_inside_http_200_is_waited_for(shop, waits):
    expected = content(read(shop, since=CHANGES))
    waits.clear()
    shop.available = 0.0
    assert content(read(shop, since=CHANGES)) == expected
    assert shop.throttled and sum(waits) > 0


def test_lists_longer_than_a_page_are_read_to_their_end(shop):
    found = read(shop, since=CHANGES)
    lines = [line for line in rows_of(found, "order_line").values()
             if line["order_id"] == "4015"]  # fmt: skip
    assert len(lines) == 23 and asked(shop, "MoreLines")
    assert rows_of(found, "refund")["8015"]["amount"] == "1414.50"
    assert Decimal(rows_of(found, "refund")["8015"]["tax"]) == Decimal("264.50")
    assert sum(line["refunded_quantity"] for line in lines) == 23


# ----------------------------------------------------------- what an order says


@pytest.fixture(scope="module")
def landed():
    """Everything of the shop, table by table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "pause", lambda seconds: None)
        patch.setattr(orders, "now", lambda: NOW)
        with contextlib.closing(services.ShopifyService()) as service:
            yield content(read(service))


def test_ids_are_plain_numbers_everywhere(shop, landed):
    order = landed[None]["4000"]
    assert (order["order_id"], order["order_name"]) == ("4000", "#1000")
    assert order["transaction_id"] == "4000"
    assert order["customer_id"] in rows_of(read(shop, "customer"))
    for table in landed.values():
        assert not any("gid:" in str(value) for row in table.values()
                       for value in row.values())  # fmt: skip


def test_money_is_the_shops_own_not_what_the_customer_saw(landed):
    order = landed[None]["4004"]
    assert order["gross_total"] == "73.80" and order["currency"] == "PLN"
    assert order["shop_currency"] == "PLN" and order["shop_rate"] == 1.0
    totals = ("gross_total", "tax_total", "shipping_total", "discount_total")
    assert all(isinstance(order[name], str) for name in totals)


def test_shipping_is_told_without_the_tax_that_prices_hold(landed):
    order = landed[None]["4000"]
    assert order["prices_include_tax"] is True
    assert Decimal(order["shipping_total"]) == Decimal("10.00")
    assert order["tax_total"] == "13.80"


def test_discounts_of_the_order_and_of_the_line_are_added(landed):
    line = landed["order_line"]["401300"]
    assert Decimal(line["discount"]) == Decimal("6.25")
    assert landed[None]["4013"]["coupon_codes"] == ["AUTUMN"]


def test_lines_tell_product_category_brand_and_cost(landed):
    line = landed["order_line"]["401501"]
    assert (line["sku"], line["product_id"]) == ("SKU-71", "71")
    assert (line["category"], line["brand"]) == ("Boots", "Alpina")
    assert line["unit_cost"] == "20.5" and line["unit_price"] == "61.50"
    assert landed["order_line"]["401500"]["category"] == "Shoes"


def test_a_refund_tells_its_tax_and_shipping_and_what_was_kept_back(landed):
    refund = landed["refund"]["8020"]
    assert refund["amount"] == "70.00" and refund["refunded_at"].startswith("2026-10-22")
    assert Decimal(refund["shipping"]) == Decimal("10.00")
    assert Decimal(refund["tax"]) == Decimal("11.50") + Decimal("2.30") - Decimal("0.71")
    assert refund["line_id"] == "402000" and refund["order_id"] == "4020"
    assert landed["order_line"]["402000"]["refunded_quantity"] == 1


def test_a_refund_of_an_amount_alone_leaves_its_tax_to_the_order(landed):
    refund = landed["refund"]["8021"]
    assert (refund["tax"], refund["shipping"]) == (None, None)


def test_what_an_edit_took_out_was_never_sold(landed):
    order, line = landed[None]["4025"], landed["order_line"]["402500"]
    assert Decimal(order["gross_total"]) == Decimal("73.80")
    assert Decimal(order["tax_total"]) == Decimal("13.80")
    assert line["quantity"] == 1 and line["refunded_quantity"] == 0
    assert Decimal(line["tax"]) == Decimal("11.50")
    assert "8025" not in landed["refund"]


def test_test_orders_and_cancelled_ones_are_known_as_such(landed):
    assert landed[None]["4003"]["is_test"] is True
    order = landed[None]["4005"]
    assert order["status"] == "cancelled" and order["cancelled_at"]


def test_statuses_speak_the_words_of_order_statuses(landed):
    found = {key: row["status"] for key, row in landed[None].items()}
    assert found["4000"] == "paid" and found["4020"] == "partially_refunded"
    assert found["4002"] == "processing", "cash on delivery is an order"
    assert found["4019"] == "pending", "a transfer that has not come is none yet"


@pytest.mark.parametrize("order, expected", [
    ({"displayFinancialStatus": "AUTHORIZED"}, "processing"),
    ({"displayFinancialStatus": "VOIDED"}, "cancelled"),
    ({"displayFinancialStatus": "EXPIRED"}, "failed"),
    ({"displayFinancialStatus": None}, "processing"),
    ({"displayFinancialStatus": "PENDING",
      "displayFulfillmentStatus": "FULFILLED"}, "shipped"),
])  # fmt: skip
def test_other_statuses(order, expected):
    assert status(order, "own_shop", "transfer") == expected


def test_orders_are_put_to_the_channel_they_came_through(landed):
    found = {key: row["sales_channel"] for key, row in landed[None].items()}
    special = {"4006": "phone", "4007": "store", "4009": "marketplace", "4011": "b2b"}
    assert {key: found[key] for key in special} == special
    assert {v for key, v in found.items() if key not in special} == {"own_shop"}


def test_ways_to_pay_and_to_send_have_sane_defaults(landed):
    payments = [landed[None][f"40{n:02d}"]["payment_method"] for n in (0, 4, 1, 2, 3)]
    assert payments == ["card", "blik", "przelewy24", "cash_on_delivery", "transfer"]
    ways = [landed[None][f"40{n:02d}"]["delivery_method"] for n in (0, 1, 2, 3, 7)]
    assert ways == ["locker", "courier", "pickup", "courier", "other"]


@pytest.mark.parametrize("name", [
    "Płatność przy odbiorze", "Za pobraniem", "Pay on delivery", "Dobierka", "Ramburs",
])  # fmt: skip
def test_cash_on_delivery_is_an_order_whatever_a_shop_calls_it(name):
    payment = Words({}, {}, {}).payment(None, name)
    found = status({"displayFinancialStatus": "PENDING"}, "own_shop", payment)
    assert (payment, found) == ("cash_on_delivery", "processing")


def test_settings_say_it_better(shop):
    found = rows_of(read(
        shop, sales_channels={"4711": "own_shop", "online store": "b2b"},
        payment_methods={"Przelewy24": "instant"}, delivery_methods={"DPD": "other"},
    ))  # fmt: skip
    assert found["4009"]["sales_channel"] == "own_shop"
    assert found["4000"]["sales_channel"] == "b2b"
    assert found["4001"]["payment_method"] == "instant"
    assert found["4001"]["delivery_method"] == "other"


def test_a_word_that_the_product_does_not_have_is_refused(shop):
    with pytest.raises(JourneyError) as error:
        read(shop, sales_channels={"web": "market"}, delivery_methods={"dpd": "box"})
    assert len(error.value.problems) == 2
    assert "marketplace" in error.value.problems[0].expected


@pytest.mark.parametrize("title, expected", [
    ("InPost Paczkomaty 24/7", "locker"), ("Kurier InPost", "courier"),
    ("DHL Packstation", "locker"), ("Click & Collect", "pickup"),
    ("Odbiór w paczkomacie", "locker"), ("Zásilkovna", "pickup"), ("Express", "courier"),
])  # fmt: skip
def test_names_of_shipping_rates(title, expected):
    words = Words({}, {}, {})
    assert words.delivery({"shippingLine": {"title": title}}) == expected


def test_names_that_only_hold_a_short_word_are_no_channel():
    words = Words({}, {}, {})
    assert words.sales_channel({"app": {"name": "Deposit Manager"}}) == "own_shop"
    assert words.sales_channel({"app": {"name": "Shopify POS"}}) == "store"
    assert words.sales_channel({"app": {"name": "Allegro Sync"}}) == "marketplace"


def test_every_try_to_pay_counts_with_its_reason(landed):
    failed, paid = landed["payment_attempt"]["40161"], landed["payment_attempt"]["40160"]
    assert (failed["result"], failed["error_code"]) == ("failure", "card_declined")
    assert (paid["result"], paid["order_id"]) == ("success", "4016")
    assert failed["attempted_at"] < paid["attempted_at"]
    assert landed["payment_attempt"]["40020"]["result"] == "pending"


def test_parcels_tell_promise_and_delivery(landed):
    parcel = landed["fulfillment"]["4000"]
    assert parcel["status"] == "delivered" and parcel["carrier"] == "InPost"
    assert parcel["shipped_at"] < parcel["delivered_at"] < parcel["promised_at"]


def test_returns_tell_their_reason_and_line(landed):
    (back,) = landed["return_case"].values()
    assert (back["line_id"], back["quantity"]) == ("402000", 1)
    assert (back["reason"], back["kind"]) == ("size-too-small", "withdrawal")
    assert back["status"] == "closed" and back["refunded_at"] and back["answered_at"]
    assert return_kind("damaged-or-defective") == "complaint"
    assert return_kind("other") is None


# ----------------------------------------------------------- the journey


def test_visits_become_source_medium_and_campaign(landed):
    order = landed[None]["4001"]
    assert (order["first_source"], order["first_medium"]) == ("(direct)", "(none)")
    last = (order["last_source"], order["last_medium"], order["last_campaign"])
    assert last == ("facebook", "paid_social", "autumn")
    assert order["attribution_ready"] is True and order["touchpoints"] == 2
    assert landed[None]["4000"]["first_medium"] == "organic"
    assert landed[None]["4006"]["attribution_ready"] is None
    assert visit({"source": "Blog", "utmParameters": None}) == ("blog", "referral", None)


def test_an_order_without_a_journey_is_read_again_until_it_has_one(shop):
    young = shop.world.orders[-1]
    young |= {"createdAt": "2026-11-21T20:00:00Z", "processedAt": "2026-11-21T20:00:00Z",
              "updatedAt": "2026-11-21T20:00:00Z",
              "customerJourneySummary": journey(1, ready=False)}  # fmt: skip
    end = of(read(shop), Mark)[-1]
    assert end.lasting and young["id"] in end.text
    young["customerJourneySummary"] = journey(1)
    since = Since(NOW - dt.timedelta(minutes=10), None, end.text, thorough=False)
    again = read(shop, since=since)
    assert rows_of(again)["4039"]["last_campaign"] == "autumn"
    end = of(again, Mark)[-1]
    assert end.lasting and young["id"] not in end.text


def test_after_three_days_nobody_waits_for_a_journey(shop, monkeypatch):
    waiting = json.dumps({"waiting": {gid("Order", 4039): "2026-11-18T20:00:00Z"}})
    since = Since(NOW, None, waiting, thorough=False)
    assert rows_of(read(shop, since=since)) == {}
    assert asked(shop, "NamedOrders") == []


# ------------------------------------------------- what the token may not read


def test_without_read_all_orders_the_days_before_are_told_not_called_empty(shop):
    shop.scopes.discard("read_all_orders")
    found = read(shop)
    assert 0 < len(rows_of(found)) < 40
    (flag,) = [one for one in of(found, Flag) if one.flag == "not_available"]
    assert (flag.period_start, flag.period_end) == (FIRST.date(), dt.date(2026, 9, 23))
    assert "read_all_orders" in flag.detail["what"]
    (days,) = of(found, Days)
    assert (days.first, days.last) == (dt.date(2026, 9, 24), dt.date(2026, 11, 21))
    (child,) = of(read(shop, "refund"), Flag)
    assert child.flag == "not_available"
    (problem,) = doctor(shop)
    assert "read_all_orders" in problem.found and "without a word" in problem.found


def test_a_stretch_behind_the_wall_costs_no_call_for_orders(shop):
    shop.scopes.discard("read_all_orders")
    old = Since(FIRST, dt.datetime(2026, 9, 1, tzinfo=dt.UTC), newest=False, thorough=False)
    found = read(shop, since=old)
    assert rows_of(found) == {} and shop.operations == []


def test_orders_behind_the_wall_are_not_taken_for_deleted(shop):
    shop.scopes.discard("read_all_orders")
    (present,) = of(read(shop, since=THOROUGH), Present)
    assert present.first > NOW - dt.timedelta(days=60)


def test_refused_fields_are_left_out_and_told(shop):
    shop.unapproved = {("Order", "email"), ("Order", "phone"),
                       ("CustomerEmailAddress", "emailAddress")}  # fmt: skip
    found = read(shop)
    assert len(rows_of(found)) == 40
    assert {row["email"] for row in rows_of(found).values()} == {None}
    (flag,) = [one for one in of(found, Flag) if one.flag == "redacted_fields"]
    assert flag.detail == {"fields": "email, phone"}
    (problem,) = doctor(shop)
    assert "email, phone" in problem.found and "no guests" in problem.found
    (customer,) = {row["email"] for row in rows_of(read(shop, "customer")).values()}
    assert customer is None


def test_fields_that_come_empty_without_a_word_are_told_too(shop):
    for order in shop.world.orders:
        order |= {"email": None, "phone": None}
    flags = {one.flag for one in of(read(shop), Flag)}
    assert flags == {"redacted_fields"}


@pytest.mark.parametrize("scope, table", [
    ("read_customers", "customer"), ("read_returns", "return_case"),
])  # fmt: skip
def test_without_a_scope_its_table_is_told_and_the_others_go_on(shop, scope, table):
    shop.scopes.discard(scope)
    (flag,) = of(read(shop, table), Flag)
    assert flag.flag == "not_available" and scope in flag.detail["what"]
    found = read(shop)
    assert len(rows_of(found)) == 40
    assert any(scope in problem.found for problem in doctor(shop))


def test_without_products_lines_come_without_category_and_cost(shop):
    shop.scopes -= {"read_products", "read_inventory"}
    line = rows_of(read(shop), "order_line")["401501"]
    assert (line["product_id"], line["category"], line["unit_cost"]) == (None, None, None)
    assert line["brand"] == "Alpina"


def test_without_read_orders_it_is_said_what_to_tick(shop):
    shop.scopes.discard("read_orders")
    with pytest.raises(JourneyError) as error:
        read(shop)
    (problem,) = error.value.problems
    assert "read_orders" in problem.found and "Admin API integration" in problem.fix
    assert rows_of(read(shop, "customer"))


def test_a_person_who_may_not_manage_checkouts_reads_everything_else(shop):
    shop.unapproved = {("QueryRoot", "abandonedCheckouts")}
    (flag,) = of(read(shop, "checkout"), Flag)
    assert flag.flag == "not_available"
    (problem,) = doctor(shop)
    assert "abandoned checkouts" in problem.where
    assert len(rows_of(read(shop))) == 40


# ------------------------------------------------------ customers, checkouts


def test_customers_tell_consent_tags_and_orders(shop):
    found = rows_of(read(shop, "customer"))
    assert found["900"]["marketing_consent"] is True
    assert found["901"]["marketing_consent"] is False
    assert found["901"]["tags"] == ["vip"] and found["901"]["orders_count"] == 6
    assert found["900"]["country"] == "PL"
    variables = asked(shop, "Customers")[0]
    assert variables["query"].startswith("customer_date:>='2026-08-01")
    read(shop, "customer", CHANGES)
    assert asked(shop, "Customers")[-1]["query"].startswith("updated_at:>='")


def test_deleted_customers_and_orders_are_missed(shop):
    (present,) = of(read(shop, "customer", THOROUGH), Present)
    assert present.key == "customer_id" and "903" in present.ids
    del shop.world.orders[38]
    (present,) = of(read(shop, since=THOROUGH), Present)
    assert "4038" not in present.ids and "4037" in present.ids
    assert of(read(shop, since=CHANGES), Present) == []


def test_left_checkouts_include_those_that_were_completed_after_all(shop):
    found = rows_of(read(shop, "checkout"))
    assert len(found) == 8
    assert found["600"]["recovered"] is True and found["600"]["completed_at"]
    assert found["601"]["recovered"] is False and found["601"]["completed_at"] is None
    assert found["601"]["total"] == "99.99" and found["601"]["currency"] == "PLN"
    assert (found["601"]["reminder"], found["602"]["reminder"]) == ("email", None)


def test_a_checkout_counts_as_left_after_an_hour(shop):
    fresh = shop.world.checkouts[1]
    fresh |= {"createdAt": "2026-11-22T05:30:00Z", "updatedAt": "2026-11-22T05:30:00Z"}
    assert "601" not in rows_of(read(shop, "checkout"))
    later = Since(NOW - dt.timedelta(minutes=10), None)
    lists_now = NOW + dt.timedelta(minutes=40)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "now", lambda: lists_now)
        assert "601" in rows_of(read(shop, "checkout", later))


# --------------------------------------------------------------- the refusals


@pytest.mark.parametrize("answer, told, fix", [
    (Answer({"errors": "Unavailable Shop"}, 402), "frozen", "Billing"),
    (Answer({"errors": "Forbidden"}, 403), "403", "Admin API integration"),
    (Answer({"errors": "Not Found"}, 404), "no such shop", "Domains"),
    (Answer({"errors": "Locked"}, 423), "locked", "support"),
    (Answer(status=404, body=b"<!DOCTYPE html><title>Create an online store</title>"),
     "no such shop", "myshopify.com"),
    (Answer(status=302, headers={"Location": "https://accounts.example/login"}, json={}),
     "no such shop", "myshopify.com"),
])  # fmt: skip
def test_refusals_are_explained_in_shopifys_words(shop, answer, told, fix):
    shop.refusal = answer
    with pytest.raises(JourneyError) as error:
        read(shop)
    (problem,) = error.value.problems
    assert told in problem.found and fix in problem.fix


def test_a_wrong_token_is_told_without_showing_it(shop):
    with pytest.raises(JourneyError) as error:
        read(shop, token="shpat_wrong_0000")
    (problem,) = error.value.problems
    assert "token is wrong" in problem.found and "API credentials" in problem.fix
    assert "shpat_wrong" not in str(problem)


def test_an_app_of_the_dev_dashboard_is_granted_a_token_for_a_day(shop):
    app = {"token": "", "client_id": services.CLIENT, "client_secret": services.SECRET}
    shop.available = 0.0
    assert len(rows_of(read(shop, **app))) == 40
    grants = [call for call in shop.calls if call.path == "/admin/oauth/access_token"]
    assert len(grants) == 1
    calls = [call for call in shop.calls if call.path.endswith("graphql.json")]
    assert {call.headers["x-shopify-access-token"] for call in calls} == {services.GRANTED}
    with pytest.raises(JourneyError) as error:
        read(shop, **app | {"client_secret": "shpss_wrong_000"})
    (problem,) = error.value.problems
    assert "invalid_client" in problem.found and "Dev Dashboard" in problem.fix
    assert "shpss_wrong" not in str(problem)


def test_a_source_without_any_credential_is_told(shop):
    with pytest.raises(JourneyError) as error:
        read(shop, token="", client_id="only")
    assert "client_secret" in error.value.problems[0].found


def test_errors_inside_an_answer_are_explained():
    def said(code, message):
        errors = [{"message": message, "extensions": {"code": code}}]
        return shopify.explain(Failure("graphql", "/admin/api/x", 200, {}, errors))

    assert "access denied" in said("ACCESS_DENIED", "Access denied for x").found
    assert "lacks a field" in said("undefinedField", "Field 'x' doesn't exist").found
    assert said("OTHER", "x") is None
    lost = shopify.explain(Failure("status", "/bulk/7.jsonl", 403))
    assert "file" in lost.where and "storage.googleapis.com" in lost.fix


@pytest.mark.parametrize("url, expected", [
    ("acme", "https://acme.myshopify.com"),
    ("acme.myshopify.com", "https://acme.myshopify.com"),
    ("https://acme.myshopify.com/", "https://acme.myshopify.com"),
    ("https://acme.myshopify.com/admin", "https://acme.myshopify.com"),
    ("https://admin.shopify.com/store/acme/orders", "https://acme.myshopify.com"),
    ("http://127.0.0.1:8099", "http://127.0.0.1:8099"),
])  # fmt: skip
def test_the_address_may_be_written_as_people_write_it(url, expected):
    assert shopify.access(shopify.Settings(url, token="t")).url == expected


def test_an_address_that_is_a_page_is_refused():
    with pytest.raises(JourneyError):
        shopify.access(
            shopify.Settings("https://acme.myshopify.com/products/boots", token="t")
        )


def test_the_file_of_an_operation_is_asked_for_without_the_token(shop):
    read(shop)
    (call,) = [call for call in shop.calls if call.path.startswith("/bulk/")]
    assert "x-shopify-access-token" not in call.headers


def test_a_broken_line_in_a_whole_file_is_told():
    with pytest.raises(JourneyError), contextlib.closing(
        bulk.Reader().orders(iter([b'{"id": "gid://shopify/Order/1'], ), whole=True)
    ) as found:  # fmt: skip
        list(found)


def test_amounts_of_another_currency_never_leak_in(shop):
    shop.world.orders[1]["totalPriceSet"] = bag("425.00", "EUR")
    assert rows_of(read(shop))["4001"]["gross_total"] == "425.00"
