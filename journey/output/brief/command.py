"""`python -m journey brief`, and the brief that a timed refresh sends when it is due."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import zoneinfo
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from journey import disk, settings as shop
from journey.answer import Period
from journey.figures.published import figures
from journey.home import Home, home
from journey.output.brief import content, delivery, page, schedule, sent, text
from journey.output.brief.content import Brief
from journey.problem import JourneyError, Misuse, Problem
from journey.settings import Settings

Options = argparse.Namespace
Say = Callable[[str], object]
FORMATS = {"html": page.html, "text": text.text}


def brief(options: Options) -> int:
    """Write the brief, send it, or both; print it where neither is asked for. Return 0;
    raises JourneyError when an address did not get it."""
    place, settings = home(), shop.load(home())
    made = compose(place, settings, options.role, options.days)
    if options.out is not None:
        _write(FORMATS[options.format or "html"](made), options.out)
    given = options.to
    if not given and options.out is None and options.format is None:
        given = settings.brief.to
    if not given:
        if options.out is None:
            _write(FORMATS[options.format or "text"](made), "-")
        return 0
    to, problems = delivery.addresses(place, given)
    week = schedule.week(_now(settings).date())
    outcome = delivery.deliver(made, place, to, week, options.again)
    _tell(outcome, _out)
    found = (*problems, *outcome.problems)
    if found:
        raise JourneyError(*found)
    return 0


def compose(
    place: Home, settings: Settings, role: str | None = None, days: int | None = None
) -> Brief:
    """Return the brief of what is published; role and days of [brief] without others.

    Raises JourneyError when nothing is published and for a role that is not there.
    """
    if shut := disk.closed(place):  # follow-ups would be missing without a word
        raise JourneyError(shut)
    plan = settings.brief
    name = role or plan.role or None
    found, long = figures(place, name), days or plan.days
    if days is not None or long != schedule.USUAL_DAYS:
        last = found.scope.period.last
        period = Period(last - dt.timedelta(long - 1), last)
        scope = replace(found.scope, period=period, comparison=period.before())
        found = replace(found, scope=scope)
    now = dt.datetime.now(dt.UTC)
    return content.compose(found, settings, place, now, name or "")


def send_due(place: Home, say: Say) -> None:
    """Send the brief to those of [brief] who wait for it now, and say how it went.

    A restart sends none twice; one that failed is tried again after an hour, for a day.
    Raises JourneyError for what went wrong.
    """
    settings = shop.load(place)
    week = schedule.due(settings.brief, _now(settings))
    if week is None:
        return
    waiting = [one for one in settings.brief.to if sent.waiting(place, week, one)]
    to, problems = delivery.addresses(place, waiting)
    for name in {one for one in waiting if one not in [address.name for address in to]}:
        sent.failed(place, week, name)
    if to:
        outcome = delivery.deliver(compose(place, settings), place, to, week)
        _tell(outcome, say)
        problems += outcome.problems
    if problems:
        raise JourneyError(*problems)


def _now(settings: Settings) -> dt.datetime:
    return dt.datetime.now(zoneinfo.ZoneInfo(settings.reporting.time_zone))


def _tell(outcome: delivery.Outcome, say: Say) -> None:
    if outcome.sent:
        say(f"Brief sent to {', '.join(outcome.sent)}.")
    if outcome.before:
        say(
            f"Sent this week already: {', '.join(outcome.before)}. "
            "`--again` sends it once more."
        )


def _write(made: str, path: str) -> None:
    if path == "-":
        sys.stdout.write(made)
        return
    try:
        Path(path).write_text(made, "utf-8")
    except OSError as error:
        is_typo = isinstance(error, FileNotFoundError | IsADirectoryError)
        raise (Misuse if is_typo else JourneyError)(
            Problem(f"--out {path}", error.strerror or str(error), "a file to write to",
                    "name a file in a folder that is there, or - to print it")
        ) from error  # fmt: skip
    _out(f"Wrote {path}")


def _out(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
