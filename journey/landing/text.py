"""Files of text: encodings, separators, and which line a row stands on."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TextIO

from journey.connector import Files
from journey.landing.advice import bad_problems
from journey.landing.stage import BadRow
from journey.problem import JourneyError, Problem

DELIMITERS = (",", ";", "\t", "|")
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True)
class Shape:
    """How a CSV file is written."""

    delimiter: str
    columns: tuple[str, ...]
    above: int = 0
    """Lines before the header."""


def hint(shape: Shape) -> str:
    """Return what may be the matter when a column of a file is not there."""
    if len(shape.columns) > 1 and any(
        not re.fullmatch(r"column_\d+", name) for name in shape.columns[1:]
    ):
        return (
            "correct the name; a name with spaces is written as it is; set header_line "
            "where the names stand on a later line"
        )
    sign = re.search(r"[;,\t|^~:\u00a6]", shape.columns[0])
    if sign:
        return (
            f'the whole line is one column: set delimiter = "{sign[0]}" if that '
            "separates the columns"
        )
    return "set header_line where the names stand on a later line"


def is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def codec_of(encoding: str) -> str:
    """Return Python's name of an encoding; a byte order mark is dropped."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise JourneyError(
            Problem("journey.toml", f'encoding = "{encoding}"',
                    "utf-8, utf-16, cp1250, iso-8859-2, latin-1 or another Python codec",
                    "correct encoding")
        ) from error  # fmt: skip
    return "utf-8-sig" if name == "utf-8" else name


@contextmanager
def opened(path: Path, name: str, encoding: str) -> Iterator[TextIO]:
    """Yield the text of a file, unpacked; turn what goes wrong into a JourneyError."""
    codec = codec_of(encoding)
    try:
        opener = gzip.open if is_gzip(path) else open
        with opener(path, "rt", encoding=codec, newline="") as file:
            yield file
    except UnicodeError as error:
        raise JourneyError(_encoding_problem(path, name, codec, encoding)) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise JourneyError(
            Problem(name, f"a broken gzip file ({error})", "a whole gzip file",
                    "copy or export it again: it was cut off or damaged on the way")
        ) from error  # fmt: skip


def _encoding_problem(path: Path, name: str, codec: str, encoding: str) -> Problem:
    decoder = codecs.getincrementaldecoder(codec)()
    opener = gzip.open if is_gzip(path) else open
    line, head = 1, b""
    with opener(path, "rb") as file:
        for raw in file:
            head = head or raw[:2]
            try:
                decoder.decode(raw)
            except UnicodeError:
                break
            line += 1
    guess = (
        "utf-16" if head in (b"\xff\xfe", b"\xfe\xff") else "cp1250, iso-8859-2 or latin-1"
    )
    return Problem(
        name, f"bytes that are not {encoding}",
        f'encoding = "{encoding}" for the whole file',
        f"set encoding to what the file is written in ({guess}), or save it as UTF-8", line,
    )  # fmt: skip


def shape_of(path: Path, name: str, batch: Files) -> Shape:
    """Return separator and columns of a CSV file.

    Raises JourneyError when its head is no text or no header.
    """
    _refuse_binary(path, name, batch.encoding)
    with opened(path, name, batch.encoding) as file:
        head = file.read(256 * 1024)
    lines = list(io.StringIO(head, newline=""))
    if len(head) == 256 * 1024 and len(lines) > 1:
        lines = lines[:-1]
    # Excel writes the separator on a line of its own above the header.
    told = re.fullmatch(r"sep=(.)\s*", lines[0]) if lines else None
    above = max(batch.header_line - 1, 1 if told else 0)
    lines = lines[above:]
    sniffed = told[1] if told else "\t" if batch.format == "tsv" else _sniffed(lines)
    delimiter = batch.delimiter or sniffed
    if len(delimiter) != 1:
        raise JourneyError(
            Problem("journey.toml", f'delimiter = "{delimiter}"', "one character",
                    'write delimiter = ";" or leave it out')
        )  # fmt: skip
    try:
        header = next((row for row in csv.reader(lines, delimiter=delimiter) if row), [])
    except csv.Error as error:
        raise JourneyError(
            Problem(name, str(error), "a header of column names", "export it again", 1)
        ) from error
    if not any(part.strip() for part in header):
        raise JourneyError(
            Problem(name, "no header", "column names on the first line",
                    "export it again with a header", 1)
        )  # fmt: skip
    return Shape(delimiter, _unique(header), above)


def _refuse_binary(path: Path, name: str, encoding: str) -> None:
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    wide = codec_of(encoding).startswith(("utf-16", "utf-32"))
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if is_gzip(path) or wide or (marked and b"\0\0" not in head):
        return
    if b"\0" in head or head.startswith((b"PK\x03\x04", b"PAR1")):
        raise JourneyError(
            Problem(name, "bytes that are no text", "a text file of rows and columns",
                    "unpack it if it is a zip archive; else correct format (excel, "
                    "parquet) or encoding (utf-16)",
                    head.count(b"\n", 0, max(head.find(b"\0"), 0)) + 1)
        )  # fmt: skip


def _sniffed(lines: Sequence[str]) -> str:
    """Return the separator that splits the first records into most equal columns."""
    best = (0, 0, ",")
    for delimiter in DELIMITERS:
        try:
            rows = [
                row for row in islice(csv.reader(lines, delimiter=delimiter), 30) if row
            ]
        except csv.Error:
            continue
        if not rows:
            continue
        width = len(rows[0])
        same = sum(len(row) == width for row in rows[:-1] or rows)
        score = (width if width > 1 else 0, same, delimiter)
        if score[0] * score[1] > best[0] * best[1]:
            best = score
    return best[2]


