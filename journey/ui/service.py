"""What the Support page says in words: pure sentences of rows and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from journey import words
from journey.answer import Measure, Part
from journey.figures import statistics
from journey.formats import Formats
from journey.scope import NOT_SET
from journey.settings import Costs

SURE = 0.05
"""Share of false alarms that a named hour may be."""
SIGNS = {
    "repeat": "Came back within 7 days", "transfer": "Handed on",
    "reopen": "Reopened after it was solved", "channel_switch": "Changed channel",
    "wait": "Waited long",
}  # fmt: skip


def waiting(
    wall: Measure | None, office: Measure | None, never: Measure | None, formats: Formats
) -> str:
    """Return how long half and nine of ten wait, day and night and in office hours."""
    half, most = _waited(wall, formats)
    if not half:
        return ""
    text = f"Half have a first answer within {half}"
    text += f", 9 of 10 within {most}" if most else ""
    half, most = _waited(office, formats)
    if half:
        text += f"; in office hours alone {half}" + (f" and {most}" if most else "")
    if never is None or never.now.value is None:
        return f"{text}."
    return f"{text}. {formats.percent(never.now.value)} got none within 7 days."


def _waited(measure: Measure | None, formats: Formats) -> tuple[str, str]:
    """Return the wait of half and of nine of ten; "" where it cannot be told."""
    found = (measure.now, measure.p90) if measure else (None, None)
    half, most = (
        formats.value(one.value, "minutes") if one and one.value is not None else ""
        for one in found
    )
    return half, most


def lagging(rows: pl.DataFrame, formats: Formats) -> str:
    """Return when most write, and when fewer are answered in time than at other hours.

    The worst of fifty cells is often chance, so one is named only where its difference
    from all others survives the correction for looking at every cell.
    """
    busiest = rows.sort("contacts", descending=True).row(0, named=True)
    text = f"Most write on {_hour(busiest)}."
    judged = rows.drop_nulls("in_time").to_dicts()
    units = sum(row["contacts"] for row in judged)
    if len(judged) < 2 or not units:
        return text
    hits = [row["in_time"] * row["contacts"] for row in judged]
    chance = statistics.benjamini_hochberg(
        [
            statistics.proportions_p(
                k, row["contacts"], sum(hits) - k, units - row["contacts"]
            )
            for k, row in zip(hits, judged, strict=True)
        ]
    )
    usual = sum(hits) / units
    slow = [
        row for row, q in zip(judged, chance, strict=True)
        if q <= SURE and row["in_time"] < usual
    ]  # fmt: skip
    told = formats.percent(usual)
    if not slow:
        return f"{text} {told} have an answer within 4 hours; no hours lag beyond chance."
    worst = min(slow, key=lambda row: float(row["in_time"]))
    share = formats.percent(worst["in_time"])
    return (
        f"{text} Who writes on {_hour(worst)} waits longest: {share} have an answer within "
        f"4 hours, {told} over all hours."
    )


def _hour(row: Mapping[str, Any]) -> str:
    return f"{row['weekday']} {row['part_of_day']}"


def claimed(rows: pl.DataFrame, costs: Costs, formats: Formats) -> str:
    """Return what the bot says it solved, what it truly did, and what the gap costs."""
    by = {row["outcome"]: row for row in rows.to_dicts()}
    says, solved, handed, back = (
        by.get(name, {}) for name in ("Bot says solved", "Truly solved", "Handed to staff",
                                      "Came back within 3 days")
    )  # fmt: skip
    if says.get("share") is None or solved.get("share") is None:
        chats = formats.counted(says.get("chats") or 0, "chat")
        return f"Too few chats to tell: {chats} of 30."
    text = (
        f"The bot says it solved {formats.percent(says['share'])}; "
        f"{formats.percent(solved['share'])} truly were: "
        f"{formats.percent(handed['share'])} were handed to staff, and in "
        f"{formats.percent(back['share'])} the person came back within 3 days."
    )
    if costs.contact is None:
        return text
    each, cost = formats.money(costs.contact), formats.money(back["hits"] * costs.contact)
    return f"{text} Those {formats.number(back['hits'])} further contacts cost about \
{cost}, at {each} each."


def asked(rows: pl.DataFrame, formats: Formats) -> str:
    """Return what is asked most, how much of it, and when."""
    named = rows.filter(pl.col("reason") != NOT_SET)
    if named.is_empty():
        return "Your helpdesk tells no reasons."
    first = named.row(0, named=True)
    name = words.value("reason", first["reason"], formats)
    text = f"{name} is asked most"
    if first["contact_share"] is not None:
        text += f": {formats.percent(first['contact_share'])} of contacts"
    if first.get("per_100_orders") is not None:
        text += f", {formats.number(first['per_100_orders'], 1)} for every 100 orders"
    when = {
        "before buying": first["before_buying"], "after the order": first["after_order"],
        "after delivery": first["after_delivery"],
    }  # fmt: skip
    known = {name: share for name, share in when.items() if share is not None}
    if not known:
        return f"{text}."
    most = max(known, key=lambda name: known[name])
    return f"{text}; {formats.percent(known[most])} of them {most}."


def ordered_again(parts: Sequence[Part], formats: Formats) -> str:
    """Return the second orders after much effort beside those without any contact."""
    by = {part.label: part.now for part in parts}
    much, none = by.get("high"), by.get("none")
    if much is None or much.value is None:
        counted = formats.counted(much.units if much and much.units else 0, "customer")
        return f"Too few customers with much effort to tell: {counted} of 30."
    spread = formats.range(much.low, much.high, "percent")
    text = f"{formats.percent(much.value)} of customers order again after much effort"
    text += f" ({spread} at 95%)" if spread else ""
    if none is None or none.value is None:
        return f"{text}."
    return f"{text}, {formats.percent(none.value)} without any contact."


def weighed(rows: pl.DataFrame, weights: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    """Return the signs in words with their points, without what only counts units."""
    points = [weights.get(sign, {}).get("points") for sign in rows["indicator"]]
    named = rows.with_columns(
        pl.col("indicator").replace(SIGNS), pl.Series("points", points, pl.Float64)
    )
    return named.select("indicator", "points", "contacts", "share", "occurrences")
