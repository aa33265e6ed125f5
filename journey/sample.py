"""The sample shop: what is read while no source is set up, and what comes with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from journey.days import notes
from journey.figures.published import figures
from journey.findings import followups
from journey.home import Home
from journey.problem import Misuse
from journey.settings import Settings, Source
from journey.sources.kinds import find

SAMPLE = Source("sample", "sample")


def asked_for(options: Mapping[str, Any]) -> Source:
    """Return the sample with these settings. Raises Misuse with every wrong one."""
    found: Any = find(SAMPLE)
    wrong = list(found.problems(found.Settings(**options)))
    if wrong:
        raise Misuse(*(replace(problem, where="demo") for problem in wrong))
    return replace(SAMPLE, options=options)


def take_in_hand(place: Home) -> None:
    """Let the sample shop have one leak that somebody closed; its days move with it."""
    found: Any = find(SAMPLE)
    told, last = found.FOLLOW_UP, figures(place).scope.period.last
    for old in followups.opened(place, sample=True):
        if old.title == told["title"]:
            followups.close(place, old.id, dt.datetime.now(dt.UTC))
    cell = tuple((column, values[0]) for column, values in told["where"].items())
    days = {key: last - dt.timedelta(told[f"{key}_days_ago"]) for key in ("fixed", "check")}
    followups.open_one(
        place, told["query"], cell, told["title"], told["owner"], told["what"],
        days["fixed"], days["check"], dt.datetime.now(dt.UTC), sample=True,
    )  # fmt: skip


def note_down(place: Home, settings: Settings) -> None:
    """Let the sample shop have the notes of what is hidden in it; they move with it."""
    found: Any = find(SAMPLE)
    (sample,) = with_sample(settings).sources[:1]
    hidden = found.active_truths(sample.options.get("truths", "all"))
    told = [one for one in found.NOTES if one["truth"] in hidden]
    now, last = dt.datetime.now(dt.UTC), figures(place).scope.period.last
    notes.of_sample(place, told, last, now)


def with_sample(settings: Settings) -> Settings:
    return settings if settings.sources else replace(settings, sources=(SAMPLE,))
