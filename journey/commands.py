"""What each command of the command line does; prints for people, returns exit codes."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from journey import (
    audit as trail,
    build as marts,
    disk,
    landing,
    lock,
    refresh as refreshing,
    retired,
    scope as scopes,
    settings as shop,
    sign_in,
    standings,
    status as runs,
    warehouse,
)
from journey.answer import Answer
from journey.days.comparison import Row
from journey.figures import answers
from journey.figures.published import Figures, figures
from journey.home import PROJECT, Home, home
from journey.output import dictionary, export, gallery, printout
from journey.output.about import About, about
from journey.problem import JourneyError, Misuse, Problem, near
from journey.query.catalog import catalog
from journey.query.run import find_segment
from journey.query.values import values
from journey.sample import asked_for, with_sample
from journey.scope import Scope
from journey.settings import Settings
from journey.sources import doctor as clinic

Options = argparse.Namespace


def run(options: Options) -> int:
    place, settings = home(), shop.load(home())
    sign_in.demand(place, settings, options.address)
    with contextlib.suppress(JourneyError), lock.refresh_lock(place):
        warehouse.tidy(place)
    if (snapshot := warehouse.current(place)) is None:
        _first_data(place)
    elif not marts.is_current(snapshot):
        _say("This version keeps its tables differently; building them again ...")
        _build_again(place, settings)
    what = "Sample shop ready (invented)." if settings.is_sample else "Ready."
    _say(f"{what} Open http://localhost:{options.port}. Stop with Ctrl+C.")
    flags = ["--server.port", str(options.port), "--server.address", options.address]
    flags += ["--server.headless", "true" if options.headless else "false"]
    # A relative home is meant from here, not from the project's folder.
    os.environ["JOURNEY_HOME"] = str(place.root)
    os.chdir(PROJECT)
    sys.argv = ["streamlit", "run", str(PROJECT / "app.py"), *flags]
    # As `python -m streamlit` does; a second process would import everything again.
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0


def _first_data(place: Home) -> None:
    settings = shop.load(place)
    if settings.is_sample:
        _say("Making the sample shop (once, about half a minute) ...")
    _refreshed(place, settings)


def _build_again(place: Home, settings: Settings) -> None:
    """Build from what has landed; with figures of before, the app can open anyway."""
    try:
        with lock.refresh_lock(place):
            marts.build(place, with_sample(settings), _built)
    except JourneyError as error:
        _warn(f"{error}\nThe app opens with the figures of before.")


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
    return _refreshed(place, replace(settings, sources=(asked_for(given),)))


def sync(options: Options) -> int:
    place, settings = home(), with_sample(shop.load(home()))
    with lock.refresh_lock(place):
        results = refreshing.read(place, settings, options.source, _progress, options.full)
        _say_left_behind(place, settings)
    return refreshing.code(results)


def build(options: Options) -> int:
    place, settings = home(), shop.load(home())
    with lock.refresh_lock(place):
        marts.build(place, settings, _built)
    _say_unexplained(place)
    return 0


def refresh(options: Options) -> int:
    place = home()
    if options.every is None:
        return _refreshed(place, shop.load(place))
    refreshing.again(options.every, lambda: _refreshed(place, shop.load(place)), _warn)
    return 0


def _refreshed(place: Home, settings: Settings) -> int:
    results = refreshing.once(place, settings, _progress, _built)
    _say_unexplained(place)
    _say_left_behind(place, settings)
    return refreshing.code(results)


def _say_unexplained(place: Home) -> None:
    for sentence in standings.of_figures(figures(place)):
        _say(f"NOTE: {sentence}")


def _say_left_behind(place: Home, settings: Settings) -> None:
    """Say whose rows still count although journey.toml names the source no more.

    One that was renamed is read again under its new name, and would count twice.
    """
    known = {source.name for source in settings.sources}
    if not known or not place.landing.exists():
        return
    with (
        contextlib.suppress(JourneyError),
        landing.open_landing(place, read_only=True) as connection,
    ):
        for name in landing.landed_sources(connection):
            if name not in known:
                _say(
                    f'NOTE: what source "{name}" gave still counts, though journey.toml '
                    "names it no more. If it was renamed, give it its name back or take "
                    f"its rows out: python -m journey remove {name}"
                )


def remove(options: Options) -> int:
    """Take out what a source gave that journey.toml names no more."""
    place, settings = home(), shop.load(home())
    if options.source in {source.name for source in settings.sources}:
        raise JourneyError(
            Problem(
                "journey.toml", f'a source named "{options.source}"',
                "a source that is no more in it",
                "take its block out of journey.toml first",
            )
        )  # fmt: skip
    with lock.refresh_lock(place):
        with landing.open_landing(place) as connection:
            known = landing.landed_sources(connection)
            if options.source not in known:
                raise Misuse(
                    Problem(
                        "data/landing.duckdb", f'no source "{options.source}"',
                        near(options.source, known) if known else "a source that has rows",
                        "name a source that has landed rows",
                    )
                )  # fmt: skip
            rows = landing.drop_source(connection, options.source)
            landing.resolve_if_stale(connection)
        marts.build(place, settings, _built)
    _say(f'Removed {rows:,} row{_s(rows)} of source "{options.source}".')
    return 0


def query(options: Options) -> int:
    usual = figures(home(), options.role)
    scope = scopes.parse(parameters(options), usual.scope, usual.settings.calendar)
    if options.name not in usual.library.broken:
        answers.find(usual.library, options.name)
    refuse_unknown(usual, options)
    answer = usual.answer(options.name, scope)
    against = usual.against(answer, scope, options.compare)
    _write(answer, usual, scope, options.format, against)
    return 1 if answer.problem else 0


def parameters(options: Options) -> Mapping[str, Sequence[str]]:
    given: dict[str, list[str]] = {"compare": options.compare[:1]}
    for key, value in (("from", options.first), ("to", options.last)):
        if value is not None:
            given[key] = [value.isoformat()]
    if options.segment:
        given["segment"] = [options.segment]
    for segment, value in options.where:
        given.setdefault(segment, []).append(value)
    return given


def events() -> Sequence[str]:
    """Return the events of this year's calendar; broken settings are told elsewhere."""
    with contextlib.suppress(JourneyError):
        return shop.load(home()).calendar.keys(dt.date.today())
    return ()


