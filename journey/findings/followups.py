"""What was followed up: append-only lines in data/app/followups.ndjson, and verdicts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Literal

import polars as pl

from journey import lines
from journey.days.notes import Note, cleaned, shortened
from journey.findings.dropoff import Cell
from journey.home import Home
from journey.problem import JourneyError, Problem
from journey.scope import NOT_SET, choices

Outcome = Literal["worked", "did not", "too early"]


@dataclass(frozen=True)
class FollowUp:
    """One leak that somebody took in hand."""

    id: str
    step: str
    """The query that measures the step."""
    cell: Cell
    title: str
    owner: str
    action: str
    since: dt.date
    """Day the remedy was live."""
    check_on: dt.date
    opened_at: dt.datetime
    sample: bool = False
    """Whether it is about the invented shop."""


@dataclass(frozen=True)
class Verdict:
    """What became of it."""

    outcome: Outcome
    effect: float | None = None
    """Change of the cell's rate beyond the change of everybody else's, as a share."""
    low: float | None = None
    high: float | None = None
    """95% interval of the effect."""
    was: float | None = None
    now: float | None = None
    """Share of the cell that goes on, before the remedy and since."""


def opened(home: Home, sample: bool = False) -> list[FollowUp]:
    """Return the follow-ups that are not closed, newest first; those of the sample shop
    or those of the real one, never both.

    A line that cannot be read (cut off by a full disk) is left out.
    """
    return _taken(home, sample, with_closed=False)


def started(home: Home, sample: bool = False) -> list[FollowUp]:
    """Return every follow-up whose remedy has a day, newest first; closed ones too.

    Of the sample shop, whose days move with it, only those that are not closed.
    """
    return _taken(home, sample, with_closed=not sample)


def notes(home: Home, sample: bool = False) -> list[Note]:
    """Return the day of every remedy as a note beside trends and changes."""
    return [
        Note(
            shortened(f"Follow-up: {cleaned(one.action)}"), one.since, one.since,
            choices((column, (value or NOT_SET,)) for column, value in one.cell),
            one.step.partition("/")[0], "follow-up",
        )
        for one in started(home, sample)
    ]  # fmt: skip


def _taken(home: Home, sample: bool, with_closed: bool) -> list[FollowUp]:
    found: dict[str, FollowUp] = {}
    for line in lines.open_ones(_path(home)):
        if line.get("event") == "opened" and (one := _followup(line)) is not None:
            found[one.id] = one
        elif line.get("event") == "closed" and not with_closed:
            found.pop(str(line.get("id")), None)
    mine = [followup for followup in found.values() if followup.sample == sample]
    return sorted(mine, key=lambda f: f.opened_at, reverse=True)


def open_one(
    home: Home, step: str, cell: Cell, title: str, owner: str, action: str,
    since: dt.date, check_on: dt.date, now: dt.datetime, sample: bool = False,
    by: str = "",
) -> FollowUp:  # fmt: skip
    """Write one line and return the follow-up. Raises JourneyError when incomplete.

    `by`: the reader who wrote it, as the sign-in names them.
    """
    problems = [
        Problem("Follow up", f"{what} is empty", f"a {what}", f"fill in {what}")
        for what, text in (("owner", owner), ("action", action))
        if not text.strip()
    ]
    problems += [
        Problem("Follow up", f"{what} of {len(text)} characters", f"at most {longest}",
                f"shorten {what}")
        for what, text, longest in (("owner", owner, 80), ("action", action, 300))
        if len(text) > longest
    ]  # fmt: skip
    if check_on <= since:
        problems.append(
            Problem(
                "Follow up",
                f"check on {check_on} is not after {since}",
                "a day after the remedy is live",
                "choose a later day",
            )
        )
    if problems:
        raise JourneyError(*problems)
    followup = FollowUp(
        uuid.uuid4().hex[:12], step, cell, title, owner.strip(), action.strip(),
        since, check_on, now, sample,
    )  # fmt: skip
    lines.append(_path(home), {"event": "opened", **_as_dict(followup), "by": by})
    return followup


def close(home: Home, followup_id: str, now: dt.datetime, by: str = "") -> None:
    """Write that a follow-up is done, and who said so; its lines stay."""
    line = {"event": "closed", "id": followup_id, "at": now.isoformat(), "by": by}
    lines.append(_path(home), line)


def verdict(followup: FollowUp, parts: pl.DataFrame, today: dt.date) -> Verdict:
    """Return whether the remedy worked: the cell's change minus everybody else's.

    `parts`: rows of the step around `since` with period ('before', 'now'), the
    cell's columns, numerator and denominator. The effect is the difference of
    differences of the rates, its interval from the four binomial variances.
    """
    if today < followup.check_on:
        return Verdict("too early")
    inside = pl.lit(True)
    for column, value in followup.cell:
        inside = inside & pl.col(column).eq_missing(pl.lit(value))
    rates = [
        _rate(parts.filter(side & (pl.col("period") == period)))
        for side in ((inside, ~inside) if followup.cell else (inside,))
        for period in ("now", "before")
    ]
    if any(rate is None for rate in rates):
        return Verdict("too early")
    known = [rate for rate in rates if rate is not None]
    signs = (1, -1, -1, 1)
    effect = sum(sign * rate for sign, (rate, _) in zip(signs, known, strict=False))
    spread = 1.96 * sqrt(sum(variance for _, variance in known))
    outcome: Outcome = "worked" if effect - spread > 0 else "did not"
    now, was = (rate for rate, _ in known[:2])
    return Verdict(outcome, effect, effect - spread, effect + spread, was, now)


def _rate(rows: pl.DataFrame) -> tuple[float, float] | None:
    """Return rate and variance, or None below 30 units."""
    n, k = float(rows["denominator"].sum()), float(rows["numerator"].sum())
    if n < 30:
        return None
    rate = k / n
    return rate, rate * (1 - rate) / n


def _path(home: Home) -> Path:
    return home.app / "followups.ndjson"


def _as_dict(followup: FollowUp) -> dict[str, Any]:
    return {
        "id": followup.id,
        "step": followup.step,
        "cell": [list(pair) for pair in followup.cell],
        "title": followup.title,
        "owner": followup.owner,
        "action": followup.action,
        "since": followup.since.isoformat(),
        "check_on": followup.check_on.isoformat(),
        "opened_at": followup.opened_at.isoformat(),
        "sample": followup.sample,
    }


def _followup(line: Mapping[str, Any]) -> FollowUp | None:
    try:
        return FollowUp(
            str(line["id"]), str(line["step"]),
            tuple((str(column), value and str(value)) for column, value in line["cell"]),
            str(line["title"]), str(line["owner"]), str(line["action"]),
            dt.date.fromisoformat(line["since"]), dt.date.fromisoformat(line["check_on"]),
            dt.datetime.fromisoformat(line["opened_at"]).astimezone(dt.UTC),
            bool(line.get("sample", False)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None
