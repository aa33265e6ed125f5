"""The sample shop: believable, consistent, repeatable, with its truths at true size."""

import datetime as dt
import math
import re
from pathlib import Path

import polars as pl
import pytest

from connectors import sample
from connectors.sample.world import simulate
from journey.connector import Days, Frame, JourneyError

END = dt.date(2026, 11, 20)
ROOT = Path(__file__).resolve().parents[2]
COUNTS = ("processing", "completed", "refunded")
SHOES = (
    "Trekking boots", "Winter boots", "Sandals", "Sneakers", "Trail running shoes",
    "Wellingtons",
)  # fmt: skip
KEYS = {
    "session": ["session_key"], "web_daily": ["report", "date", "item_id"],
    "customer": ["customer_id"], "sales_order": ["order_id"],
    "order_line": ["order_id", "line_id"], "refund": ["refund_id"],
    "fulfillment": ["fulfillment_id"], "checkout": ["checkout_id"],
    "payment_attempt": ["attempt_id"], "return_case": ["return_id"],
    "subscription_event": ["event_id"],
    "exchange_rate": ["date", "currency", "to_currency"],
    "ticket": ["ticket_id"], "ticket_event": ["event_id"],
    "conversation": ["conversation_id"], "feedback": ["feedback_id"],
    "campaign_daily": ["platform", "campaign_id", "date"],
    "message": ["message_id", "event"], "loyalty_event": ["event_id"],
}  # fmt: skip


class Shop(dict):
    """Table name -> frame, read when first asked for, as the landing would get it."""

    def __init__(self, **given):
        super().__init__()
        self.settings = sample.Settings(**({"end": END} | given))

    def __missing__(self, table):
        batches = list(sample.read(table, None, self.settings, None))
        frames = [batch.frame for batch in batches if isinstance(batch, Frame)]
        self[table] = pl.concat(frames)
        return self[table]


@pytest.fixture(scope="module")
def shop():
    return Shop()


@pytest.fixture(scope="module")
def plain():
    return Shop(truths="none")


@pytest.fixture(scope="module")
def small():
    return Shop(visits=30_000, months=12)


def ago(column):
    """Return whole days from the local day of an instant to the last day."""
    day = pl.col(column).dt.convert_time_zone("Europe/Warsaw").dt.date()
    return (pl.lit(END) - day).dt.total_days()


def share(frame, hit):
    """Return the share of rows that hit, and its standard error."""
    value, size = frame.select(hit.mean()).item(), frame.height
    assert size >= 30, f"only {size} rows"
    return value, math.sqrt(max(value * (1 - value), 0.01) / size)


def near(measured, expected):
    """Return whether a share lies within three standard errors of the expected one."""
    value, error = measured
    return abs(value - expected) <= 3 * error


def buyers(shop):
    """Return counting orders with the days to the same person's next one."""
    orders = shop["sales_order"].filter(pl.col("status").is_in(COUNTS))
    orders = orders.filter(~pl.col("email").str.contains("biuro|deleted"))
    orders = orders.sort("placed_at").with_columns(
        nth=pl.int_range(pl.len()).over("email"),
        days_to_next=(pl.col("placed_at").shift(-1).over("email") - pl.col("placed_at"))
        .dt.total_seconds() / 86_400,
    )  # fmt: skip
    again = (pl.col("days_to_next") <= 90).fill_null(False)
    return orders.with_columns(again=again, mature=ago("placed_at") > 91)


def first_buyers(shop):
    """Return mature first orders of the own shop."""
    own = pl.col("sales_channel") == "own_shop"
    return buyers(shop).filter(own & (pl.col("nth") == 0) & pl.col("mature"))


# ------------------------------------------------------------------ the contract


def canonical():
    """Return table -> column -> type, from the one place that declares them."""
    text = (ROOT / "journey" / "canonical.sql").read_text("utf-8")
    tables = {}
    for name, body in re.findall(r"create table (\w+) \((.*?)\n\);", text, re.S):
        body = re.sub(r"primary key \(.*?\)", "", body)
        tables[name] = dict(re.findall(rf"(\w+) ({KINDS})", body))
    return tables


