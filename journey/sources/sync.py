"""Runs connectors: finds them by name, gives them their settings, lands what they yield."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import importlib
import re
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from journey import landing, people, status
from journey.connector import Connector, Since
from journey.home import PROJECT, Home
from journey.landing import Hasher, Run, TableRun
from journey.problem import JourneyError, Problem, near
from journey.settings import Settings, Source, secret

Report = Callable[[str], None]
SAMPLE = Source("sample", "sample")


@dataclass(frozen=True)
class RunResult:
    """What became of one source in one sync."""

    source: str
    kind: str
    tables: tuple[TableRun, ...] = ()
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def rows(self) -> int:
        return sum(table.landed for table in self.tables)


def _silent(line: str) -> None:
    return


def sync(
    home: Home,
    settings: Settings,
    only: Sequence[str] = (),
    report: Report = _silent,
) -> list[RunResult]:
    """Read the sources (all, or those named) into the landing, one after another.

    A source that fails leaves the landing as it was and the others go on; its problems
    are in its result and in data/status.json. `report` is told one line at a time.
    Raises JourneyError when a name is unknown or the landing cannot be opened. The
    caller holds the refresh lock.
    """
    sources = chosen(settings, only)
    status.keep(home, {source.name for source in chosen(settings, ())})
    hasher = Hasher(people.hash_key(home), people.country_of(settings.reporting.locale))
    results = []
    with landing.open_landing(home) as connection:
        if not settings.is_sample:
            landing.drop_kind(connection, "sample")
        for source in sources:
            status.say_running(home, f"sync {source.name}", status.myself())
            report(f"{source.name}: reading")
            zone = settings.reporting.time_zone
            result = _run_source(connection, home, source, hasher, zone, report)
            results.append(result)
            status.add(home, _entry(result))
            report(_summary(result))
    status.say_running(home, None)
    return results


def chosen(settings: Settings, only: Sequence[str]) -> list[Source]:
    """Return the sources to read; the sample shop when none is set up, else never it."""
    sources = list(settings.sources) or [SAMPLE]
    if not settings.is_sample:
        sources = [source for source in sources if source.kind != "sample"]
    names = [source.name for source in sources]
    unknown = [
        Problem(
            "journey.toml",
            f'no source named "{name}"',
            near(name, names),
            "name one of the sources of journey.toml",
        )
        for name in only
        if name not in names
    ]
    if unknown:
        raise JourneyError(*unknown)
    return [source for source in sources if not only or source.name in only]


def _run_source(
    connection: Any,
    home: Home,
    source: Source,
    hasher: Hasher,
    zone: str,
    report: Report,
) -> RunResult:
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    tables: list[TableRun] = []
    problems: tuple[Problem, ...] = ()
    try:
        connector = find(source)
        options = options_of(source, connector.Settings, home)

        def batches(run: Run) -> None:
            _pull(run, connector, options, report)

        with contextlib.chdir(home.root):
            tables = landing.land(
                connection, home, source.name, source.kind, batches, hasher, started, zone
            )
    except JourneyError as error:
        problems = error.problems
    except Exception as error:  # one source must not take the others down
        problems = (unforeseen(source, error),)
    seconds = time.perf_counter() - clock
    told = tuple(_without_persons(problem) for problem in problems)
    return RunResult(source.name, source.kind, tuple(tables), told, seconds)


def _without_persons(problem: Problem) -> Problem:
    """Errors are kept and shown; a library may quote a value of a source in its own."""
    return Problem(
        people.masked(problem.where), people.masked(problem.found),
        people.masked(problem.expected), people.masked(problem.fix), problem.line,
    )  # fmt: skip


def _pull(run: Run, connector: Connector, options: Any, report: Report) -> None:
    """Take every batch of every table, parents first."""
    for table in landing.TABLES:
        if table not in connector.TABLES:
            continue
        for batch in connector.read(table, Since(run.since(table)), options, NoHttp()):
            run.take(table, batch)
        if table in run.tables:
            report(f"{run.source}: {table}, {run.tables[table].read:,} rows read")


class NoHttp:
    """Stands where a source has no address."""

    def __getattr__(self, name: str) -> Any:
        raise JourneyError(
            Problem("connector", "a call over the web",
                    "a function access(settings) that says where to",
                    "see docs/writing-a-connector.md")
        )  # fmt: skip


def find(source: Source) -> Connector:
    """Return the module connectors/<kind>.py of the project.

    Raises JourneyError when the kind is no connector of the project.
    """
    known = kinds()
    if source.kind not in known:
        raise JourneyError(
            Problem(
                "journey.toml", f'kind = "{source.kind}" of source "{source.name}"',
                near(source.kind, known), "name a connector of the folder connectors/",
            )
        )  # fmt: skip
    module: Any = importlib.import_module(f"connectors.{source.kind}")
    lacking = [n for n in ("Settings", "TABLES", "read") if not hasattr(module, n)]
    unknown = [t for t in getattr(module, "TABLES", ()) if t not in landing.TABLES]
    if lacking or unknown:
        raise JourneyError(
            Problem(
                f"connectors/{source.kind}.py",
                f"lacks {', '.join(lacking)}" if lacking else f"fills {', '.join(unknown)}",
                "Settings, TABLES (canonical tables) and read",
                "see docs/writing-a-connector.md",
            )
        )  # fmt: skip
    found: Connector = module
    return found


def kinds() -> list[str]:
    """Return the connectors of the project, by file name."""
    files = (PROJECT / "connectors").glob("*.py")
    return sorted(path.stem for path in files if re.fullmatch(r"[a-z]\w*", path.stem))


def options_of(source: Source, shape: type[Any], home: Home) -> Any:
    """Return the connector's Settings filled from the source's block of journey.toml.

    Secrets are looked up; a table of a list becomes the dataclass that the field names.
    Raises JourneyError with every problem.
    """
    reader = _Options(home, f"journey.toml, source {source.name}")
    options = reader.fill(shape, source.options, "this source")
    if reader.problems:
        raise JourneyError(*reader.problems)
    return options


class _Options:
    def __init__(self, home: Home, where: str) -> None:
        self.home = home
        self.where = where
        self.problems: list[Problem] = []

    def fill(self, shape: type[Any], given: Mapping[str, Any], place: str) -> Any:
        """Return `shape(**given)`, or None after noting what is wrong."""
        fields = {item.name: item for item in dataclasses.fields(shape)}
        hints = get_type_hints(shape)
        before = len(self.problems)
        for key in given:
            if key not in fields:
                self._note(f'unknown setting "{key}" in {place}', near(key, fields),
                           "correct the name or take the line out")  # fmt: skip
        values = {
            name: self._value(item, hints[name], given[name])
            for name, item in fields.items()
            if name in given
        }
        for name, item in fields.items():
            if name not in given and _is_needed(item):
                said = item.metadata.get("help", name)
                self._note(
                    f'no "{name}" in {place}', f"{name}: {said}", f"add {name} = ..."
                )
        return shape(**values) if len(self.problems) == before else None

    def _note(self, found: str, expected: str, fix: str) -> None:
        self.problems.append(Problem(self.where, found, expected, fix))

    def _value(self, item: dataclasses.Field[Any], hint: Any, value: Any) -> Any:
        if item.metadata.get("secret"):
            return self._secret(item.name, value)
        inner = _dataclass_in(hint)
        if inner is not None and isinstance(value, list):
            return [
                self.fill(inner, part, f"{item.name} number {number}")
                for number, part in enumerate(value, 1)
                if isinstance(part, dict)
            ]
        if not _fits(value, str(hint)):
            self._note(f"{item.name} = {value!r}", f"a value of type {_said(hint)}",
                       f"correct {item.name}: {item.metadata.get('help', '')}")  # fmt: skip
        return value

    def _secret(self, name: str, value: Any) -> str:
        if not (isinstance(value, str) and value.startswith("env:")):
            fix = f'write {name} = "env:NAME" and put the secret into NAME'
            self._note(f"{name} holds a secret itself", 'its name: "env:NAME"', fix)
            return ""
        try:
            return secret(value, self.home)
        except JourneyError as error:
            self.problems += error.problems
            return ""


def _is_needed(item: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return item.default is missing and item.default_factory is missing


def _dataclass_in(hint: Any) -> type[Any] | None:
    inner = getattr(hint, "__args__", ())
    found = (part for part in inner if isinstance(part, type))
    return next((part for part in found if dataclasses.is_dataclass(part)), None)


def _said(hint: Any) -> str:
    return getattr(hint, "__name__", None) or str(hint)


def _fits(value: Any, hint: str) -> bool:
    if isinstance(value, bool):
        return "bool" in hint
    if isinstance(value, str):
        return "str" in hint or "Literal" in hint
    if isinstance(value, int):
        return "int" in hint or "float" in hint
    if isinstance(value, float):
        return "float" in hint
    if isinstance(value, (dt.date, dt.datetime)):
        return "date" in hint
    if isinstance(value, dict):
        return "Mapping" in hint or "dict" in hint
    return isinstance(value, list) and any(w in hint for w in ("Sequence", "list", "tuple"))


def unforeseen(source: Source, error: Exception) -> Problem:
    kind = type(error).__name__
    line = re.sub(r"\S*@\S*", "(address)", str(error).splitlines()[0] if str(error) else "")
    ends, text = "a run that ends; the landing is as it was before", f"{kind}: {line[:300]}"
    if place := _in_connector(error):
        file, number = place
        return Problem(
            f"connectors/{file}", f"source {source.name}: {text}", ends,
            "correct the connector at that line", number,
        )  # fmt: skip
    return Problem(
        f"source {source.name}", text, ends,
        "run again; if it stays, report it with this text",
    )  # fmt: skip


def _in_connector(error: Exception) -> tuple[str, int] | None:
    """Return file and line of the connector's last own step before the error."""
    folder = PROJECT / "connectors"
    own = [
        (Path(frame.filename).name, frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).parent == folder and frame.lineno
    ]
    return own[-1] if own else None


def _summary(result: RunResult) -> str:
    if result.problems:
        return f"{result.source}: failed\n" + "\n".join(map(str, result.problems))
    skipped = sum(table.skipped for table in result.tables)
    unchanged = sum(table.files_unchanged for table in result.tables)
    parts = [f"{result.rows:,} rows landed in {result.seconds:.1f} s"]
    if unchanged:
        parts.append(f"{unchanged} files unchanged")
    if skipped:
        parts.append(f"{skipped:,} rows SKIPPED, see the Data page")
    return f"{result.source}: " + ", ".join(parts)


def _entry(result: RunResult) -> status.Entry:
    finished = dt.datetime.now(dt.UTC)
    started = finished - dt.timedelta(seconds=result.seconds)
    detail = {
        table.table: {
            "read": table.read, "landed": table.landed, "skipped": table.skipped,
            "superseded": table.superseded, "erased": table.erased,
            "files_read": table.files_read, "files_unchanged": table.files_unchanged,
        }
        for table in result.tables
    }  # fmt: skip
    return status.Entry(
        "sync", result.source, started.isoformat(timespec="milliseconds"),
        finished.isoformat(timespec="milliseconds"), result.ok, result.rows, detail,
        status.parts(result.problems),
    )  # fmt: skip
