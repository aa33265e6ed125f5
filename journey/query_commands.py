"""What people who write queries type: check, test, new."""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Sequence
from pathlib import Path

from journey import query as files, trial
from journey.build import blueprint
from journey.check import check as check_library, crowded, misplaced, untested
from journey.home import home
from journey.output import templates
from journey.problem import Misuse, Problem, near
from journey.query import Library, Query

Options = argparse.Namespace
CARD = "conversion/orders"
"""A measure of people, to try a named group with."""


def check(options: Options) -> int:
    folders = home().queries
    library = files.load(folders)
    _refuse_strange(options.path, folders)
    problems = _asked(options, check_library(library), folders)
    warnings = _asked(options, _warnings(library), folders)
    if options.format == "json":
        told = [p.as_dict() | {"severity": "error"} for p in problems]
        told += [p.as_dict() | {"severity": "warning"} for p in warnings]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 1 if problems else 0
    for problem in problems:
        print(f"{problem}\n")
    for warning in warnings:
        print(f"Warning: {warning}\n")
    broken = len(library.broken)
    counts = [
        f"{len(library.queries) + broken} query files",
        *([f"{broken} of them cannot be read"] if broken else []),
        f"{len(problems) or 'no'} problem{_s(len(problems))}",
        *([f"{len(warnings)} warning{_s(len(warnings))}"] if warnings else []),
    ]
    _say(f"{', '.join(counts)}.")
    return 1 if problems else 0


def _warnings(library: Library) -> list[Problem]:
    return [
        *misplaced(library), *untested(library), *crowded(library),
        *templates.unwritten(library),
    ]  # fmt: skip


def _asked(
    options: Options, problems: Sequence[Problem], folders: Sequence[Path]
) -> list[Problem]:
    """Return the problems of the files and folders that were named; all without any."""
    if not options.path:
        return list(problems)
    asked = [Path(path).resolve() for path in options.path]
    roots = [files.above(folder, number == 0) for number, folder in enumerate(folders)]
    found = []
    for problem in problems:
        places = [root / problem.where for root in roots]
        if any(_touches(place, path) for place in places for path in asked):
            found.append(problem)
    return found


def _touches(place: Path, path: Path) -> bool:
    """Whether one of two paths is the other, or lies below it."""
    return place == path or path in place.parents or place in path.parents


def new(options: Options) -> int:
    place = home()
    folder = place.ours
    tests = folder.parent / "tests" / "queries"
    path, test = folder / f"{options.name}.sql", tests / f"{options.name}.toml"
    _refuse_taken(options.name, files.load(place.queries), (path, test))
    for file in (path, test):
        file.parent.mkdir(parents=True, exist_ok=True)
    title = options.name.split("/")[1].replace("_", " ").capitalize()
    kind = options.kind or (
        "segment" if options.name.startswith("segments/") else "measure"
    )
    texts = templates.texts(kind, title)
    try:
        for file, text in zip((path, test), texts, strict=True):
            file.write_text(text, "utf-8")
    except OSError:
        for file in (path, test):
            file.unlink(missing_ok=True)
        raise
    following = f"query {CARD} --segment" if kind == "segment" else "query"
    _say(f"Wrote {path}\n  and {test}\nNext: python -m journey {following} {options.name}")
    return 0


def test(options: Options) -> int:
    """Run the tests of the files that were named, of all without any."""
    folders = home().queries
    library = files.load(folders)
    known = {*library.queries, *library.broken}
    _refuse_strange([p for p in options.path if p not in known], folders, known)
    chosen = [q for q in library.queries.values() if _is_asked(q, options.path)]
    tried = [q for q in chosen if q.kind != "mart" and trial.file_of(q).is_file()]
    problems = _asked(options, library.problems, folders)
    problems += [library.broken[name] for name in options.path if name in library.broken]
    if tried:
        connection = blueprint()
        try:
            with trial.everything_shown():
                marts = trial.emptied(connection)
                for query in tried:
                    problems += trial.test(query, library, marts)
        finally:
            connection.close()
    for problem in problems:
        print(f"{problem}\n")
    without = [q for q in chosen if q.kind != "mart" and q not in tried]
    for query in without:
        print(f"Warning: {query.where} has no test: {trial.file_of(query)}\n")
    count = len(problems)
    print(f"{len(tried)} quer{'y' if len(tried) == 1 else 'ies'} tested,"
          f" {count or 'no'} problem{'' if count == 1 else 's'}.", flush=True)  # fmt: skip
    return 1 if problems else 0


def _refuse_taken(name: str, library: Library, places: Sequence[Path]) -> None:
    """Raise Misuse for a name that a query has, in whichever folder, or that a file of
    one has that is to be written."""
    there = [path.name for path in places if path.exists()]
    if has := library.queries.get(name) or library.broken.get(name):
        there = [has.where]
    for taken in there[:1]:
        raise Misuse(
            Problem(taken, "there already", "a name that is free",
                    "choose another name, or edit that file")
        )  # fmt: skip


def _refuse_strange(
    paths: Sequence[str], folders: Sequence[Path], names: Collection[str] = ()
) -> None:
    """Raise Misuse for a path that is not there, or that no folder of queries has.

    `names`: those that may stand in place of a path.
    """
    roots = [folder.resolve() for folder in folders]
    roots += [folder.resolve().parent / "tests" / "queries" for folder in folders]
    problems = []
    for path in paths:
        place = Path(path).resolve()
        if not place.exists():
            problems.append(
                Problem(path, "no such file or folder",
                        near(path, names) if names else "a file that is there",
                        "correct the path; it begins where you are now")
            )  # fmt: skip
        elif not any(r == place or r in place.parents or place in r.parents for r in roots):
            problems.append(
                Problem(path, "a file that the app does not read",
                        f"one below {' or '.join(map(str, folders))}",
                        "move it, or name its folder in journey.toml: queries = [...]")
            )  # fmt: skip
    if problems:
        raise Misuse(*problems)


def _is_asked(query: Query, paths: Sequence[str]) -> bool:
    """Whether a file is, or lies below, one of the paths; or its test, or its name."""
    places = [query.path.resolve(), trial.file_of(query).resolve()]
    for path in paths:
        asked = Path(path).resolve()
        if path == query.name or any(p == asked or asked in p.parents for p in places):
            return True
    return not paths


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _say(line: str) -> None:
    print(line, flush=True)