KINDS = r"varchar\[\]|varchar|date|bigint|integer|double|boolean|timestamptz|decimal"
POLARS = {
    "varchar": {pl.String}, "varchar[]": {pl.List(pl.String)}, "date": {pl.Date},
    "bigint": {pl.Int64, pl.Int32, pl.Int16}, "integer": {pl.Int32, pl.Int64},
    "double": {pl.Float64}, "boolean": {pl.Boolean},
    "timestamptz": {pl.Datetime("us", "UTC")},
}  # fmt: skip


@pytest.mark.parametrize("table", sample.TABLES)
def test_every_table_has_canonical_columns_and_types(small, table):
    declared = canonical()[table] | dict.fromkeys(
        ("email", "phone", "referred_email"), "varchar"
    )
    for name, kind in small[table].schema.items():
        assert name in declared, f"{table}.{name} is not canonical"
        if declared[name] == "decimal":
            assert isinstance(kind, pl.Decimal), f"{table}.{name} is {kind}"
        else:
            assert kind in POLARS[declared[name]], f"{table}.{name} is {kind}"


@pytest.mark.parametrize("table", sample.TABLES)
def test_every_table_has_its_key_once(small, table):
    frame = small[table]
    assert frame.height > 0
    assert frame.select(KEYS[table]).null_count().sum_horizontal().item() == 0
    assert frame.select(KEYS[table]).is_duplicated().sum() == 0


def test_every_day_of_the_period_is_complete(small):
    batches = list(sample.read("refund", None, small.settings, None))
    assert batches[-1] == Days(dt.date(2025, 11, 21), END)


@pytest.mark.parametrize("table", sample.TABLES)
def test_nothing_happens_after_the_last_day(small, table):
    last = dt.datetime(2026, 11, 20, 22, 59, 59, tzinfo=dt.UTC)
    for name, kind in small[table].schema.items():
        if kind == pl.Datetime("us", "UTC") and name != "promised_at":
            newest = small[table][name].max()
            assert newest is None or newest <= last, f"{table}.{name} {newest}"


@pytest.mark.parametrize("table", ["session", "sales_order", "ticket", "message"])
def test_the_same_settings_give_the_same_rows(table):
    given = {"visits": 20_000, "months": 9}
    first = Shop(**given)[table]
    simulate.cache_clear()
    assert Shop(**given)[table].equals(first)
    assert not Shop(**given, seed=3)[table].equals(first)


def test_one_simulation_serves_all_tables(small):
    simulate.cache_clear()
    for table in ("session", "sales_order", "ticket"):
        list(sample.read(table, None, small.settings, None))
    assert simulate.cache_info().misses == 1
    assert simulate.cache_info().maxsize == 2


def test_switching_one_truth_off_leaves_the_rest_alone():
    given = {"visits": 60_000, "months": 9}
    plain, decoy = (Shop(**given, truths=name)["session"] for name in ("none", "decoy"))
    changed = plain.select("purchases").with_columns(other=decoy["purchases"])
    rows = changed.filter(pl.col("purchases") != pl.col("other"))
    assert rows.height <= 3
    same = [name for name in plain.columns if name not in ("visitor_key", "is_new")]
    untouched = plain.filter(pl.col("add_to_carts") == 0).select(same)
    assert untouched.equals(decoy.filter(pl.col("add_to_carts") == 0).select(same))


@pytest.mark.parametrize("truths", ["all", *sample.TRUTHS])
def test_the_smallest_shop_fills_every_table(truths):
    shop = Shop(visits=5_000, months=6, truths=truths)
    assert [table for table in sample.TABLES if shop[table].is_empty()] == []


def test_all_wrong_settings_are_told_at_once():
    wrong = sample.Settings(seed=-1, months=3, visits=10, truths="late_carier")
    with pytest.raises(JourneyError) as error:
        list(sample.read("session", None, wrong, None))
    assert len(error.value.problems) == 4
    assert 'did you mean "late_carrier"?' in str(error.value)


# ------------------------------------------------------------------- the numbers


def test_the_shop_has_its_size(shop):
    orders = shop["sales_order"].filter(pl.col("status").is_in(COUNTS))
    own = orders.filter(pl.col("sales_channel") == "own_shop")
    assert shop["session"].height == 1_000_000
    assert own.height == pytest.approx(20_000, rel=0.01)
    assert orders.height - own.height == 4_500
    polish = own.filter(pl.col("currency") == "PLN")
    assert polish["gross_total"].cast(pl.Float64).mean() == pytest.approx(214, rel=0.02)
    handed = shop["conversation"]["ticket_id"].is_not_null().sum()
    real = shop["ticket"].filter(
        ~pl.col("is_spam") & pl.col("merged_into").is_null()
        & (pl.col("initiated_by") == "customer")
    )  # fmt: skip
    assert real.height + shop["conversation"].height - handed == pytest.approx(
        4400, rel=0.02
    )


