"""Lines of orders as canonical columns: products and fees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

import polars as pl

from connectors.woocommerce.refunds import pieces_back
from connectors.woocommerce.things import Fee, Line, Order
from journey.connector import columns

COST_META = ("_wc_cog_item_cost",)
"""Where a widespread plugin keeps what a piece cost; the shop itself has a field."""
SUMS = ("subtotal", "subtotal_tax", "total", "total_tax")
PLAIN = ("id", "name", "product_id", "variation_id", "sku", *SUMS)
PRODUCT = {"category": pl.String, "brand": pl.String, "cost": pl.String}


class Lines:
    """What stands in some orders; what sending costs stands in the orders themselves."""

    def __init__(
        self, orders: Sequence[Order], landing: pl.DataFrame,
        products: Mapping[Any, Mapping[str, Any]],
        refunds: Mapping[Any, Sequence[Mapping[str, Any]]],
    ) -> None:  # fmt: skip
        """`landing`: the orders as they land; `products`: number -> category, brand, cost;
        `refunds`: order -> its refunds."""
        self.orders = orders
        self.products = products
        self.refunds = refunds
        self.heads = landing.select(
            "order_id", "currency", "updated_at", gross="prices_include_tax"
        )

    def frame(self) -> pl.DataFrame:
        """Return the lines of products, then those of fees."""
        products, counts = self._products(), [len(o.fee_lines) for o in self.orders]
        if not any(counts):
            return products
        return pl.concat([products, self._fees(counts)], how="diagonal_relaxed")

    def _heads(self, counts: Sequence[int]) -> pl.DataFrame:
        """Return the head of its order for each line."""
        at = pl.Series(range(len(counts)), dtype=pl.Int64)
        each = pl.Series(counts, dtype=pl.Int64)
        return self.heads[at.repeat_by(each).explode(empty_as_null=False)]

    def _products(self) -> pl.DataFrame:
        lines = [line for order in self.orders for line in order.line_items]
        head = self._heads([len(order.line_items) for order in self.orders])
        found = columns.texts(lines, Line, *PLAIN)
        product = found.select(pl.col("product_id").replace("0", None))
        about = columns.looked_up(product, self._about, PRODUCT)
        pieces = columns.numbers(list(map(attrgetter("quantity"), lines))).clip(1)
        sums = _sums(columns.money(found.select(SUMS)), head["gross"], pieces)
        return pl.concat(
            [
                head.drop("gross"),
                found.select("sku", line_id="id", title="name"),
                product, about.select("category", "brand"),
                sums.with_columns(columns.landed(_costs(lines, found, about["cost"]))),
            ],
            how="horizontal",
        ).with_columns(
            quantity=pieces, refunded_quantity=self._back(lines, head["order_id"])
        )  # fmt: skip

    def _about(self, number: str | None) -> list[Any]:
        known = self.products.get(number) or {}
        return [known.get(name) for name in PRODUCT]

    def _back(self, lines: Sequence[Line], of: pl.Series) -> pl.Series:
        """Return pieces that refunds name; unknown where they name none."""
        back: dict[str, int] = {}
        unknown = set()
        for order, refunds in self.refunds.items():
            found = pieces_back(refunds)
            back |= found
            if refunds and not found:
                unknown.add(str(order))
        pieces = (
            pl.Series([back.get(str(line.id), 0) for line in lines], dtype=pl.Int64)
            if back else pl.zeros(len(lines), pl.Int64, eager=True)
        )  # fmt: skip
        return pieces.set(of.is_in(list(unknown)), None) if unknown else pieces

    def _fees(self, counts: Sequence[int]) -> pl.DataFrame:
        """Return fees as lines of no pieces: a surcharge is a discount below zero."""
        fees = [fee for order in self.orders for fee in order.fee_lines]
        head = self._heads(counts)
        found = columns.texts(fees, Fee, "id", "name", "total", "total_tax")
        tax = pl.col("total_tax")
        paid = pl.col("total") + pl.when(head["gross"]).then(tax).otherwise(0)
        sums = columns.landed(
            columns.money(found.select("total", "total_tax")).select(
                discount=-paid, tax=tax, unit_price=0 * tax, unit_cost=0 * tax
            )
        )
        return pl.concat([head.drop("gross"), sums], how="horizontal").with_columns(
            line_id="fee:" + found["id"], title=found["name"],
            quantity=pl.lit(0, pl.Int64), refunded_quantity=pl.lit(0, pl.Int64),
        )  # fmt: skip


def _sums(money: pl.DataFrame, gross: pl.Series, pieces: pl.Series) -> pl.DataFrame:
    """Return price of a piece, discount and tax; with the tax where prices include it."""
    before, after = (
        pl.col(name) + pl.when(gross).then(pl.col(f"{name}_tax")).otherwise(0)
        for name in ("subtotal", "total")
    )
    each = (before / pieces.cast(pl.Decimal(38, 0))).round(4, mode="half_to_even")
    return columns.landed(
        money.select(
            unit_price=pl.when(pieces > 1).then(each).otherwise(before),
            discount=before - after, tax="total_tax",
        )
    )  # fmt: skip


def _costs(lines: Sequence[Line], found: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """Return what a piece cost the shop, as of the sale where the order tells it."""
    told = pl.Series(
        [_told_cost(line) if line.cost_of_goods_sold or line.meta_data else None
         for line in lines],
        dtype=pl.String,
    )  # fmt: skip
    alone = (found["variation_id"] == "0").fill_null(True)
    return pl.select(unit_cost=pl.coalesce(told, pl.when(alone).then(known)))


def _told_cost(line: Line) -> str | None:
    told = line.cost_of_goods_sold.total_value if line.cost_of_goods_sold else None
    if told:
        pieces = max(int(line.quantity or 0), 1)
        return str((Decimal(str(told)) / pieces).quantize(Decimal("0.0001")))
    for meta in line.meta_data:
        if meta.key in COST_META and meta.value:
            return str(meta.value)
    return None
