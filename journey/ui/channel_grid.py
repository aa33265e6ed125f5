"""The grid "channels by stage": three figures a cell, ready to be drawn. No Streamlit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from journey import words
from journey.formats import NOTHING, Formats
from journey.scope import NOT_SET

STAGES = {
    "Awareness": "bought in 7 days", "Consideration": "bought in 7 days",
    "Conversion": "ordered again in 90 days", "Retention": "ordered again in 90 days",
    "Advocacy": "ordered again in 90 days",
}  # fmt: skip
"""Stage -> what is told of those who got in touch at it."""
AT_ONCE = frozenset({"bot"})
"""Channels that answer by themselves."""
FEW = "fewer than 30, so no rate is drawn from them"
WITHHELD = "fewer than 5 people, or a neighbour of such a cell: withheld"


def grid(rows: pl.DataFrame, formats: Formats) -> dict[str, Any]:
    """Return channels under the five stages, those with most contacts first.

    `rows`: stage, contact_channel, contacts, first_reply, bought as
    support/channels_by_stage returns them; numbers of small groups are NULL.
    """
    cells = {(row["contact_channel"], row["stage"]): row for row in rows.to_dicts()}
    totals: dict[str, float] = {}
    for (channel, stage), row in cells.items():
        if stage in STAGES:
            totals[channel] = totals.get(channel, 0.0) + (row["contacts"] or 0)
    most = max((row["contacts"] or 0 for row in cells.values()), default=0)
    channels = sorted(totals, key=lambda channel: (-totals[channel], channel))
    return {
        "columns": [{"label": stage, "text": told} for stage, told in STAGES.items()],
        "rows": [
            {
                "label": words.value("contact_channel", channel, formats),
                "cells": [
                    cell(cells.get((channel, stage)), channel, stage, most, formats)
                    for stage in STAGES
                ],
            }
            for channel in channels
        ],
        "all": f"Show all {formats.counted(len(channels), 'channel')}",
    }


def cell(
    row: Mapping[str, Any] | None, channel: str, stage: str, most: float, formats: Formats
) -> dict[str, Any]:
    """Return one cell: contacts, wait, what came of them, and how dark it is (0 to 1)."""
    if row is None:
        return {"contacts": "0", "wait": "", "outcome": "", "shade": 0.0, "label": ""}
    name = f"{words.value('contact_channel', channel, formats)}, {stage}"
    if row["contacts"] is None:
        return {"contacts": NOTHING, "wait": "withheld", "outcome": "", "shade": 0.0,
                "label": f"{name}: {WITHHELD}"}  # fmt: skip
    contacts = formats.number(row["contacts"])
    wait = "at once" if channel in AT_ONCE else formats.value(row["first_reply"], "minutes")
    outcome = formats.value(row["bought"], "percent")
    told = [f"{name}: {contacts} contacts"]
    told.append(f"half wait at most {wait}" if wait != NOTHING else f"wait: {FEW}")
    told.append(f"{outcome} {STAGES[stage]}" if outcome != NOTHING else f"orders: {FEW}")
    if wait == outcome == NOTHING:
        wait, outcome = "too few", ""
    return {
        "contacts": contacts, "wait": wait, "outcome": outcome,
        "shade": round(math.sqrt(row["contacts"] / most), 3) if most else 0.0,
        "label": "; ".join(told),
    }  # fmt: skip


def unplaced(rows: pl.DataFrame) -> int:
    """Return the contacts of which nobody knows the stage."""
    known: Sequence[Any] = rows.filter(pl.col("stage") == NOT_SET)["contacts"].to_list()
    return int(sum(number or 0 for number in known))