def test_the_funnel_narrows_at_its_rates(shop):
    visits = shop["session"]
    steps = ["add_to_carts", "checkouts", "shipping_infos", "payment_infos", "purchases"]
    looked = visits.filter(pl.col("items_viewed") > 0)
    assert looked.height / visits.height == pytest.approx(0.62, abs=0.003)
    assert (looked["purchases"] > 0).mean() == pytest.approx(0.0325, abs=0.0007)
    for wider, narrower in zip(["items_viewed", *steps], steps, strict=False):
        assert visits.filter((pl.col(narrower) > 0) & (pl.col(wider) == 0)).height == 0
    assert (visits["device_category"] == "mobile").mean() == pytest.approx(0.72, abs=0.01)
    country = visits["country"].value_counts(normalize=True)
    shares = dict(country.iter_rows())
    assert shares == pytest.approx({"PL": 0.85, "CZ": 0.08, "DE": 0.07}, abs=0.002)


def test_web_analytics_sees_three_of_four_orders(shop):
    own = shop["sales_order"].filter(
        (pl.col("sales_channel") == "own_shop") & pl.col("status").is_in(COUNTS)
    )
    seen = shop["session"].select(order_id="transaction_id").drop_nulls()
    assert seen.height == seen.unique().height
    assert own.join(seen, on="order_id", how="semi").height == seen.height
    assert seen.height / own.height == pytest.approx(0.74, abs=0.01)
    unknown = own.join(seen, on="order_id", how="anti").filter(
        pl.col("last_source").is_null()
    )
    assert unknown.height / own.height == pytest.approx(0.031, abs=0.006)
    denied = shop["session"].filter(pl.col("consent") == "denied")
    for name in ("visitor_key", "user_key", "transaction_id"):
        assert denied[name].null_count() == denied.height


def test_deliveries_and_payments_are_those_of_the_trade(shop):
    own = shop["sales_order"].filter(pl.col("sales_channel") == "own_shop")
    assert (own["delivery_method"] == "locker").mean() == pytest.approx(0.6, abs=0.02)
    assert set(own["payment_method"]) == {
        "blik", "przelewy24", "card", "transfer", "cash_on_delivery",
    }  # fmt: skip
    late = shop["fulfillment"].drop_nulls(["delivered_at", "promised_at"])
    rate = (late["delivered_at"] > late["promised_at"]).mean()
    assert 0.05 < rate < 0.11


def test_an_order_adds_up_to_the_grosz(shop):
    lines = (
        shop["order_line"]
        .group_by("order_id")
        .agg(
            goods=(pl.col("quantity") * pl.col("unit_price") - pl.col("discount")).sum(),
            line_tax=pl.col("tax").sum(),
        )
    )
    orders = shop["sales_order"].join(lines, on="order_id", how="left")
    assert orders["goods"].null_count() == 0
    rest = orders.select(
        (pl.col("gross_total") - pl.col("goods") - pl.col("shipping_total")
         - (pl.col("tax_total") - pl.col("line_tax"))).cast(pl.Float64).abs().max()
    )  # fmt: skip
    assert rest.item() < 0.005
    polish = orders.filter(pl.col("currency") == "PLN")
    vat = (
        polish["tax_total"].cast(pl.Float64).sum()
        / polish["gross_total"].cast(pl.Float64).sum()
    )
    assert vat == pytest.approx(0.23 / 1.23, abs=1e-4)


def test_every_foreign_order_finds_its_rate(shop):
    rates = shop["exchange_rate"].select("date", "currency", "rate")
    days = (END - dt.date(2025, 5, 21)).days + 1
    assert rates.group_by("currency").len()["len"].to_list() == [days, days]
    foreign = (
        shop["sales_order"]
        .filter(pl.col("currency") != "PLN")
        .with_columns(
            date=pl.col("placed_at").dt.convert_time_zone("Europe/Warsaw").dt.date()
        )
    )
    matched = foreign.join(rates, on=["date", "currency"])
    assert matched.height == foreign.height
    assert (matched["rate"].cast(pl.Float64) == matched["shop_rate"]).all()


