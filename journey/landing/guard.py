"""What is refused before a file is read: bombs, web pages, locked workbooks."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from journey.problem import JourneyError, Problem

HARMLESS = 512 * 1024 * 1024
"""Unpacked bytes that any machine has room for."""

RATIO = 200
"""Exports shrink to a fifth or a twentieth; rows that are all alike to a hundredth."""

LOCKED = b"\xd0\xcf\x11\xe0"
"""Head of the old Office container, in which Excel also puts encrypted workbooks."""

PART = 1 << 20


def refuse_unreadable(path: Path, name: str) -> None:
    """Raise JourneyError for a file whose reading would harm or cannot succeed."""
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(LOCKED) and path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb"):
        raise JourneyError(_locked(name))
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:14].lower().startswith(
        (b"<!doctype html", b"<html")
    ):  # fmt: skip
        raise JourneyError(
            Problem(name, "a web page (HTML)", "a table: CSV, Excel, NDJSON or Parquet",
                    "export it again: shops send a page when a session has ended, and some "
                    "call a page .xls; save that one as .xlsx", 1)
        )  # fmt: skip
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        _refuse_bomb(path, name)


def _locked(name: str) -> Problem:
    return Problem(name, "a workbook protected by a password, or an old .xls",
                   "a workbook that opens without a password",
                   "save it without a password, as .xlsx")  # fmt: skip


def _refuse_bomb(path: Path, name: str) -> None:
    size = path.stat().st_size
    most = max(HARMLESS, RATIO * size)
    if size * 1100 <= HARMLESS:
        return  # deflate cannot make more of it
    unpacked = 0
    for part in _parts(path):
        unpacked += part
        if unpacked > most:
            raise JourneyError(
                Problem(
                    name, f"{size:,} bytes that unpack to more than {most:,}",
                    f"at most {RATIO} times its size", "export it again; if it really "
                    "holds so many equal rows, give it unpacked and in parts",
                )
            )  # fmt: skip


def _parts(path: Path) -> Iterator[int]:
    """Yield sizes of what a packed file holds; what is broken is told by its reader."""
    try:
        if zipfile.is_zipfile(path):
            yield from _parts_of_zip(path)
        else:
            with gzip.open(path) as file:
                while part := file.read(PART):
                    yield len(part)
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile, RuntimeError):
        return  # RuntimeError: locked, or packed in a way that zipfile does not know


def _parts_of_zip(path: Path) -> Iterator[int]:
    with zipfile.ZipFile(path) as packed, path.open("rb") as file:
        for item in packed.infolist():
            yield 0
            if item.compress_type != zipfile.ZIP_DEFLATED:
                yield item.compress_size
                continue
            # The size that the archive tells of itself may be a lie.
            file.seek(item.header_offset)
            local = file.read(30)
            skip = int.from_bytes(local[26:28], "little")
            file.seek(skip + int.from_bytes(local[28:30], "little"), 1)
            inflate, left = zlib.decompressobj(-15), item.compress_size
            while left > 0 and not inflate.eof:
                rest = file.read(min(PART, left))
                if not rest:
                    break
                left -= len(rest)
                while rest and not inflate.eof:
                    yield len(inflate.decompress(rest, PART))
                    rest = inflate.unconsumed_tail
