"""Numpy arrays to the Polars columns of the canonical tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from connectors.sample.calendar import NEVER, Array

MONEY = pl.Decimal(18, 4)


def instants(seconds: Array, now: int) -> pl.Series:
    """Return UTC instants; null where NEVER or later than `now`."""
    known = (seconds != NEVER) & (seconds <= now)
    moments = pl.Series(seconds.astype(np.int64) * 1_000_000)
    moments = moments.cast(pl.Datetime("us", "UTC"))
    return (
        moments.to_frame("x")
        .select(pl.when(pl.Series("known", known)).then(pl.col("x")))
        .to_series()
    )


def names(values: Sequence[str | None], places: Array) -> pl.Series:
    """Return the value at each place; null where the place is negative."""
    options = pl.Series([*values, None], dtype=pl.String)
    places = np.where(places < 0, len(values), places)
    return options.gather(places.astype(np.uint32))


def keys(
    prefix: str, numbers: Array, known: Array | None = None, suffix: str = ""
) -> pl.Series:
    """Return prefix, number and suffix as one text; null where not known."""
    text = pl.Series("n", numbers).cast(pl.String)
    joined = (
        text.to_frame()
        .select(pl.concat_str(pl.lit(prefix), pl.col("n"), pl.lit(suffix)))
        .to_series()
    )
    return joined if known is None else where(known, joined)


def where(known: Array, values: pl.Series, otherwise: pl.Series | None = None) -> pl.Series:
    """Return values where known, else the other ones or null."""
    other = pl.lit(None) if otherwise is None else otherwise.alias("o")
    return (
        values.alias("v")
        .to_frame()
        .select(pl.when(pl.Series("k", known)).then(pl.col("v")).otherwise(other))
        .to_series()
    )


def money(hundredths: Array, known: Array | None = None) -> pl.Series:
    """Return an exact amount in major units; null where not known."""
    amount = (pl.Series(hundredths).cast(pl.Float64) / 100).cast(MONEY)
    return amount if known is None else where(known, amount)
