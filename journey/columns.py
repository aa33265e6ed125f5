"""Columns of what a source answered: texts, numbers, money and instants of many things.

For connectors that read hundreds of thousands of things: a column is made in one go,
where a row as a dict costs a Python object for every value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from types import NoneType
from typing import Any, TypeVar

import msgspec
import polars as pl

MONEY = pl.Decimal(38, 10)
"""In which money is reckoned; it lands with four places."""
LANDED = pl.Decimal(18, 4)
INSTANT = pl.Datetime("us", "UTC")
YEARS = (1900, 2199)
"""Instants outside of these are typing errors; the landing tells them."""

Thing = TypeVar("Thing", bound=msgspec.Struct)


def fields(things: Sequence[Thing], of: type[Thing]) -> dict[str, Sequence[Any]]:
    """Return the values of each field of these things.

    Raises msgspec.ValidationError with what is wrong where one of them is no such thing.
    """
    if set(map(type, things)) - {of}:
        for thing in things:
            if not isinstance(thing, of):
                msgspec.convert(thing, of)
    return {name: list(map(attrgetter(name), things)) for name in of.__struct_fields__}


def texts(values: Sequence[Any] | pl.Series) -> pl.Series:
    """Return values as texts, numbers by their digits; what is empty or false is null."""
    try:
        found = pl.Series(values, dtype=pl.String)
    except TypeError:
        if set(map(type, values)) <= {int, NoneType}:
            return pl.Series(values).cast(pl.String)
        found = pl.Series(list(map(_text, values)), dtype=pl.String)
    empty = found == ""
    return found.set(empty, None) if empty.any() else found


def lists(values: Sequence[Sequence[str]]) -> pl.Series:
    """Return lists of texts."""
    if not any(values):
        return pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, len(values))
    at = [number for number, some in enumerate(values) for _ in some]
    some = [text for given in values for text in given]
    told = pl.DataFrame(
        {"at": pl.Series(at, dtype=pl.UInt32), "texts": pl.Series(some, dtype=pl.String)}
    ).group_by("at").agg("texts")  # fmt: skip
    every = pl.DataFrame({"at": pl.int_range(len(values), dtype=pl.UInt32, eager=True)})
    joined = every.join(told, on="at", how="left", maintain_order="left")["texts"]
    return joined.fill_null(pl.Series([[]], dtype=pl.List(pl.String)))


def _text(value: Any) -> str | None:
    return None if value is None or value is False else str(value)


def numbers(values: Sequence[Any]) -> pl.Series:
    """Return whole numbers, also from texts, cut; what is empty is 0.

    Raises ValueError, OverflowError or TypeError where one is no number.
    """
    try:
        return pl.Series(values, dtype=pl.Int64).fill_null(0)
    except (TypeError, OverflowError):
        return pl.Series([int(value or 0) for value in values], dtype=pl.Int64)


def money(values: Sequence[Any]) -> pl.Series:
    """Return amounts to reckon with; what is empty is 0.

    Raises ArithmeticError where one is no amount.
    """
    given = texts(values)
    found = given.cast(MONEY, strict=False)
    if found.null_count() > given.null_count():
        found = pl.Series(list(map(_amount, given)), dtype=MONEY)
    return found.fill_null(0)


def _amount(text: str | None) -> Decimal | None:
    amount = None if text is None else Decimal(text)
    if amount is not None and not -(10**20) < amount < 10**20:
        raise ArithmeticError("no amount of money")
    return amount


def landed(values: Sequence[Any] | pl.Series) -> pl.Series:
    """Return money as it lands, null where there is none.

    Where one is no amount the texts themselves, for the landing to tell.
    """
    given = values if isinstance(values, pl.Series) else texts(values)
    reckoned = given if given.dtype == MONEY else given.cast(MONEY, strict=False)
    # as the landing rounds; a cast alone rounds to even
    found = reckoned.round(4, mode="half_away_from_zero").cast(LANDED, strict=False)
    return found if found.null_count() == given.null_count() else given.cast(pl.String)


def instants(values: Sequence[Any], written: str) -> pl.Series:
    """Return instants in UTC from texts without a zone, `written` as strftime has it.

    Where one cannot be read the texts themselves, for the landing to tell.
    """
    given = texts(values)
    found = given.str.to_datetime(written, time_unit="us", time_zone="UTC", strict=False)
    known = found.dt.year().is_between(*YEARS).sum()
    return found if known == len(given) - given.null_count() else given + "Z"


def looked_up(
    by: Mapping[str, pl.Series], find: Callable[..., Iterable[Any]], into: Mapping[str, Any]
) -> pl.DataFrame:
    """Return the columns `into` (name -> type) that `find` tells of each row of `by`.

    `find` is asked once for rows that are alike.
    """
    given = pl.DataFrame(by)
    distinct = given.unique(maintain_order=True)
    found = pl.DataFrame(
        [tuple(find(*row)) for row in distinct.iter_rows()], schema=into, orient="row"
    )
    told = pl.concat([distinct, found], how="horizontal")
    joined = given.join(
        told, on=given.columns, how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.select(list(into))
