"""Orders of WooCommerce as canonical columns: orders, their lines, refunds and parcels.

Names, addresses, IPs, order keys, gateway numbers and user agents end here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Any

import polars as pl

from connectors.woocommerce.lines import Lines
from connectors.woocommerce.parcels import parcel_of
from connectors.woocommerce.refunds import refund_of
from connectors.woocommerce.things import (
    GMT,
    Coupon,
    Named,
    Odd,
    Order,
    Person,
    Sending,
    Thing,
)
from connectors.woocommerce.words import Ways, device_of, origin_of
from journey.connector import columns

Row = Mapping[str, Any]
Out = dict[str, Any]

FIELDS = ",".join(
    ("id", "number", "status", "currency", "prices_include_tax", "created_via",
     "customer_id", "billing", "shipping", "payment_method", "payment_method_title",
     "customer_user_agent", "total", "total_tax", "discount_total", "discount_tax",
     "shipping_total", "date_created", "date_created_gmt", "date_modified_gmt",
     "date_paid_gmt", "meta_data", "line_items", "shipping_lines", "fee_lines",
     "coupon_lines", "refunds")
)  # fmt: skip
"""What is asked for of an order; keys, addresses of payment and links are not."""

SUMS = ("total", "total_tax", "discount_total", "discount_tax", "shipping_total")
MOMENTS = {"placed_at": "date_created_gmt", "updated_at": "date_modified_gmt"}
PLAIN = ("id", "number", "status", "currency", "created_via", "customer_id",
         "payment_method", "payment_method_title", "customer_user_agent", *SUMS,
         *MOMENTS.values(), "date_paid_gmt")  # fmt: skip
PERSON = ("email", "phone", "country")

NOBODY = "deleted@site.invalid"
"""What the shop writes over every erased person."""
SENT = {"completed": "fulfilled", "processing": "unfulfilled", "on-hold": "unfulfilled",
        "pending": "unfulfilled"}  # fmt: skip
TOLD = ("source_type", "utm_source", "utm_medium", "utm_campaign", "session_count",
        "referrer")  # fmt: skip
"""What the shop notes of the visit an order ended."""
VISIT = (*TOLD, "session_entry", "user_agent", "device_type")
ORIGIN = ("channel", "source", "medium", "campaign")
BY_STAFF = ("mobile_app", "admin")
NOBODYS_DEVICE = ("admin", "rest-api")


@dataclass
class Mapped:
    """The canonical rows that some orders gave."""

    orders: pl.DataFrame
    lines: pl.DataFrame
    refunds: list[Out] = field(default_factory=list)
    parcels: list[Out] = field(default_factory=list)


@dataclass
class Mapper:
    """Turns orders into rows."""

    ways: Ways
    prefix: str
    delivery_meta: Mapping[str, str]

    def map(
        self,
        things: Sequence[Thing],
        products: Mapping[str, Row],
        refunds: Mapping[Any, Sequence[Row]],
    ) -> Mapped:
        """Return the rows of some orders; `products`: number -> category, brand, cost;
        `refunds`: order id -> its refunds in full.

        Raises one of ODD where one of them is not as the shop describes it.
        """
        orders = _orders_of(things)
        notes = self._notes(orders)
        frame = self._orders(orders, notes)
        return Mapped(
            frame,
            Lines(orders, frame, products, refunds).frame(),
            [
                refund_of(order, one)
                for order in (orders if refunds else ())
                for one in refunds.get(order.id, ())
            ],
            list(self._parcels(orders, notes)),
        )

    def _notes(self, orders: Sequence[Order]) -> dict[str, list[Any]]:
        """Return key -> its value for each order, of the meta data that are read."""
        notes: dict[Any, list[Any]] = {key: [None] * len(orders) for key in self._wanted}
        for place, order in enumerate(orders):
            for meta in order.meta_data:
                if meta.key in notes:
                    notes[meta.key][place] = meta.value
        return notes

    def __post_init__(self) -> None:
        self._wanted = ("_anonymized", *self.ways.noted, *self.delivery_meta.values(),
                        *(self.prefix + name for name in VISIT))  # fmt: skip

    def _parcels(
        self, orders: Sequence[Order], notes: Mapping[str, Sequence[Any]]
    ) -> Iterator[Out]:
        told = {column: notes[key] for column, key in self.delivery_meta.items()}
        for at, order in enumerate(orders if told else ()):
            if parcel := parcel_of(order, {column: told[column][at] for column in told}):
                yield parcel

    def _orders(
        self, orders: Sequence[Order], notes: Mapping[str, Sequence[Any]]
    ) -> pl.DataFrame:
        found = columns.texts(orders, Order, *PLAIN)
        visit = columns.told({name: _noted(notes[self.prefix + name]) for name in VISIT})
        moments = columns.instants(found.select(MOMENTS.values()), GMT)
        deleted = pl.when(found["status"] == "trash").then(pl.col("date_modified_gmt"))
        return pl.concat(
            [
                found.select(order_id="id", order_name="number", status="status"),
                _buyers(orders, found, notes["_anonymized"]),
                moments.select(**MOMENTS, deleted_at=deleted),
                found.select(fulfillment_status=pl.col("status").replace_strict(
                    SENT, default=None, return_dtype=pl.String)),
                self._delivery_methods([order.shipping_lines for order in orders]),
                columns.lists([_codes(o.coupon_lines) if o.coupon_lines else []
                               for o in orders]).to_frame("coupon_codes"),
                _money(orders, found),
                self._ways(found, notes, visit),
                _origins(visit, found),
            ],
            how="horizontal",
        )  # fmt: skip

    def _ways(
        self, found: pl.DataFrame, notes: Mapping[str, Sequence[Any]], visit: pl.DataFrame
    ) -> pl.DataFrame:
        """Return how orders are sold and paid."""
        noted = columns.told({key: notes[key] for key in self.ways.noted})

        def sold(via: str | None, status: str, visited: bool, *values: Any) -> list[str]:
            given = dict(zip(noted.columns, values, strict=True))
            return [self.ways.sold(via or "", status, given, visited)]

        def paid(gateway: str | None, title: str | None) -> list[str | None]:
            return [self.ways.paid(gateway or "", title or "")]

        visited = visit["session_entry"].is_not_null()
        met = found.select("created_via", "status", visited=visited)
        known = met.hstack(noted.rename({key: f"meta {key}" for key in noted.columns}))
        gateway = found.select("payment_method", "payment_method_title")
        return columns.looked_up(known, sold, {"sales_channel": pl.String}).hstack(
            columns.looked_up(gateway, paid, {"payment_method": pl.String})
        )

    def _delivery_methods(self, sendings: Sequence[Sequence[Sending]]) -> pl.DataFrame:
        nothing = Sending()
        first = [lines[0] if lines else nothing for lines in sendings]
        known = columns.texts(first, Sending, *Sending.__struct_fields__).with_columns(
            any=pl.Series(list(map(bool, sendings)), dtype=pl.Boolean)
        )

        def sent(method: Any, instance: Any, title: Any, any: bool) -> list[str | None]:
            line = {"method_id": method, "instance_id": instance, "method_title": title}
            return [self.ways.sent([line] if any else [])]

        return columns.looked_up(known, sent, {"delivery_method": pl.String})


def _orders_of(things: Sequence[Thing]) -> list[Order]:
    """Return the orders; raise what is wrong with the first that is none."""
    if set(map(type, things)) - {Order}:
        for thing in things:
            if isinstance(thing, Odd):
                raise thing.error
            assert isinstance(thing, Order)
    return list(things)  # type: ignore[arg-type]


def _noted(values: Sequence[Any]) -> Sequence[str | None]:
    """Return what the shop noted; a visit that is no text tells nothing."""
    if set(map(type, values)) <= {str, NoneType}:
        return values
    return [value if isinstance(value, str) else None for value in values]


def _codes(lines: Sequence[Coupon]) -> list[str]:
    return [str(line.code or "") for line in lines]


def _buyers(
    orders: Sequence[Order], found: pl.DataFrame, anonymized: Sequence[Any]
) -> pl.DataFrame:
    """Return account, address and country; of erased people the country alone."""
    nobody = Person()
    person = columns.texts([o.billing or nobody for o in orders], Person, *PERSON)
    shipping = columns.texts([o.shipping or nobody for o in orders], Person, "country")
    erased = (person["email"] == NOBODY).fill_null(False) | pl.Series(
        [value == "yes" for value in anonymized], dtype=pl.Boolean
    )
    customer = found["customer_id"].replace("0", None)
    known = person.select("email", "phone").with_columns(customer_id=customer)
    return known.select(pl.when(~erased).then(pl.all())).with_columns(
        ship_country=pl.coalesce(shipping["country"], person["country"])
    )


def _money(orders: Sequence[Order], found: pl.DataFrame) -> pl.DataFrame:
    """Return the sums of orders, and how much of them was paid back."""
    total, back = pl.col("total"), pl.col("back")
    paid, discounts = found["date_paid_gmt"].is_not_null(), pl.col(r"^discount_.*$")
    sums = columns.money(found.select(SUMS)).with_columns(
        back=_paid_back([order.refunds for order in orders])
    )
    standing = sums.select(
        financial_status=pl.when(back == 0)
        .then(pl.when(paid).then(pl.lit("paid")).otherwise(pl.lit("pending")))
        .when(back >= total).then(pl.lit("refunded"))
        .otherwise(pl.lit("partially_refunded")),
    )  # fmt: skip
    gross = [bool(order.prices_include_tax) for order in orders]
    return columns.landed(
        sums.select(
            gross_total=total, discount_total=pl.sum_horizontal(discounts),
            tax_total="total_tax", shipping_total="shipping_total", refunded_total=back,
        )
    ).with_columns(
        found["currency"], standing["financial_status"],
        prices_include_tax=pl.Series(gross, dtype=pl.Boolean),
    )  # fmt: skip


def _paid_back(refunds: Sequence[Sequence[Named]]) -> pl.Series:
    """Return the sums of refunds; an order names them below zero, their list above."""
    if not any(refunds):
        return pl.Series([0]).cast(columns.MONEY).new_from_index(0, len(refunds))
    some = [(at, one.total) for at, named in enumerate(refunds) for one in named]
    amounts = columns.money(columns.told({"back": [total for _, total in some]}))
    at = pl.Series("at", [at for at, _ in some], dtype=pl.Int64)
    sums = amounts.select(at, pl.col("back").abs()).group_by("at").agg(pl.col("back").sum())
    every = pl.DataFrame({"at": pl.Series(range(len(refunds)), dtype=pl.Int64)})
    return every.join(sums, on="at", how="left", maintain_order="left")["back"].fill_null(0)


def _origins(visit: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return first and last origin and the device of the visit that led to each order."""
    by_staff = visit["source_type"].is_in(BY_STAFF).fill_null(False) | found[
        "created_via"
    ].is_in(NOBODYS_DEVICE).fill_null(False)
    agents = visit.select(
        agent=pl.coalesce("user_agent", found["customer_user_agent"]), told="device_type"
    )
    device = columns.looked_up(
        agents, lambda agent, told: [device_of(agent or "", told or "")],
        {"device_category": pl.String},
    )  # fmt: skip
    into = {f"{when}_{name}": pl.String for when in ("last", "first") for name in ORIGIN}
    told = columns.looked_up(
        visit.select(TOLD), _told,
        {**into, "touchpoints": pl.Int64, "attribution_ready": pl.Boolean},
    )  # fmt: skip
    return told.hstack(device.select(pl.when(~by_staff).then(pl.all())))


def _told(*values: str | None) -> list[Any]:
    """Return what orders share whose visits were noted alike, as `_origins` has it."""
    notes = {name: value or "" for name, value in zip(TOLD, values, strict=True)}
    told = origin_of(notes)
    count = notes["session_count"]
    last = [told[name] for name in ORIGIN]
    first = last if count == "1" else [None] * len(ORIGIN)
    known = count.isascii() and count.isdigit() and len(count) < 10
    touches = int(count) if known else None
    return [*last, *first, touches, bool(notes["source_type"])]
