"""Folders of query files: which there are, and the files in them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

USUAL = "queries"
"""The folder beside journey.toml that is read without being named."""


def named(settings: Path) -> tuple[str, ...] | None:
    """Return the folders that journey.toml names; None where it names none.

    A file that is broken names none: what is wrong with it is told with the settings.
    """
    try:
        return _named(settings, settings.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(8)
def _named(settings: Path, version: int) -> tuple[str, ...] | None:
    try:
        found = tomllib.loads(settings.read_text("utf-8-sig")).get("queries")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return None
    if not isinstance(found, list):
        return None
    return tuple(name for name in found if isinstance(name, str) and name)


def is_there(folder: Path) -> bool:
    """Return whether a folder is there, as far as this process may see."""
    try:
        return folder.is_dir()
    except OSError:
        return False


def is_open(folder: Path) -> bool:
    """Return whether a folder is there and may be read."""
    return is_there(folder) and os.access(folder, os.R_OK | os.X_OK)


def files(folder: Path) -> Iterator[Path]:
    """Yield every *.sql below a folder, by name; of links that lead in a ring, each once.

    Files that begin with a dot are those of editors.
    """
    yield from _files(folder, {os.path.realpath(folder)})


def _files(folder: Path, seen: set[str]) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # gone, or closed to the app
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if is_there(Path(entry.path)):
            real = os.path.realpath(entry.path)
            if real not in seen:
                yield from _files(Path(entry.path), seen | {real})
        elif entry.name.lower().endswith(".sql"):
            yield Path(entry.path)