def refuse_unknown(usual: Figures, options: Options) -> None:
    """Refuse a named segment that is none, and a value that no row of any mart has."""
    if options.segment:
        find_segment(usual.library, options.segment)
    problems = []
    for column, value in options.where:
        if value in (scopes.ALL, scopes.NOT_SET) or column not in scopes.SEGMENTS:
            continue
        known = values(usual.reader, usual.scope, column)
        if value not in known:
            problems.append(
                Problem(
                    f"--where {column}={value}", f'no row has {column} "{value}"',
                    near(value, known) if known else f"no {column}: no row has any",
                    "correct the value; `query data/segment_values` lists them",
                )
            )  # fmt: skip
    if problems:
        raise Misuse(*problems)


def _write(
    answer: Answer, usual: Figures, scope: Scope, kind: str, against: Sequence[Row]
) -> None:
    """Print the answer; a file of no figures would look like one of zeros."""
    if kind == "json":
        print(export.to_json(answer, against))
    elif answer.problem is not None:
        _warn(str(answer.problem))
    elif kind != "table":
        if answer.absence is not None:
            _warn(answer.absence)
            return
        told = None if kind == "csv" else _about(answer, usual, scope)
        query = usual.library.queries[answer.name]
        file = export.to_bytes(answer, kind, usual.formats, against, told, query)
        sys.stdout.buffer.write(file)
    else:
        saw = scope.fitting(catalog(usual.reader).columns(answer.reads))
        zone = usual.settings.reporting.time_zone
        print(printout.text(answer, usual.library, saw, usual.formats, zone, against))


def _about(answer: Answer, usual: Figures, scope: Scope) -> About:
    """Return what a file of an answer says of itself."""
    queries, built = usual.library.queries, usual.answer("data/snapshot").frame
    return about(
        answer, queries[answer.name], scope, usual.formats,
        usual.settings.reporting.time_zone,
        group=queries.get(scope.segment or ""),
        snapshot=built.to_dicts()[0] if built is not None and built.height else {},
        columns=catalog(usual.reader).columns(answer.reads),
    )  # fmt: skip


def status(options: Options) -> int:
    place = home()
    state, found = runs.now_running(place), warehouse.find(place)
    shut = disk.closed(place)
    stamp = found.snapshot.stamp if found.snapshot else None
    if options.format == "json":
        shown = {"published": stamp, "damage": found.problem and found.problem.as_dict()}
        told = runs.as_dict(state) | shown
        print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
    else:
        print(runs.as_text(state))
        print(f"Published: {stamp or 'nothing'}")
        for problem in filter(None, (found.problem, shut)):
            print(problem)
        if warehouse.is_held(place):
            print("Held by a rollback: `python -m journey resume` lets refreshes publish.")
    return 1 if state.failed or found.problem or shut else 0


def audit(options: Options) -> int:
    entries = trail.newest(home(), sys.maxsize, options.who)
    if not entries:
        whom = f" of {options.who}" if options.who else ""
        _warn(f"Nothing is written down yet{whom}.")
    if options.format == "csv":
        sys.stdout.buffer.write(trail.to_csv(entries))
    elif options.format == "json":
        print(json.dumps(entries, ensure_ascii=False, indent=2))
    else:
        for entry in entries:
            told = {**entry, "scope": trail.told(entry.get("scope") or {})}
            print("  ".join(str(value) for value in told.values() if value not in ("", 0)))
    return 0


def doctor(options: Options) -> int:
    place = home()
    settings = with_sample(shop.load(place))
    problems = [shut for shut in [disk.closed(place)] if shut]
    problems += clinic.doctor(place, settings, options.source, _progress)
    for problem in problems:
        print(f"{problem}\n")
    _say(f"{len(problems) or 'No'} problem{_s(len(problems))} found.")
    return 1 if problems else 0


def rollback(options: Options) -> int:
    snapshot = warehouse.rollback(home(), lambda problem: _warn(str(problem)))
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
        erased = retired.drop_older(place)
    _say(
        f"Removed {rows} row{_s(rows)} of this person and {erased} older "
        f"snapshot{_s(erased)}. Later reads skip this person. Backups that you keep "
        "elsewhere still hold the data."
    )
    return 0


def docs(options: Options) -> int:
    (PROJECT / "docs" / "data-dictionary.md").write_text(dictionary.text(), "utf-8")
    for name in ("docs/data-dictionary.md", *gallery.write(home())):
        _say(f"Wrote {name}")
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
