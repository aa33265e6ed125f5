"""Which files are read, which rows they replace, and what is remembered of them."""

from __future__ import annotations

import datetime as dt
import fnmatch
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import duckdb
import polars

from journey.connector import Files, Flag
from journey.home import Home
from journey.landing import inputs, mapping
from journey.landing.advice import bad_problems
from journey.landing.convert import Dialect
from journey.landing.hashing import Hasher
from journey.landing.parts import Keep, convert
from journey.landing.stage import BadRow, Staged, lock, open_stage
from journey.landing.store import check_room
from journey.landing.tables import LandedTable
from journey.landing.waiting import staged_name
from journey.problem import JourneyError, Problem

VERSION = "3"
"""Part of every fingerprint: raise it when files must be read anew."""


class KeepOf(Protocol):
    """Takes a part of the rows of a file."""

    def __call__(self, rows: polars.DataFrame, file: str) -> None: ...


@dataclass
class LandedFile:
    file: str
    """Its name in `_file`: the path, relative to the home."""
    staged: Staged
    print: Fingerprint
    flags: list[Flag] = field(default_factory=list)


@dataclass(frozen=True)
class Fingerprint:
    size: int
    mtime_ns: int
    sha256: str
    mapping: str


@dataclass
class Seen:
    """What a run saw of the files of one table."""

    names: set[str] = field(default_factory=set)
    read: dict[str, LandedFile] = field(default_factory=dict)
    touched: dict[str, Fingerprint] = field(default_factory=dict)
    replaces: list[str] = field(default_factory=list)
    overlapping: set[str] = field(default_factory=set)
    zones: set[str] = field(default_factory=set)
    """Zones of times that carry none."""