REFERENCES = [
    ("order_line", "order_id", "sales_order", "order_id"),
    ("refund", "order_id", "sales_order", "order_id"),
    ("fulfillment", "order_id", "sales_order", "order_id"),
    ("payment_attempt", "order_id", "sales_order", "order_id"),
    ("checkout", "order_id", "sales_order", "order_id"),
    ("return_case", "order_id", "sales_order", "order_id"),
    ("sales_order", "customer_id", "customer", "customer_id"),
    ("feedback", "order_id", "sales_order", "order_id"),
    ("feedback", "ticket_id", "ticket", "ticket_id"),
    ("loyalty_event", "order_id", "sales_order", "order_id"),
    ("ticket", "order_ref", "sales_order", "order_id"),
    ("ticket", "merged_into", "ticket", "ticket_id"),
    ("ticket_event", "ticket_id", "ticket", "ticket_id"),
    ("conversation", "ticket_id", "ticket", "ticket_id"),
    ("conversation", "order_ref", "sales_order", "order_id"),
    ("session", "transaction_id", "sales_order", "order_id"),
    ("ticket", "session_key", "session", "session_key"),
    ("conversation", "session_key", "session", "session_key"),
    ("ticket", "visitor_key", "session", "visitor_key"),
]


@pytest.mark.parametrize(("table", "column", "other", "key"), REFERENCES)
def test_what_a_row_points_to_exists(small, table, column, other, key):
    given = small[table].select(pl.col(column).alias(key)).drop_nulls()
    assert given.height > 0
    assert given.join(small[other], on=key, how="anti").height == 0


def asking_visits(shop):
    """Return visits with a question, when it was asked and whose order followed."""
    said = pl.concat([
        shop["ticket"].select("session_key", "email", at="created_at"),
        shop["conversation"].select("session_key", "email", at="started_at"),
    ]).drop_nulls("session_key")  # fmt: skip
    return said.join(shop["session"], on="session_key")


def test_a_question_on_the_site_belongs_to_a_visit_that_had_not_bought(shop):
    asked = asking_visits(shop)
    waited = (asked["at"] - asked["started_at"]).dt.total_minutes()
    assert waited.is_between(0, 20).all()
    assert (asked["purchases"] == 0).all() and (asked["items_viewed"] > 0).all()
    assert 1_400 < asked["session_key"].n_unique() < 2_000


def test_who_asked_and_then_bought_is_one_browser(shop):
    bought = shop["session"].filter(pl.col("transaction_id").is_not_null())
    pairs = asking_visits(shop).join(bought, on="visitor_key", suffix="_bought")
    orders = shop["sales_order"].select("order_id", buyer="email", ordered="placed_at")
    pairs = pairs.join(orders, left_on="transaction_id_bought", right_on="order_id")
    same = pairs.filter(pl.col("email") == pl.col("buyer"))
    assert same.height > 100
    assert (same["ordered"] > same["at"]).sum() > 100


def test_what_happens_to_an_order_comes_in_order(shop):
    orders = shop["sales_order"].select("order_id", "placed_at")
    parcels = shop["fulfillment"].join(orders, on="order_id")
    for earlier, later in (
        ("placed_at", "shipped_at"), ("shipped_at", "delivered_at"),
        ("ready_for_pickup_at", "collected_at"), ("delivered_at", "collected_at"),
        ("ready_for_pickup_at", "returned_to_sender_at"),
    ):  # fmt: skip
        assert parcels.filter(pl.col(earlier) > pl.col(later)).height == 0
    assert parcels.filter(
        pl.col("delivered_at").is_not_null() & pl.col("returned_to_sender_at").is_not_null()
    ).is_empty()
    back = shop["return_case"].join(
        parcels.select("order_id", "delivered_at"), on="order_id"
    )
    assert back.filter(pl.col("requested_at") < pl.col("delivered_at")).is_empty()


def test_refunds_ripen(shop):
    orders = shop["sales_order"].filter(pl.col("status").is_in(COUNTS))
    refunded = pl.col("refunded_total") > 0
    fresh = orders.filter(ago("placed_at") < 12).select(refunded.mean()).item()
    ripe = orders.filter(ago("placed_at") > 50).select(refunded.mean()).item()
    assert fresh < 0.3 * ripe
    sums = shop["refund"].group_by("order_id").agg(pl.col("amount").sum())
    joined = orders.filter(refunded).join(sums, on="order_id", how="left")
    assert (joined["amount"] == joined["refunded_total"]).all()


