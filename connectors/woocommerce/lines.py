"""Lines of orders as canonical columns: products and fees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from connectors.woocommerce.refunds import pieces_back
from connectors.woocommerce.things import GMT, Fee, Line, Order
from journey.connector import columns

COST_META = ("_wc_cog_item_cost",)
"""Where a widespread plugin keeps what a piece cost; the shop itself has a field."""
PRODUCT = {"category": pl.String, "brand": pl.String, "cost": pl.String}


class Lines:
    """What stands in some orders; what sending costs stands in the orders themselves."""

    def __init__(
        self, orders: Sequence[Order], products: Mapping[Any, Mapping[str, Any]],
        refunds: Mapping[Any, Sequence[Mapping[str, Any]]],
    ) -> None:  # fmt: skip
        """`products`: number -> category, brand, cost; `refunds`: order -> its refunds."""
        self.products = products
        self.refunds = refunds
        self.orders = orders
        self.heads = pl.DataFrame({
            "order_id": columns.texts([order.id for order in orders]),
            "currency": columns.texts([order.currency for order in orders]),
            "updated_at": columns.instants([o.date_modified_gmt for o in orders], GMT),
            "gross": pl.Series([bool(o.prices_include_tax) for o in orders],
                               dtype=pl.Boolean),
        })  # fmt: skip

    def frame(self) -> pl.DataFrame:
        """Return the lines of products, then those of fees."""
        return pl.concat([self._products(), self._fees()], how="diagonal_relaxed")

    def _heads(self, counts: Sequence[int]) -> pl.DataFrame:
        """Return the head of its order for each line."""
        at = pl.Series(range(len(counts)), dtype=pl.Int64)
        each = pl.Series(counts, dtype=pl.Int64)
        return self.heads[at.repeat_by(each).explode(empty_as_null=False)]

    def _products(self) -> pl.DataFrame:
        lines = [line for order in self.orders for line in order.line_items]
        head = self._heads([len(order.line_items) for order in self.orders])
        found = columns.fields(lines, Line)
        product = columns.texts(found["product_id"]).replace("0", None)
        about = columns.looked_up({"number": product}, self._about, PRODUCT)
        gross, pieces = head["gross"], columns.numbers(found["quantity"]).clip(1)
        before, after = (
            columns.money(found[name]) + _where(gross, columns.money(found[f"{name}_tax"]))
            for name in ("subtotal", "total")
        )
        price = (before / pieces.cast(pl.Decimal(38, 0))).round(4, mode="half_to_even")
        return head.drop("gross").with_columns(
            line_id=columns.texts(found["id"]), sku=columns.texts(found["sku"]),
            product_id=product, title=columns.texts(found["name"]),
            category=about["category"], brand=about["brand"], quantity=pieces,
            unit_price=columns.landed(price.zip_with(pieces > 1, before)),
            discount=columns.landed(before - after),
            tax=columns.landed(columns.money(found["total_tax"])),
            unit_cost=columns.landed(_costs(lines, about["cost"])),
            refunded_quantity=self._back(lines, head["order_id"]),
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

    def _fees(self) -> pl.DataFrame:
        """Return fees as lines of no pieces: a surcharge is a discount below zero."""
        fees = [fee for order in self.orders for fee in order.fee_lines]
        head = self._heads([len(order.fee_lines) for order in self.orders])
        found = columns.fields(fees, Fee)
        tax = columns.money(found["total_tax"])
        paid = columns.money(found["total"]) + _where(head["gross"], tax)
        nothing = pl.lit(0, columns.LANDED)
        return head.drop("gross").with_columns(
            line_id="fee:" + columns.texts(found["id"]), title=columns.texts(found["name"]),
            quantity=pl.lit(0, pl.Int64), unit_price=nothing,
            discount=columns.landed(paid * -1), tax=columns.landed(tax), unit_cost=nothing,
            refunded_quantity=pl.lit(0, pl.Int64),
        )  # fmt: skip


def _where(gross: pl.Series, tax: pl.Series) -> pl.Series:
    """Return the tax where prices include it, else nothing."""
    return tax.set(~gross, 0)


def _costs(lines: Sequence[Line], known: pl.Series) -> pl.Series:
    """Return what a piece cost the shop, as of the sale where the order tells it."""
    told = pl.Series(
        [_told_cost(line) if line.cost_of_goods_sold or line.meta_data else None
         for line in lines],
        dtype=pl.String,
    )  # fmt: skip
    varied = pl.Series([bool(line.variation_id) for line in lines], dtype=pl.Boolean)
    return told.zip_with(told.is_not_null(), known.set(varied, None))


def _told_cost(line: Line) -> str | None:
    told = line.cost_of_goods_sold.total_value if line.cost_of_goods_sold else None
    if told:
        pieces = max(int(line.quantity or 0), 1)
        return str((Decimal(str(told)) / pieces).quantize(Decimal("0.0001")))
    for meta in line.meta_data:
        if meta.key in COST_META and meta.value:
            return str(meta.value)
    return None
