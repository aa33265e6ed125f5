"""Columns of what a source answered: texts, numbers, money and instants of many things.

For connectors that read hundreds of thousands of things: a column is made in one go,
where a row as a dict costs a Python object for every value. Fields of things become a
frame of texts, and its columns, some at a time, what they mean.
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
YEARS = (1900, 2199)
"""Instants outside of these are typing errors; the landing tells them."""

PLACE = "_place"

Thing = TypeVar("Thing", bound=msgspec.Struct)


def texts(things: Sequence[Thing], of: type[Thing], *names: str) -> pl.DataFrame:
    """Return fields of these things as texts, as `told` has them.

    Raises msgspec.ValidationError with what is wrong where one of them is no such thing.
    """
    if set(map(type, things)) - {of}:
        for thing in things:
            if not isinstance(thing, of):
                msgspec.convert(thing, of)
    return told({name: list(map(attrgetter(name), things)) for name in names})


def told(values: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    """Return values as columns of texts, numbers by their digits; what is empty or false
    is null."""
    found = pl.DataFrame([_series(name, some) for name, some in values.items()])
    return found.select(pl.when(pl.all() != "").then(pl.all()))


def _series(name: str, values: Sequence[Any]) -> pl.Series:
    try:
        return pl.Series(name, values, dtype=pl.String)
    except TypeError:
        if set(map(type, values)) <= {int, NoneType}:
            return pl.Series(name, values).cast(pl.String)
        return pl.Series(name, list(map(_text, values)), dtype=pl.String)


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


def lists(values: Sequence[Sequence[str]]) -> pl.Series:
    """Return lists of texts."""
    if not any(values):
        return pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, len(values))
    return pl.Series(values, dtype=pl.List(pl.String))


def money(given: pl.DataFrame) -> pl.DataFrame:
    """Return columns of texts as amounts to reckon with; what is empty is 0.

    Raises ArithmeticError where one is no amount.
    """
    found = given.select(pl.all().cast(MONEY, strict=False))
    for name in _lost(given, found):
        amounts = pl.Series(name, list(map(_amount, given[name])), dtype=MONEY)
        found = found.with_columns(amounts)
    return found.select(pl.all().fill_null(0))


def _lost(given: pl.DataFrame, found: pl.DataFrame) -> list[str]:
    """Return the columns of which a value could not be read."""
    nulls = zip(given.columns, _nulls(given), _nulls(found), strict=True)
    return [name for name, before, after in nulls if after > before]


def _nulls(frame: pl.DataFrame) -> list[int]:
    return [column.null_count() for column in frame.get_columns()]


def _amount(text: str | None) -> Decimal | None:
    amount = None if text is None else Decimal(text)
    if amount is not None and not -(10**20) < amount < 10**20:
        raise ArithmeticError("no amount of money")
    return amount


def landed(given: pl.DataFrame) -> pl.DataFrame:
    """Return columns of amounts or texts as money that lands, null where there is none.

    Where one is no amount the texts themselves, for the landing to tell.
    """
    # as the landing rounds; a cast alone rounds to even
    found = given.select(
        pl.all().cast(MONEY, strict=False)
        .round(4, mode="half_away_from_zero").cast(LANDED, strict=False)
    )  # fmt: skip
    return found.with_columns(given[name].cast(pl.String) for name in _lost(given, found))


def instants(given: pl.DataFrame, written: str) -> pl.DataFrame:
    """Return columns of texts without a zone as instants in UTC, `written` as strftime
    has it.

    Where one cannot be read the texts themselves, for the landing to tell.
    """
    moment = pl.all().str.to_datetime(
        written, time_unit="us", time_zone="UTC", strict=False
    )
    found = given.select(moment).select(
        pl.when(pl.all().dt.year().is_between(*YEARS)).then(pl.all())
    )
    return found.with_columns(given[name] + "Z" for name in _lost(given, found))


def looked_up(
    given: pl.DataFrame, find: Callable[..., Iterable[Any]], into: Mapping[str, Any]
) -> pl.DataFrame:
    """Return the columns `into` (name -> type) that `find` tells of each row given.

    `find` is asked once for rows that are alike.
    """
    distinct = given.unique(maintain_order=True)
    found = pl.DataFrame(
        [tuple(find(*row)) for row in distinct.iter_rows()], schema=into, orient="row"
    )
    at = given.join(
        distinct.with_row_index(PLACE), on=given.columns,
        how="left", nulls_equal=True, maintain_order="left",
    )[PLACE]  # fmt: skip
    return found[at]