def test_every_status_is_there(shop):
    orders = shop["sales_order"]
    assert set(orders["status"]) == {
        "processing", "completed", "refunded", "failed", "cancelled", "pending",
        "on-hold", "test",
    }  # fmt: skip
    assert (orders["is_test"] == (orders["status"] == "test")).all()


def test_people_are_guests_accounts_relays_and_neighbours(shop):
    orders = shop["sales_order"]
    own = orders.filter(pl.col("sales_channel") == "own_shop")
    assert 0.5 < own["customer_id"].is_not_null().mean() < 0.75
    market = orders.filter(pl.col("sales_channel") == "marketplace")
    assert market["email"].str.ends_with("@allegromail.example").all()
    assert market["customer_id"].is_null().all() and market["phone"].is_null().all()
    people = shop["customer"].filter(pl.col("email").str.starts_with("k"))
    shared = people.group_by("email").len().filter(pl.col("len") > 1)
    assert shared.height > 10
    assert people.group_by("phone").len().filter(pl.col("len") > 1).height > 10


def test_a_visitor_never_stands_for_two_buyers(shop):
    visits = shop["session"].filter(pl.col("transaction_id").is_not_null())
    who = shop["sales_order"].select("order_id", "email")
    bought = visits.join(who, left_on="transaction_id", right_on="order_id")
    emails = bought.group_by("visitor_key").agg(pl.col("email").n_unique())
    assert (emails["email"] > 1).mean() < 0.005
    assert bought["visitor_key"].is_duplicated().sum() > 500


def test_seasons_weekdays_and_black_week_show(shop):
    orders = shop["sales_order"].select("order_id", "placed_at")
    sold = (
        shop["order_line"]
        .join(orders, on="order_id")
        .with_columns(month=pl.col("placed_at").dt.month())
    )
    months = {
        name: sold.filter((pl.col("category") == name) & pl.col("month").is_in(when)).height
        for name, when in (("Sandals", [6, 7]), ("Winter boots", [11, 12]))
    }
    other = {
        name: sold.filter((pl.col("category") == name) & pl.col("month").is_in(when)).height
        for name, when in (("Sandals", [11, 12]), ("Winter boots", [6, 7]))
    }
    assert all(months[name] > 10 * other[name] for name in months)
    days = shop["session"].group_by(ago("started_at").alias("ago")).len()
    friday = days.filter(pl.col("ago") == (END - dt.date(2025, 11, 28)).days)["len"].item()
    assert friday > 1.7 * days["len"].median()


def test_the_loud_facts_of_the_trade_hold(shop):
    mature = buyers(shop).filter(pl.col("mature"))
    assert mature["again"].mean() == pytest.approx(0.22, abs=0.01)
    delivered = shop["fulfillment"].filter(
        pl.col("delivered_at").is_not_null() & (ago("delivered_at") > 30)
    )
    reviews = shop["feedback"].filter(pl.col("kind") == "review")
    assert delivered.join(reviews, on="order_id", how="semi").height / delivered.height == (
        pytest.approx(0.062, abs=0.005)
    )
    scores = shop["feedback"].drop_nulls("score").group_by("kind").agg(
        pl.col("score").mean(), (pl.col("score") >= 9).mean().alias("high"),
        (pl.col("score") <= 6).mean().alias("low"),
    )  # fmt: skip
    table = {kind: (score, high - low) for kind, score, high, low in scores.iter_rows()}
    assert 25 < 100 * table["nps"][1] < 45
    assert 3.8 < table["csat"][0] < 4.4
    assert 4.8 < table["ces"][0] < 5.8
    assert 4.1 < table["review"][0] < 4.6


def test_reminders_are_measured_against_those_who_got_none(shop):
    arms = shop["checkout"].drop_nulls("reminder").filter(ago("started_at") > 4)
    reminded = share(arms.filter(pl.col("reminder") == "email"), pl.col("recovered"))
    control = share(arms.filter(pl.col("reminder") == "control"), pl.col("recovered"))
    assert near(reminded, 0.095) and near(control, 0.05)
    messages = shop["message"].filter(pl.col("flow") == "abandoned_cart")
    keys = messages.select(pl.col("message_id").str.replace("m", "k")).unique()
    untouched = arms.filter(pl.col("reminder") == "control").select(
        message_id="checkout_id"
    )
    assert keys.join(untouched, on="message_id", how="semi").is_empty()