class FileReader:
    """Reads the changed files of one source in one run."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        home: Home,
        source: str,
        run_id: str,
        hasher: Hasher,
    ) -> None:
        self.connection = connection
        self.home = home
        self.source = source
        self.run_id = run_id
        self.hasher = hasher
        self.unchanged = 0
        self.seen: dict[str, Seen] = {}

    def read(
        self,
        table: LandedTable,
        batch: Files,
        keep: KeepOf,
    ) -> Iterator[LandedFile]:
        """Yield every file that is new or changed, in the order given.

        Its rows were handed to `keep` before, with its name, in parts. `unchanged` then
        says how many of this batch were not read. Raises JourneyError.
        """
        seen = self.seen.setdefault(table.name, Seen())
        seen.replaces += batch.replaces
        seen.zones.add(batch.time_zone)
        mapped = _fingerprint_of(batch)
        known = self._known(table)
        named = [(path, self._name(path, seen)) for path in batch.paths]
        prints = [
            self._fingerprint(path, known.get(name), mapped, seen, name)
            for path, name in named
        ]
        changed = any(made is not None for made in prints)
        again = changed and any(name in known and known[name][4] for _, name in named)
        self.unchanged = 0
        for (path, name), made in zip(named, prints, strict=True):
            if made is None and not again:
                self.unchanged += 1
                continue
            made = made or Fingerprint(*known[name][:4])
            check_room(self.home, 2 * made.size)
            landed = read_file(
                table, path, name, batch, self.hasher, made,
                partial(keep, file=name),
            )  # fmt: skip
            seen.read[name] = landed
            yield landed

    def _name(self, path: Path, seen: Seen) -> str:
        """Return the file's name in `_file`; a second mapping of it has its own."""
        base = Path(os.path.relpath(path.absolute(), self.home.root)).as_posix()
        name, number = base, 1
        while name in seen.names:
            number += 1
            name = f"{base} ({number})"
        seen.names.add(name)
        return name

    def _known(self, table: LandedTable) -> dict[str, tuple[int, int, str, str, bool]]:
        rows = self.connection.execute(
            "select file, size, mtime_ns, sha256, mapping, shares_keys from landed_file "
            "where source = $source and table_name = $table",
            {"source": self.source, "table": table.name},
        ).fetchall()
        return {row[0]: row[1:] for row in rows}

    def _fingerprint(
        self,
        path: Path,
        known: tuple[int, int, str, str, bool] | None,
        mapped: str,
        seen: Seen,
        name: str,
    ) -> Fingerprint | None:
        """Return the fingerprint of a file that must be read, None of an unchanged one."""
        try:
            stat = path.stat()
        except OSError:
            return Fingerprint(0, 0, "", mapped)
        if known and known[3] == mapped and known[:2] == (stat.st_size, stat.st_mtime_ns):
            return None
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return Fingerprint(stat.st_size, 0, "", mapped)
        made = Fingerprint(stat.st_size, stat.st_mtime_ns, digest, mapped)
        if known and known[2:4] == (digest, mapped):
            seen.touched[name] = made
            return None
        return made

    def zones_of(self, table: LandedTable) -> set[str]:
        """Return the zones in which its files write times without one."""
        return self.seen[table.name].zones if table.name in self.seen else set()

    # ---------------------------------------------------------------- landing

    def drop_replaced(self, table: LandedTable) -> None:
        """Remove the rows that the files of this run stand for, and old remarks."""
        seen = self.seen.get(table.name)
        if seen is None:
            return
        replaced = [
            name
            for name in self._known(table)
            if name not in seen.names
            and any(fnmatch.fnmatch(Path(name).name, form) for form in seen.replaces)
        ]
        for name in (*seen.read, *replaced):
            values: dict[str, object] = {"source": self.source, "file": name}
            self._do(
                f"delete from {table.name} "
                "where source = $source and _file = $file", values,
            )  # fmt: skip
            for book in ("landed_file", "data_quality"):
                self._do(
                    f"delete from {book} where source = $source "
                    "and table_name = $table and file = $file",
                    values | {"table": table.name},
                )

    def _do(self, sql: str, values: dict[str, object]) -> None:
        self.connection.execute(sql, values).fetchall()

    def watch_overlaps(
        self,
        table: LandedTable,
        merge: Callable[[duckdb.DuckDBPyConnection, LandedTable], int],
    ) -> int:
        """Merge; note the files that give the same key as another file.

        When one of them changes later all are read again, for a row that it no longer
        gives may be in the other.
        """
        seen = self.seen.get(table.name)
        if seen is not None and seen.read:
            same = " and ".join(f's."{name}" = o."{name}"' for name in table.key)
            for other in (staged_name(table), table.name):
                rows = self.connection.execute(
                    f"select distinct s._file, o._file from {staged_name(table)} s "
                    f"join {other} o on {same} and s._file <> o._file"
                ).fetchall()
                seen.overlapping |= {name for row in rows for name in row}
        return merge(self.connection, table)

    def record(self, table: LandedTable, slices_lost: int = 0) -> None:
        """Remember the files of this run, and those that are gone."""
        seen = self.seen.get(table.name)
        if seen is None:
            return
        if slices_lost:
            seen.overlapping |= set(seen.read) | set(self._known(table))
        for name, landed in seen.read.items():
            first, last = landed.staged.days or (None, None)
            self._do(
                "insert into landed_file values ($source, $table, $file, $size, $mtime, "
                "$sha, $mapping, $first, $last, $read, $skipped, false, $run)",
                {
                    "source": self.source, "table": table.name, "file": name,
                    "size": landed.print.size, "mtime": landed.print.mtime_ns,
                    "sha": landed.print.sha256, "mapping": landed.print.mapping,
                    "first": first, "last": last, "read": landed.staged.read,
                    "skipped": landed.staged.skipped, "run": self.run_id,
                },
            )  # fmt: skip
        self._update_books(table, seen)

    def _update_books(self, table: LandedTable, seen: Seen) -> None:
        where = "where source = $source and table_name = $table"
        values: dict[str, object] = {"source": self.source, "table": table.name}
        for name, made in seen.touched.items():
            self._do(
                f"update landed_file set mtime_ns = $mtime {where} and file = $file",
                values | {"mtime": made.mtime_ns, "file": name},
            )
        for name in seen.overlapping:
            self._do(
                f"update landed_file set shares_keys = true {where} and file = $file",
                values | {"file": name},
            )
        self._do(f"delete from data_quality {where} and flag = 'file_missing'", values)
        for name, known in self._known(table).items():
            if name in seen.names:
                continue
            del known
            self._do(
                "insert into data_quality select source, table_name, first_day, last_day, "
                "'file_missing', rows_read, '{\"note\": \"its rows stay\"}', file "
                f"from landed_file {where} and file = $file",
                values | {"file": name},
            )


