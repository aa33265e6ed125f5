"""Sign-ins that were ended: a copied cookie of one does not work any more."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from journey import disk, lines
from journey.home import Home
from journey.problem import JourneyError, Problem

NAME = "signed_out.ndjson"
LIFE = 32 * 24 * 3600.0
"""Seconds after which Streamlit itself takes no cookie any more, and a day."""
LARGE = 1_000_000
"""Bytes from which lines that count no more are dropped."""

_here: set[str] = set()
"""Ended in this process, also where data/app/ cannot be written."""
_last: dict[Home, frozenset[str]] = {}
"""What was known last: the right to read it may be taken away."""


def end(home: Home, sign_in: str, clock: Callable[[], float] = time.time) -> None:
    """Let a sign-in never count again, in every process that shares data/app/.

    Raises OSError where that cannot be written down; this process keeps to it anyway.
    """
    _here.add(sign_in)
    path, now = home.app / NAME, clock()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lines.alone(path):
        _shorten(path, now)
        lines.append(path, {"sign_in": sign_in, "until": now + LIFE})


def known(home: Home) -> frozenset[str]:
    """Return every sign-in that was ended; those known last while the file is closed.
    Raises JourneyError where none are known: a sign-in that was ended opens nothing."""
    path = home.app / NAME
    try:
        about = path.stat()
        found = _read(path, about.st_mtime_ns, about.st_size, frozenset(_here))
    except FileNotFoundError:
        found = frozenset(_here)
    except OSError as error:
        if home not in _last:
            raise JourneyError(_closed(error, home)) from error
        found = _last[home] | _here
    _last[home] = found
    return found


def _closed(error: OSError, home: Home) -> Problem:
    return disk.refused(error, home) or Problem(
        f"data/app/{NAME}", error.strerror or str(error), "a file that can be read",
        "see that the disk is well",
    )  # fmt: skip


@lru_cache(4)
def _read(path: Path, touched: int, size: int, here: frozenset[str]) -> frozenset[str]:
    return here | {str(line.get("sign_in")) for line in lines.read(path)}


def _shorten(path: Path, now: float) -> None:
    """Write the file again without lines that count no more, once it is large."""
    if not path.is_file() or path.stat().st_size < LARGE:
        return
    kept = [line for line in lines.read(path) if line.get("until", now) >= now]
    fresh = path.with_suffix(".new")
    fresh.touch(0o600)
    fresh.write_text("".join(f"{json.dumps(line)}\n" for line in kept), "utf-8")
    fresh.replace(path)