def test_the_last_four_weeks_lost_revenue_by_conversion_with_more_visits(shop):
    visits = [
        shop["session"].filter(ago("started_at").is_between(a, a + 27)) for a in (0, 28)
    ]
    own = shop["sales_order"].filter(
        (pl.col("sales_channel") == "own_shop") & pl.col("status").is_in(COUNTS)
    )
    orders = [own.filter(ago("placed_at").is_between(a, a + 27)) for a in (0, 28)]
    net = pl.col("gross_total") - pl.col("tax_total") - pl.col("shipping_total")
    money = [
        o.select((net.cast(pl.Float64) * pl.col("shop_rate")).sum()).item() for o in orders
    ]
    assert 0.87 < money[0] / money[1] < 0.95
    assert 1.02 < visits[0].height / visits[1].height < 1.08
    rates = [o.height / v.height for o, v in zip(orders, visits, strict=True)]
    assert rates[0] / rates[1] < 0.9


# -------------------------------------------------------------- the ten truths


def pays(shop, device, first, last):
    """Return the share of sessions with payment info that bought."""
    rows = shop["session"].filter(
        (pl.col("device_category") == device) & (pl.col("payment_infos") > 0)
        & ago("started_at").is_between(first, last)
    )  # fmt: skip
    return share(rows, pl.col("purchases") > 0)


def test_truth_1_phones_stop_at_payment(shop, plain):
    assert near(pays(shop, "mobile", 24, 51), 0.62)
    assert near(pays(shop, "mobile", 0, 23), 0.51)
    assert near(pays(shop, "desktop", 0, 23), 0.66)
    assert near(pays(plain, "mobile", 0, 23), 0.62)


def late_and_on_time(shop):
    parcels = (
        shop["fulfillment"]
        .drop_nulls("delivered_at")
        .select("order_id", late=pl.col("delivered_at") > pl.col("promised_at"))
    )
    czech = first_buyers(shop).filter(pl.col("ship_country") == "CZ")
    rows = czech.join(parcels, on="order_id")
    return [
        share(rows.filter(pl.col("late") == late), pl.col("again"))
        for late in (True, False)
    ]


def test_truth_2_late_czech_parcels_cost_the_second_order(shop, plain):
    late, on_time = late_and_on_time(shop)
    assert near(late, 0.14) and near(on_time, 0.22)
    parcels = (
        shop["fulfillment"]
        .drop_nulls("delivered_at")
        .filter(pl.col("carrier") == "Morava Express")
    )
    assert near(share(parcels, pl.col("delivered_at") > pl.col("promised_at")), 0.75)
    calm = (
        plain["fulfillment"]
        .drop_nulls("delivered_at")
        .filter(pl.col("carrier") == "Morava Express")
    )
    assert near(share(calm, pl.col("delivered_at") > pl.col("promised_at")), 0.06)


def contained(shop):
    """Return bot chats with whether nobody had to help within 72 hours."""
    bots = (
        shop["conversation"]
        .filter((pl.col("kind") == "bot") & (ago("started_at") > 3))
        .with_row_index("chat")
    )
    calls = shop["conversation"].filter(pl.col("kind") == "call")
    later = pl.concat([
        shop["ticket"].select("email", at="created_at"),
        calls.select("email", at="started_at"),
    ])  # fmt: skip
    pairs = bots.join(later, on="email").filter(
        (pl.col("at") > pl.col("started_at"))
        & (pl.col("at") <= pl.col("started_at") + pl.duration(hours=72))
    )
    back = pl.col("chat").is_in(pairs["chat"].implode())
    return bots.with_columns(contained=~pl.col("handed_over") & ~back)


def test_truth_3_the_bot_claims_more_than_it_does(shop, plain):
    chats = contained(shop)
    assert near(share(chats, pl.col("claimed_resolved")), 0.61)
    assert near(share(chats, pl.col("contained")), 0.38)
    honest = contained(plain)
    assert near(share(honest, pl.col("claimed_resolved")), 0.61)
    assert near(share(honest, pl.col("contained")), 0.58)


