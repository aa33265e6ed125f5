"""What is read of the shop's answers; names, addresses, IPs, order keys are not made."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

Text = str | int | float | bool | None
"""PHP and plugins write numbers as texts, texts as numbers, and false for nothing."""

GMT = "%Y-%m-%dT%H:%M:%S"
"""How the shop writes its dates; those in GMT carry no zone."""


def utc(text: str | None) -> str | None:
    """Return a date in GMT as an instant; the field itself carries no zone."""
    return f"{text}Z" if text else None


class Thing(Struct, kw_only=True, gc=False):
    """Anything of a list that is read by a date."""

    id: int | str
    date_created_gmt: Text = None
    date_modified_gmt: Text = None


class Odd(Thing, kw_only=True, gc=False):
    """A thing that is not as the shop describes it."""

    error: Exception


class Named(Struct, gc=False):
    """A refund as its order names it; its sum is below zero here."""

    id: int | str
    total: Text = None


class Goods(Struct, gc=False):
    product_id: Text = None


class Head(Thing, kw_only=True, gc=False):
    """An order in a list, as far as it names what else has to be asked for."""

    line_items: tuple[Goods, ...] = ()
    refunds: tuple[Named, ...] = ()


class Listed(Thing, kw_only=True, gc=False):
    """An order or a refund in a list that tells what is still there."""

    parent_id: Text = None
    refunds: tuple[Named, ...] = ()


class Meta(Struct, gc=False):
    key: Text = None
    value: Any = None


class Person(Struct, gc=False):
    email: Text = None
    phone: Text = None
    country: Text = None


class Cost(Struct, gc=False):
    total_value: Text = None


class Line(Struct, kw_only=True, gc=False):
    id: int | str
    name: Text = None
    product_id: Text = None
    variation_id: Text = None
    quantity: Text = None
    subtotal: Text = None
    subtotal_tax: Text = None
    total: Text = None
    total_tax: Text = None
    sku: Text = None
    cost_of_goods_sold: Cost | None = None
    meta_data: tuple[Meta, ...] = ()


class Fee(Struct, kw_only=True, gc=False):
    id: int | str
    name: Text = None
    total: Text = None
    total_tax: Text = None


class Sending(Struct, gc=False):
    method_id: Text = None
    instance_id: Text = None
    method_title: Text = None


class Coupon(Struct, gc=False):
    code: Text = None


class Order(Thing, kw_only=True, gc=False):
    status: str
    currency: str
    number: Text = None
    prices_include_tax: Text = None
    created_via: Text = None
    customer_id: Text = None
    billing: Person | None = None
    shipping: Person | None = None
    payment_method: Text = None
    payment_method_title: Text = None
    customer_user_agent: Text = None
    total: Text = None
    total_tax: Text = None
    discount_total: Text = None
    discount_tax: Text = None
    shipping_total: Text = None
    date_created: Text = None
    date_paid_gmt: Text = None
    meta_data: tuple[Meta, ...] = ()
    line_items: tuple[Line, ...] = ()
    shipping_lines: tuple[Sending, ...] = ()
    fee_lines: tuple[Fee, ...] = ()
    coupon_lines: tuple[Coupon, ...] = ()
    refunds: tuple[Named, ...] = ()
