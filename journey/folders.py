"""Folders of query files: which there are, and the files in them."""

from __future__ import annotations

import itertools
import os
import tomllib
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

USUAL = "queries"
"""The folder beside journey.toml that is read without being named."""
MOST = 5_000
"""Files and folders below a folder of queries; where there are more, it is none."""


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


@dataclass(frozen=True)
class Inside:
    """What lies below a folder of query files."""

    files: tuple[Path, ...] = ()
    """Every *.sql, by name."""
    closed: tuple[Path, ...] = ()
    """Folders that this process may not look into."""
    is_too_large: bool = False
    """Whether more lies there than queries can be; nothing of it is named then."""


def inside(folder: Path) -> Inside:
    """Return what lies below a folder; of links that lead in a ring, each once.

    No more than MOST files and folders are looked at, whatever a setting names. What
    begins with a dot is of editors and version control, and is left out.
    """
    files: list[Path] = []
    closed: list[Path] = []
    left = MOST
    waiting: deque[tuple[Path, tuple[Path, ...]]] = deque([(folder, (folder.resolve(),))])
    while waiting:
        place, above = waiting.popleft()
        try:
            entries = _entries(place, left + 1)
        except OSError as error:  # else it is gone
            closed += [place] if isinstance(error, PermissionError) else []
            continue
        left -= len(entries)
        if left < 0:
            return Inside(is_too_large=True)
        for entry in entries:
            if is_there(Path(entry.path)):
                real = Path(above[-1], entry.name)
                real = real.resolve() if entry.is_symlink() else real
                if real not in above:
                    waiting.append((Path(entry.path), (*above, real)))
            elif entry.name.lower().endswith(".sql"):
                files.append(Path(entry.path))
    return Inside(tuple(sorted(files)), tuple(sorted(closed)))


def _entries(folder: Path, most: int) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        shown = (entry for entry in found if not entry.name.startswith("."))
        return list(itertools.islice(shown, most))