def by_effort(shop):
    """Return mature first orders with their number of contacts within 30 days."""
    contacts = pl.concat([
        shop["ticket"].filter(~pl.col("is_spam")).select("email", at="created_at"),
        shop["conversation"].filter(pl.col("ticket_id").is_null())
        .select("email", at="started_at"),
    ]).drop_nulls()  # fmt: skip
    orders = first_buyers(shop)
    joined = orders.join(contacts, on="email").filter(
        (pl.col("at") > pl.col("placed_at"))
        & (pl.col("at") < pl.col("placed_at") + pl.duration(days=30))
    )
    counts = joined.group_by("order_id").agg(contacts=pl.len())
    return orders.join(counts, on="order_id", how="left").with_columns(
        pl.col("contacts").fill_null(0)
    )


def test_truth_4_high_effort_halves_the_second_order(shop, plain):
    orders = by_effort(shop)
    assert near(share(orders.filter(pl.col("contacts") > 1), pl.col("again")), 0.12)
    assert near(share(orders.filter(pl.col("contacts") <= 1), pl.col("again")), 0.24)
    calm = by_effort(plain).filter(pl.col("contacts") > 1)
    assert near(share(calm, pl.col("again")), 0.26)


def by_channel(shop):
    """Return visits and purchases per channel, now and before."""
    rows = shop["session"].filter(ago("started_at") < 56)
    groups = rows.group_by("channel_group", now=ago("started_at") < 28)
    counts = groups.agg(visits=pl.len(), bought=pl.col("purchases").sum())
    return counts.sort("channel_group")


def mix_effect(table):
    """Return the change of conversion that the mix of channels alone explains."""
    wide = table.pivot(on="now", index="channel_group", values=["visits", "bought"])
    totals = wide.select(pl.col("visits_true").sum(), pl.col("visits_false").sum()).row(0)
    rate = (pl.col("bought_true") + pl.col("bought_false")) / (
        pl.col("visits_true") + pl.col("visits_false")
    )
    part = pl.col("visits_true") / totals[0] - pl.col("visits_false") / totals[1]
    return wide.select((rate * part).sum()).item()


def test_truth_5_paid_social_doubled_and_pulls_the_total_down(plain):
    alone = by_channel(Shop(truths="paid_social"))
    social = alone.filter(pl.col("channel_group") == "Paid Social").sort("now")
    assert social["visits"][1] / social["visits"][0] == pytest.approx(2, abs=0.1)
    assert mix_effect(alone) == pytest.approx(-0.0008, abs=0.0002)
    assert abs(mix_effect(by_channel(plain))) < 0.0002
    for name in alone["channel_group"].unique():
        before, now = alone.filter(pl.col("channel_group") == name).sort("now").rows()
        rate = (before[3] + now[3]) / (before[2] + now[2])
        error = math.sqrt(rate * (1 - rate) * (1 / before[2] + 1 / now[2]))
        assert now[3] / now[2] - before[3] / before[2] > -2.5 * error, name


def daily_orders(shop, first, last):
    own = shop["sales_order"].filter(
        (pl.col("sales_channel") == "own_shop") & pl.col("status").is_in(COUNTS)
        & ago("placed_at").is_between(first, last)
    )  # fmt: skip
    return own.height / (last - first + 1)


def test_truth_6_the_coupon_only_moved_orders_forward(shop, plain):
    spike, dip = daily_orders(shop, 136, 140), daily_orders(shop, 115, 135)
    usual = daily_orders(plain, 115, 135)
    assert spike > 2.1 * daily_orders(plain, 136, 140)
    assert dip / usual == pytest.approx(0.65, abs=0.05)
    whole = daily_orders(shop, 115, 140) / daily_orders(plain, 115, 140)
    assert whole == pytest.approx(0.96, abs=0.05)
    codes = shop["sales_order"].explode("coupon_codes")
    used = codes.filter(pl.col("coupon_codes") == "WRACAM10").select(ago("placed_at"))
    assert used.height > 150 and used.to_series().is_between(136, 140).all()