def _unique(header: Sequence[str]) -> tuple[str, ...]:
    names: list[str] = []
    for number, part in enumerate(header, 1):
        name = part.strip() or f"column_{number}"
        taken = {other.lower() for other in names}
        suffix = 2
        fresh = name
        while fresh.lower() in taken:
            fresh, suffix = f"{name}_{suffix}", suffix + 1
        names.append(fresh)
    return tuple(names)


def readable(path: Path, name: str, encoding: str, resources: ExitStack) -> str:
    """Return a path that DuckDB can read as UTF-8: the file, or a copy in memory."""
    if codec_of(encoding) == "utf-8-sig":
        return str(path)
    copy = resources.enter_context(_memory_file())
    with opened(path, name, encoding) as file:
        while part := file.read(1 << 20):
            copy.write(part.encode())
    copy.flush()
    return copy.name if isinstance(copy.name, str) else f"/proc/self/fd/{copy.fileno()}"


IN_MEMORY = hasattr(os, "memfd_create")
"""Whether the system has files that no disk sees."""


def memory_path(resources: ExitStack) -> str:
    """Return the path of a new file in memory, gone with `resources`."""
    return f"/proc/self/fd/{resources.enter_context(_memory_file()).fileno()}"


def _memory_file() -> IO[bytes]:
    """Return a file that no disk sees where the system can, else a private one."""
    if IN_MEMORY:
        return os.fdopen(os.memfd_create("journey"), "w+b")
    return tempfile.NamedTemporaryFile()


def _numbered_records(
    file: TextIO, shape: Shape
) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Yield (first line, record) after the header; blank lines are no records."""
    for _ in range(shape.above):
        next(file, "")
    reader = csv.reader(file, delimiter=shape.delimiter, strict=True)
    header_seen = False
    while True:
        line = shape.above + reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, error
            continue
        if not record:
            continue
        if header_seen:
            yield line, record
        header_seen = True


def lines_of(
    path: Path, name: str, batch: Files, shape: Shape, rows: Sequence[int]
) -> dict[int, int]:
    """Return the line on which each of these data rows begins."""
    wanted = set(rows)
    if not wanted:
        return {}
    found = {}
    with opened(path, name, batch.encoding) as file:
        for row, (line, _) in enumerate(_numbered_records(file, shape), 1):
            if row in wanted:
                found[row] = line
            if row >= max(wanted):
                break
    return found


def records(
    path: Path, name: str, batch: Files, shape: Shape
) -> tuple[list[list[str | None]], list[int], list[BadRow]]:
    """Return the good records, the line of each, and the bad ones.

    Raises JourneyError for a quote that nothing closes.
    """
    good: list[list[str | None]] = []
    lines: list[int] = []
    bad: list[BadRow] = []
    width = len(shape.columns)
    with opened(path, name, batch.encoding) as file:
        for row, (line, record) in enumerate(_numbered_records(file, shape), 1):
            if isinstance(record, csv.Error) and "unexpected end" in str(record):
                raise JourneyError(*bad_problems(name, bad), _unclosed(name, line))
            if isinstance(record, csv.Error):
                bad.append(BadRow(row, None, f"quotes that do not close ({record})",
                                  'quotes in pairs, "" for one inside', line))  # fmt: skip
            elif len(record) != width:
                bad.append(BadRow(row, None, f"{len(record)} fields",
                                  f"{width} fields as in the header", line))  # fmt: skip
            else:
                good.append([part or None for part in record])
                lines.append(line)
    return good, lines, bad


def _unclosed(name: str, line: int) -> Problem:
    """Return why not even "skip" goes on: everything below the quote is inside it."""
    return Problem(
        name, "quotes that do not close: everything from here to the end is one text",
        'quotes in pairs, "" for one inside',
        "close or double the quote on that line, or export the file again; on_bad_rows "
        "cannot leave out rows that nobody can tell apart", line,
    )  # fmt: skip


# ------------------------------------------------------------------ lines of JSON


def starts_with_bracket(path: Path, name: str, encoding: str) -> bool:
    with opened(path, name, encoding) as file:
        return file.read(4096).lstrip().startswith("[")


def good_json(
    path: Path, name: str, encoding: str, resources: ExitStack
) -> tuple[str, list[BadRow]]:
    """Return a copy without the lines that are no JSON objects, and those lines."""
    copy = resources.enter_context(_memory_file())
    bad: list[BadRow] = []
    row = 0
    with opened(path, name, encoding) as file:
        for line, content in enumerate(file, 1):
            if not content.strip():
                continue
            row += 1
            if why := _json_fault(content):
                bad.append(BadRow(row, None, why, "one JSON object on every line", line))
            else:
                copy.write(content.rstrip("\r\n").encode() + b"\n")
    copy.flush()
    where = copy.name if isinstance(copy.name, str) else f"/proc/self/fd/{copy.fileno()}"
    return where, bad


def _json_fault(content: str) -> str | None:
    try:
        value = json.loads(content)
    except ValueError as error:
        return f"no JSON ({getattr(error, 'msg', error)})"
    return None if isinstance(value, dict) else "a JSON value that is no object"


def json_lines(
    path: Path, name: str, encoding: str, rows: Sequence[int], without: set[int | None]
) -> dict[int, int]:
    """Return the line of each of these data rows; lines in `without` hold none."""
    wanted, found, row = set(rows), {}, 0
    with opened(path, name, encoding) as file:
        for line, content in enumerate(file, 1):
            if not content.strip() or line in without:
                continue
            row += 1
            if row in wanted:
                found[row] = line
    return found
