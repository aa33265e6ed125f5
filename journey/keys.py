"""Keys the app makes for itself: random, in a file that nobody but its owner reads."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from journey.problem import JourneyError, Problem

SHORTEST = 16
CHANGE = "take 64 random hexadecimal digits"


def of(path: Path, variable: str, change: str = CHANGE) -> bytes:
    """Return the key of an environment variable, else that of a file, made on first use.

    Raises JourneyError when the key is short (`change`: what a new one brings about) and
    when others may read its file; OSError where it can be neither read nor made.
    """
    if given := os.environ.get(variable):
        return _long_enough(given.encode(), variable, change)
    if not path.exists():
        _make(path)
    name = "data/" + path.as_posix().rpartition("/data/")[2]
    if path.stat().st_mode & 0o077:
        raise JourneyError(
            Problem(
                name, f"mode {path.stat().st_mode & 0o777:o}",
                "600: nobody but the owner may read a key", f"chmod 600 {name}",
            )
        )  # fmt: skip
    return _long_enough(path.read_bytes().strip(), name, change)


def _make(path: Path) -> None:
    """Write a key in one step: who comes second takes the key of the first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(32).encode())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(new, path)
    finally:
        new.unlink()


def _long_enough(key: bytes, where: str, change: str) -> bytes:
    if len(key) < SHORTEST:
        raise JourneyError(
            Problem(
                where, f"a key of {len(key)} characters", f"at least {SHORTEST}", change
            )
        )
    return key