def shoe_lines(shop):
    """Return own-shop shoe lines with asked_before, returned and the next order."""
    orders = (
        buyers(shop)
        .filter((pl.col("sales_channel") == "own_shop") & pl.col("mature"))
        .select("order_id", "email", "placed_at", "again")
    )
    lines = shop["order_line"].filter(pl.col("category").is_in(SHOES))
    lines = lines.join(orders, on="order_id").with_row_index("line")
    asked = (
        shop["ticket"]
        .filter(pl.col("reason") == "size")
        .select("email", "brand", "created_at")
    )
    pairs = lines.join(asked, on=["email", "brand"]).filter(
        (pl.col("created_at") < pl.col("placed_at"))
        & (pl.col("created_at") > pl.col("placed_at") - pl.duration(days=14))
    )
    return lines.with_columns(
        asked=pl.col("line").is_in(pairs["line"].implode()),
        returned=pl.col("refunded_quantity") > 0,
        grań=pl.col("brand") == "Grań",
    )


def test_truth_7_one_brand_is_asked_about_returned_and_not_bought_again(shop, plain):
    lines = shoe_lines(shop)
    brand, others = lines.filter("grań"), lines.filter(~pl.col("grań"))
    assert near(share(brand, pl.col("asked")), 0.14)
    assert near(share(others, pl.col("asked")), 0.01)
    assert near(share(brand, pl.col("returned")), 0.41)
    assert near(share(others, pl.col("returned")), 0.19)
    assert near(share(brand, pl.col("again")), 0.02)
    assert near(share(others, pl.col("again")), 0.25)
    calm = shoe_lines(plain).filter("grań")
    assert near(share(calm, pl.col("returned")), 0.19)
    assert near(share(calm, pl.col("again")), 0.25)
    assert calm["asked"].mean() < 0.03


def uncollected(shop):
    own = shop["sales_order"].filter(
        (pl.col("payment_method") == "cash_on_delivery") & (ago("placed_at") > 20)
    )
    rows = own.join(shop["fulfillment"], on="order_id")
    return share(rows, pl.col("returned_to_sender_at").is_not_null())


def test_truth_8_cash_on_delivery_parcels_are_not_collected(shop, plain):
    assert near(uncollected(shop), 0.14)
    assert near(uncollected(plain), 0.02)
    lost = shop["fulfillment"].filter(ago("returned_to_sender_at") > 3)
    refunds = shop["refund"].filter(pl.col("reason") == "not_collected")
    assert lost.join(refunds, on="order_id", how="anti").is_empty()


def german_days(shop):
    """Return own-shop orders to Germany on the two days of the decoy, and usually."""
    rows = shop["sales_order"].filter(
        (pl.col("ship_country") == "DE") & (pl.col("sales_channel") == "own_shop")
        & pl.col("status").is_in(COUNTS)
    ).select(ago=ago("placed_at"))  # fmt: skip
    days = rows.filter(pl.col("ago").is_in([9, 10])).height
    return days, rows.filter(pl.col("ago").is_between(0, 55)).height / 56


def test_truth_9_the_decoy_is_a_dip_that_happens_by_chance(shop, plain):
    days, usual = german_days(shop)
    assert days == 0
    assert 1.5 < usual < 3.5
    assert math.exp(-2 * usual) * 548 > 0.5, "two such days would be a rare event"
    assert german_days(plain)[0] > 0


def completes(shop, device, newest, oldest):
    rows = shop["session"].filter(
        (pl.col("device_category") == device) & (pl.col("checkouts") > 0)
        & ago("started_at").is_between(newest, oldest)
    )  # fmt: skip
    return share(rows, pl.col("purchases") > 0)


def test_truth_10_the_repaired_checkout_worked(shop, plain):
    told = sample.FOLLOW_UP
    oldest, newest = told["before_days_ago"]
    before = completes(shop, "desktop", newest, oldest)
    oldest, newest = told["after_days_ago"]
    after = completes(shop, "desktop", newest, oldest)
    assert near(before, told["before"]) and near(after, told["after"])
    assert after[0] - before[0] > 2 * math.hypot(before[1], after[1])
    phones = [completes(shop, "mobile", 84, 111), completes(shop, "mobile", 56, 83)]
    assert abs(phones[0][0] - phones[1][0]) < 2 * math.hypot(phones[0][1], phones[1][1])
    assert near(completes(plain, "desktop", 84, 111), told["after"])


@pytest.mark.parametrize("name", sample.TRUTHS)
def test_every_truth_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs" / "sample-shop.md").read_text("utf-8")
