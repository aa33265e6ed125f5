"""Orders of WooCommerce as canonical columns: orders, their lines, refunds and parcels.

Names, addresses, IPs, order keys, gateway numbers and user agents end here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from connectors.woocommerce.lines import Lines
from connectors.woocommerce.parcels import parcel_of
from connectors.woocommerce.refunds import refund_of
from connectors.woocommerce.things import (
    GMT,
    Coupon,
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
    """Turns orders into rows; `products` is filled by the caller, page by page."""

    ways: Ways
    prefix: str
    delivery_meta: Mapping[str, str]
    products: Mapping[Any, Row]

    def map(self, things: Sequence[Thing], refunds: Mapping[Any, Sequence[Row]]) -> Mapped:
        """Return the rows of some orders; `refunds`: order id -> its refunds in full.

        Raises one of ODD where one of them is not as the shop describes it.
        """
        orders = _orders_of(things)
        found = columns.fields(orders, Order)
        notes = self._notes(orders)
        told = {column: notes[key] for column, key in self.delivery_meta.items()}
        parcels = [
            parcel_of(order, {column: told[column][at] for column in told})
            for at, order in enumerate(orders if told else ())
        ]
        return Mapped(
            self._orders(found, notes),
            Lines(orders, self.products, refunds).frame(),
            [
                refund_of(order, one)
                for order in orders
                for one in refunds.get(order.id, ())
            ],
            [parcel for parcel in parcels if parcel],
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

    def _orders(
        self, found: Mapping[str, Sequence[Any]], notes: Mapping[str, Sequence[Any]]
    ) -> pl.DataFrame:
        visit = {name: _noted(notes[self.prefix + name]) for name in VISIT}
        via, status = columns.texts(found["created_via"]), columns.texts(found["status"])
        modified = columns.instants(found["date_modified_gmt"], GMT)
        frame = pl.DataFrame({
            "order_id": columns.texts(found["id"]),
            "order_name": columns.texts(found["number"]),
            **_buyers(found, notes["_anonymized"]),
            "placed_at": columns.instants(found["date_created_gmt"], GMT),
            "status": status,
            "fulfillment_status": status.replace_strict(
                SENT, default=None, return_dtype=pl.String
            ),
            "delivery_method": self._deliveries(found["shipping_lines"]),
            "coupon_codes": columns.lists(
                [_codes(lines) if lines else [] for lines in found["coupon_lines"]]
            ),
            **_money(found),
            "updated_at": modified,
            "deleted_at": modified.set(status.ne_missing("trash"), None),
        })  # fmt: skip
        ways = self._ways(found, notes, via, status, visit["session_entry"])
        return pl.concat([frame, ways, _origins(visit, found, via)], how="horizontal")

    def _ways(
        self, found: Mapping[str, Sequence[Any]], notes: Mapping[str, Sequence[Any]],
        via: pl.Series, status: pl.Series, entry: pl.Series,
    ) -> pl.DataFrame:  # fmt: skip
        """Return how orders are sold and paid."""
        noted = {key: columns.texts(list(map(_given, notes[key])))
                 for key in self.ways.noted}  # fmt: skip

        def sold(via: str | None, status: str, visited: bool, *values: Any) -> list[str]:
            given = dict(zip(noted, values, strict=True))
            return [self.ways.sold(via or "", status, given, visited)]

        def paid(gateway: str | None, title: str | None) -> list[str | None]:
            return [self.ways.paid(gateway or "", title or "")]

        told = {"via": via, "status": status, "visited": entry.is_not_null(),
                **{f"meta {key}": values for key, values in noted.items()}}  # fmt: skip
        gateway = {"gateway": columns.texts(found["payment_method"]),
                   "title": columns.texts(found["payment_method_title"])}  # fmt: skip
        return columns.looked_up(told, sold, {"sales_channel": pl.String}).hstack(
            columns.looked_up(gateway, paid, {"payment_method": pl.String})
        )

    def _deliveries(self, sendings: Sequence[Any]) -> pl.Series:
        nothing = Sending()
        first = [lines[0] if lines else nothing for lines in sendings]
        told = {
            name: columns.texts(values)
            for name, values in columns.fields(first, Sending).items()
        } | {"any": pl.Series(list(map(bool, sendings)), dtype=pl.Boolean)}

        def sent(method: Any, instance: Any, title: Any, any: bool) -> list[str | None]:
            line = {"method_id": method, "instance_id": instance, "method_title": title}
            return [self.ways.sent([line] if any else [])]

        return columns.looked_up(told, sent, {"way": pl.String})["way"]


def _orders_of(things: Sequence[Thing]) -> list[Order]:
    """Return the orders; raise what is wrong with the first that is none."""
    if set(map(type, things)) - {Order}:
        for thing in things:
            if isinstance(thing, Odd):
                raise thing.error
            assert isinstance(thing, Order)
    return list(things)  # type: ignore[arg-type]


def _noted(values: Sequence[Any]) -> pl.Series:
    """Return what the shop noted; a visit that is no text tells nothing."""
    try:
        return pl.Series(values, dtype=pl.String)
    except TypeError:
        texts = [value if isinstance(value, str) else None for value in values]
        return pl.Series(texts, dtype=pl.String)


def _codes(lines: Sequence[Coupon]) -> list[str]:
    return [str(line.code or "") for line in lines]


def _given(value: Any) -> str | None:
    return None if value in (None, "", False) else str(value)


def _buyers(
    found: Mapping[str, Sequence[Any]], anonymized: Sequence[Any]
) -> dict[str, pl.Series]:
    """Return account, address and country; of erased people the country alone."""
    billing = _people(found["billing"])
    erased = (billing["email"] == NOBODY).fill_null(False) | pl.Series(
        [value == "yes" for value in anonymized], dtype=pl.Boolean
    )
    shipping = _people(found["shipping"])["country"]
    customer = columns.texts(found["customer_id"]).replace("0", None)
    return {
        "customer_id": customer.set(erased, None),
        "email": billing["email"].set(erased, None),
        "phone": billing["phone"].set(erased, None),
        "ship_country": shipping.zip_with(shipping.is_not_null(), billing["country"]),
    }


def _people(people: Sequence[Person | None]) -> dict[str, pl.Series]:
    nobody = Person()
    told = columns.fields([person or nobody for person in people], Person)
    return {name: columns.texts(values) for name, values in told.items()}


def _money(found: Mapping[str, Sequence[Any]]) -> dict[str, pl.Series]:
    """Return the sums of orders, and how much of them was paid back."""
    gross, back = columns.money(found["total"]), _paid_back(found["refunds"])
    discount = columns.money(found["discount_total"]) + columns.money(found["discount_tax"])
    paid = columns.texts(found["date_paid_gmt"]).is_not_null()
    standing = pl.select(
        pl.when(back == 0).then(pl.when(paid).then(pl.lit("paid")).otherwise(
            pl.lit("pending")))
        .when(back >= gross).then(pl.lit("refunded"))
        .otherwise(pl.lit("partially_refunded"))
    ).to_series()  # fmt: skip
    return {
        "currency": columns.texts(found["currency"]),
        "gross_total": columns.landed(gross), "discount_total": columns.landed(discount),
        "tax_total": columns.landed(columns.money(found["total_tax"])),
        "shipping_total": columns.landed(columns.money(found["shipping_total"])),
        "prices_include_tax": pl.Series(
            list(map(bool, found["prices_include_tax"])), dtype=pl.Boolean
        ),
        "refunded_total": columns.landed(back), "financial_status": standing,
    }  # fmt: skip


def _paid_back(refunds: Sequence[Any]) -> pl.Series:
    """Return the sums of refunds; an order names them below zero, their list above."""
    some = [(at, one.total) for at, named in enumerate(refunds) for one in named]
    sums = pl.DataFrame({
        "at": pl.Series([at for at, _ in some], dtype=pl.Int64),
        "back": columns.money([total for _, total in some]).abs(),
    }).group_by("at").agg(pl.col("back").sum())  # fmt: skip
    every = pl.DataFrame({"at": pl.Series(range(len(refunds)), dtype=pl.Int64)})
    return every.join(sums, on="at", how="left", maintain_order="left")["back"].fill_null(0)


def _origins(
    visit: Mapping[str, pl.Series], found: Mapping[str, Sequence[Any]], via: pl.Series
) -> pl.DataFrame:
    """Return first and last origin and the device of the visit that led to each order."""
    kind, own = visit["source_type"], columns.texts(found["customer_user_agent"])
    agent = columns.texts(visit["user_agent"])
    by_staff = kind.is_in(BY_STAFF).fill_null(False) | via.is_in(NOBODYS_DEVICE).fill_null(
        False
    )
    device = columns.looked_up(
        {"agent": agent.zip_with(agent.is_not_null(), own), "told": visit["device_type"]},
        lambda agent, told: [device_of(agent or "", told or "")],
        {"device_category": pl.String},
    )["device_category"].set(by_staff, None)
    into = {f"{when}_{name}": pl.String for when in ("last", "first") for name in ORIGIN}
    told = columns.looked_up(
        {name: visit[name] for name in TOLD}, _told,
        {**into, "touchpoints": pl.Int64, "attribution_ready": pl.Boolean},
    )  # fmt: skip
    return told.with_columns(device.alias("device_category"))


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