def _fingerprint_of(batch: Files) -> str:
    """Return what a file's rows depend on besides the file: the mapping, the lookups."""
    parts = asdict(batch)
    for unused in ("paths", "where", "replaces"):
        parts.pop(unused)
    for key, path in batch.lookups.items():
        if path.is_file():
            with path.open("rb") as file:
                parts["lookups"][key] = hashlib.file_digest(file, "sha256").hexdigest()
    said = repr(sorted(parts.items())) + VERSION
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def read_file(
    table: LandedTable,
    path: Path,
    name: str,
    batch: Files,
    hasher: Hasher,
    made: Fingerprint,
    keep: Keep,
) -> LandedFile:
    """Hand one file's rows in canonical columns, hashed, to `keep`; say what was found.

    Raises JourneyError naming file, line, column, value and what was expected.
    """
    try:
        return _read_file(table, path, name, batch, hasher, made, keep)
    except OSError as error:
        raise JourneyError(
            Problem(name, f"cannot be read: {error.strerror or error}", "a readable file",
                    "see that it stays where it is, and that this user may read it")
        ) from error  # fmt: skip
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise JourneyError(
            Problem(name, f"{made.size // 2**20:,} MB, more than fits into memory",
                    "files that fit: about ten times their size, unpacked",
                    "export it in parts, by year or month, and name them by a pattern")
        ) from error  # fmt: skip


def _read_file(
    table: LandedTable,
    path: Path,
    name: str,
    batch: Files,
    hasher: Hasher,
    made: Fingerprint,
    keep: Keep,
) -> LandedFile:
    dialect = Dialect(
        batch.time_zone, batch.decimal, batch.thousands, batch.date_formats,
        batch.empty_words,
    )  # fmt: skip
    with open_stage() as connection, ExitStack() as resources:
        for key, other in batch.lookups.items():
            inputs.load_lookup(connection, key, other, batch, resources)
        found = inputs.load(connection, path, name, batch, resources)
        mapping.make_macros(connection, dialect, batch)
        lock(connection, found.reads)
        connection.execute("alter view input rename to whole_input").fetchall()
        connection.execute("create view input as select * from whole_input").fetchall()
        left_out = mapping.map_input(connection, table, batch, found, name)
        numbered = "row_number" in connection.table("mapped").columns
        inputs.drop(connection)
        staged = convert(connection, table, dialect, hasher, batch.where or name, keep)
        _number_lines(staged, found, batch.select is None or numbered)
    early = [*found.bad, *_with_lines(left_out, found)]
    if staged.bad and batch.on_bad_rows == "stop":
        raise JourneyError(*bad_problems(name, staged.bad, staged.skipped, batch.columns))
    staged.bad = [*early, *staged.bad]
    staged.skipped += found.skipped + len(left_out)
    staged.read += found.skipped + len(left_out)
    if staged.skipped == staged.read > 0:
        raise JourneyError(*bad_problems(name, staged.bad, staged.skipped, batch.columns))
    return LandedFile(name, staged, made, _flags(name, staged, found))


def _with_lines(bad: Sequence[BadRow], found: inputs.Input) -> list[BadRow]:
    rows = [row for item in bad for row in (item.row, item.first) if row]
    lines = found.line_of(rows)
    numbered = []
    for item in bad:
        again = f"{item.found} (first on line {lines[item.first]})" if (
            item.first in lines
        ) else item.found  # fmt: skip
        numbered.append(replace(item, line=lines.get(item.row), found=again))
    return numbered


def _number_lines(staged: Staged, found: inputs.Input, numbered: bool) -> None:
    """Give bad rows their line, unless a SELECT made rows of its own."""
    if numbered:
        staged.bad = _with_lines(staged.bad, found)


def _flags(name: str, staged: Staged, found: inputs.Input) -> list[Flag]:
    today = dt.date(1970, 1, 1)
    first, last = staged.days or (today, today)
    flags = []
    if staged.skipped:
        rows = [
            {"line": bad.line, "column": bad.column, "found": bad.found,
             "expected": bad.expected}
            for bad in staged.bad[:10]
        ]  # fmt: skip
        flags.append(
            Flag("rows_skipped", first, last, float(staged.skipped),
                 {"file": name, "first": rows})
        )  # fmt: skip
    if not staged.read:
        flags.append(Flag("file_without_rows", today, today, 0.0, {"file": name}))
    return flags
