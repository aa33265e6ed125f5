"""What each command of the command line does; prints for people, returns exit codes."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from journey import (
    build as marts,
    dictionary,
    export,
    followups,
    landing,
    lock,
    query as files,
    scope as scopes,
    settings as shop,
    status as runs,
    sync as sources,
    warehouse,
    words,
)  # fmt: skip
from journey.answer import Answer, Measure, Part
from journey.figures import figures
from journey.formats import Formats
from journey.home import PROJECT, Home, home
from journey.problem import JourneyError, Problem
from journey.query.check import check as check_library
from journey.settings import Settings, Source

Options = argparse.Namespace
SAMPLE = Source("sample", "sample")


def run(options: Options) -> int:
    place = home()
    with contextlib.suppress(JourneyError), lock.refresh_lock(place):
        warehouse.tidy(place)
    if warehouse.current(place) is None:
        _first_data(place)
    settings = shop.load(place)
    address = f"http://{socket.gethostname() if options.headless else 'localhost'}"
    what = "Sample shop ready (invented)." if settings.is_sample else "Ready."
    _say(f"{what} Open {address}:{options.port}. Stop with Ctrl+C.")
    flags = ["--server.port", str(options.port)]
    flags += ["--server.headless", "true" if options.headless else "false"]
    program = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"), *flags]
    sys.stdout.flush()
    os.chdir(PROJECT)
    os.execv(sys.executable, program)


def _first_data(place: Home) -> None:
    settings = shop.load(place)
    if settings.is_sample:
        _say("Making the sample shop (once, about half a minute) ...")
    _refresh_once(place, settings)


def demo(options: Options) -> int:
    place, settings = home(), shop.load(home())
    if not settings.is_sample:
        raise JourneyError(
            Problem(
                "journey.toml", "real sources are set up",
                "no [[sources]]: the sample shop is never mixed with a real one",
                "set JOURNEY_HOME to an empty folder and run demo there",
            )
        )  # fmt: skip
    chosen = {"seed": options.seed, "visits": options.visits, "end": options.end,
              "truths": options.truths}  # fmt: skip
    given = {key: value for key, value in chosen.items() if value is not None}
    sample = replace(SAMPLE, options=given)
    _refresh_once(place, replace(settings, sources=(sample,)))
    return 0


def sync(options: Options) -> int:
    place, settings = home(), _with_sample(shop.load(home()))
    with lock.refresh_lock(place):
        results = sources.sync(place, settings, options.source, _progress)
    return 1 if any(result.problems for result in results) else 0


def build(options: Options) -> int:
    place, settings = home(), shop.load(home())
    with lock.refresh_lock(place):
        marts.build(place, settings, _built)
    return 0


def refresh(options: Options) -> int:
    place = home()
    while True:
        started = time.monotonic()
        try:
            code = _refresh_once(place, shop.load(place))
        except JourneyError as error:
            if options.every is None:
                raise
            _warn(str(error))
            code = 1
        if options.every is None:
            return code
        time.sleep(max(0.0, options.every.total_seconds() - time.monotonic() + started))


def _refresh_once(place: Home, settings: Settings) -> int:
    with lock.refresh_lock(place):
        results = sources.sync(place, _with_sample(settings), (), _progress)
        marts.build(place, settings, _built)
    if settings.is_sample:
        _take_in_hand(place)
    return 1 if any(result.problems for result in results) else 0


def _take_in_hand(place: Home) -> None:
    """Let the sample shop have one leak that somebody closed; its days move with it."""
    found: Any = sources.find(SAMPLE)
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


def _with_sample(settings: Settings) -> Settings:
    return settings if settings.sources else replace(settings, sources=(SAMPLE,))


def check(options: Options) -> int:
    folders = home().queries
    problems = check_library(files.load(folders))
    if options.path:
        asked = [Path(path).resolve() for path in options.path]
        problems = [p for p in problems if _is_asked(p, folders, asked)]
    if options.format == "json":
        print(json.dumps([p.as_dict() for p in problems], ensure_ascii=False, indent=2))
        return 1 if problems else 0
    for problem in problems:
        print(f"{problem}\n")
    count = len(files.load(folders).queries)
    _say(f"{count} query files, {len(problems) or 'no'} problem{_s(len(problems))}.")
    return 1 if problems else 0


def _is_asked(problem: Problem, folders: Sequence[Path], asked: Sequence[Path]) -> bool:
    places = [folder.parent / problem.where for folder in folders]
    return any(place == path or path in place.parents for place in places for path in asked)


def query(options: Options) -> int:
    usual = figures(home(), options.role)
    scope = scopes.parse(_parameters(options), usual.scope)
    answer = usual.answer(options.name, scope)
    _write(answer, usual.library, options.format, usual.formats)
    return 1 if answer.problem else 0


def _parameters(options: Options) -> Mapping[str, Sequence[str]]:
    given: dict[str, list[str]] = {"compare": [options.compare]}
    for key, value in (("from", options.first), ("to", options.last)):
        if value is not None:
            given[key] = [value.isoformat()]
    if options.segment:
        given["segment"] = [options.segment]
    for segment, value in options.where:
        given.setdefault(segment, []).append(value)
    return given


def _write(answer: Answer, library: files.Library, kind: str, formats: Formats) -> None:
    if kind == "json":
        print(export.to_json(answer))
    elif kind != "table":
        sys.stdout.buffer.write(export.to_bytes(answer, kind, formats))
    elif answer.problem is not None:
        _warn(str(answer.problem))
    else:
        _print_answer(answer, library.queries[answer.name], formats)


def _print_answer(answer: Answer, query: files.Query, formats: Formats) -> None:
    print(f"{query.title} · {formats.day_range(answer.period.first, answer.period.last)}")
    if answer.absence is not None:
        print(answer.absence)
    if answer.measure is not None:
        print(_figures_table(answer.measure, query.unit, formats))
    if answer.frame is not None:
        with pl.Config(tbl_rows=50, tbl_cols=-1, tbl_width_chars=200):
            print(answer.frame)
    for note in answer.notes:
        print(note)


def _figures_table(measure: Measure, unit: str, formats: Formats) -> str:
    """Return one line for the total and one for each value of each segment."""
    lines = [("", "", "now", "95% interval", "before", "change")]
    rows = [Part("all", measure.now, measure.before, measure.change)]
    for segment, parts in (("", rows), *measure.parts.items()):
        for number, part in enumerate(parts):
            change = part.change
            now, before = part.now, part.before
            told = (
                formats.difference(change.absolute, change.relative, unit) if change else ""
            )
            lines.append(
                (
                    "" if number else words.SEGMENTS.get(segment, segment),
                    part.label,
                    formats.value(now.value, unit) if now.value is not None else now.state,
                    formats.range(now.low, now.high, unit),
                    formats.value(before.value, unit) if before else "",
                    told or "",
                )
            )
    widths = [max(len(line[i]) for line in lines) for i in range(6)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


TEMPLATE = """\
/*
title    = "{title}"
question = "Of what, how many do what?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "higher"
grain    = "one row per day and segment"
owner    = "your team"
*/
select
    day, sales_channel, channel, device, country, visitor_type,
    sum(purchases)::bigint as numerator,
    sum(sessions)::bigint as denominator
