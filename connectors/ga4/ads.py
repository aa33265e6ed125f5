"""The cost of ads as GA4 knows it, by platform and campaign."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

PLATFORMS = {
    "google": "google_ads", "bing": "microsoft_ads", "microsoft": "microsoft_ads",
    "facebook": "meta", "instagram": "meta", "fb": "meta", "ig": "meta", "meta": "meta",
}  # fmt: skip
"""First part of source / medium -> platform; cost without one is of linked Google Ads."""
COSTS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "ad_cost": pl.Decimal(18, 6),
    "ad_clicks": pl.Int64,
    "ad_impressions": pl.Int64,
}


def campaigns(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows of `campaign_daily` from the report of ads; days without any are left."""
    for name, kind in COSTS.items():
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, kind).alias(name))
    for name in ("source_medium", "channel_group"):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(name))
    named = pl.col("campaign").fill_null("(not set)")
    return frame.filter(pl.any_horizontal(pl.col(name) != 0 for name in COSTS)).select(
        _platform().alias("platform"),
        named.alias("campaign_id"), named.alias("campaign_name"),
        named.alias("utm_campaign"), pl.col("channel_group").alias("channel"),
        "date", "time_zone", "currency", pl.col("ad_cost").alias("cost"),
        pl.col("ad_impressions").alias("impressions"), pl.col("ad_clicks").alias("clicks"),
        pl.lit("as reported by web analytics").alias("attribution"), "is_final",
    )  # fmt: skip


def _platform() -> pl.Expr:
    source = pl.col("source_medium").str.split(" / ").list.first().str.to_lowercase()
    known = source.replace_strict(PLATFORMS, default=source)
    unsaid = source.is_null() | source.str.starts_with("(")
    return pl.when(unsaid).then(pl.lit("google_ads")).otherwise(known)