from traffic
group by all
"""
TEST_TEMPLATE = """\
# A few rows and what the query must make of them, by hand.

[[given.traffic]]
day = 2026-10-01
device = "mobile"
sessions = 100
purchases = 2

[[expect]]
day = 2026-10-01
device = "mobile"
numerator = 2
denominator = 100
"""


def new(options: Options) -> int:
    place = home()
    folder = place.queries[-1]
    tests = folder.parent / "tests" / "queries"
    path, test = folder / f"{options.name}.sql", tests / f"{options.name}.toml"
    for file in (path, test):
        if file.exists():
            raise JourneyError(
                Problem(file.name, "there already", "a name that is free",
                        "choose another name, or edit that file")
            )  # fmt: skip
        file.parent.mkdir(parents=True, exist_ok=True)
    title = options.name.split("/")[1].replace("_", " ").capitalize()
    path.write_text(TEMPLATE.format(title=title), "utf-8")
    test.write_text(TEST_TEMPLATE, "utf-8")
    _say(f"Wrote {path}\n  and {test}\nNext: python -m journey query {options.name}")
    return 0


def status(options: Options) -> int:
    place = home()
    state, snapshot = runs.read(place), warehouse.current(place)
    if options.format == "json":
        print(json.dumps(runs.as_dict(state), ensure_ascii=False, indent=2, default=str))
    else:
        print(runs.as_text(state))
        print(f"Published: {snapshot.stamp if snapshot else 'nothing yet'}")
        if warehouse.is_held(place):
            print("Held by a rollback: `python -m journey resume` lets refreshes publish.")
    return 1 if state.failed else 0


def doctor(options: Options) -> int:
    place = home()
    settings = _with_sample(shop.load(place))
    problems = sources.doctor(place, settings, options.source, _progress)
    for problem in problems:
        print(f"{problem}\n")
    _say(f"{len(problems) or 'No'} problem{_s(len(problems))} found.")
    return 1 if problems else 0


def rollback(options: Options) -> int:
    snapshot = warehouse.rollback(home())
    _say(f"Shows {snapshot.stamp} again. Refreshes wait until `python -m journey resume`.")
    return 0


def resume(options: Options) -> int:
    warehouse.resume(home())
    _say("The next refresh publishes again.")
    return 0


def forget(options: Options) -> int:
    place, settings = home(), shop.load(home())
    with lock.refresh_lock(place):
        rows = landing.forget(place, options.email)
        marts.build(place, settings, _built)
        erased = warehouse.drop_older(place)
    _say(
        f"Removed {rows} row{_s(rows)} of this person and {erased} older "
        f"snapshot{_s(erased)}. Later reads skip this person. Backups that you keep "
        "elsewhere still hold the data."
    )
    return 0


def docs(options: Options) -> int:
    path = PROJECT / "docs" / "data-dictionary.md"
    path.write_text(dictionary.text(), "utf-8")
    _say(f"Wrote docs/{path.name}")
    return 0


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _progress(line: str) -> None:
    _say(line)


def _built(mart: str, rows: int, seconds: float) -> None:
    _say(f"build: {mart}, {rows:,} rows in {seconds:.1f} s")


def _say(line: str) -> None:
    print(line, flush=True)


def _warn(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
