"""One file that holds all a shop cannot get back otherwise, and a home made of it again.

Landed rows, the keys, what readers wrote, settings, queries of the team, and the
snapshot shown, so that a restored home needs neither sources nor a build. Secrets of
`.streamlit/` are left out: they belong where secrets are kept.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import os
import secrets
import shutil
import sys
import tarfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from journey import lock, warehouse
from journey.home import PROJECT, Home, home
from journey.problem import JourneyError, Misuse, Problem

FILES = (
    "journey.toml", "data/landing.duckdb", "data/landing.duckdb.wal", "data/hash.key",
    "data/hash.check", "data/status.json", "data/held", "data/current",
)  # fmt: skip
FOLDERS = ("data/app", "queries")
LISTED = "SHA256SUMS"
"""Last in the archive: its files and what they hold, as `sha256sum -c` reads it."""
PATIENCE = 2 * 60 * 60.0
"""Seconds that a backup waits for a refresh to end."""
PAUSE = 2.0


def command(options: argparse.Namespace) -> int:
    size = make(home(), options.file)
    sys.stdout.write(
        f"Wrote {options.file}, {size / 1e6:,.1f} MB. It holds customers' data and the key "
        "of their hashes: keep it like the shop's own database, away from this machine.\n"
    )
    return 0


def restore_command(options: argparse.Namespace) -> int:
    aside = restore(home(), options.file, options.replace)
    sys.stdout.write(f"Restored {home().root}.")
    if aside:
        sys.stdout.write(f" What was there lies in {aside.name}/.")
    sys.stdout.write(" Write .streamlit/secrets.toml again, then start app and refresh.\n")
    return 0


def make(place: Home, target: Path, sleep: Callable[[float], None] = time.sleep) -> int:
    """Write the archive, readable by its owner alone; return its size in bytes.

    Waits for a refresh that runs, and holds the next one back for the seconds it takes.
    Readers go on meanwhile. Raises JourneyError when a refresh does not end in two hours
    or the archive cannot be written.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with _turn(place, sleep):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)  # of a backup that was killed
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                _pack(place, out)
                out.flush()
                os.fsync(out.fileno())
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise JourneyError(
                Problem(str(target), error.strerror or str(error), "a file to write",
                        "see that the folder is there and has room")
            ) from error  # fmt: skip
    return target.stat().st_size


def restore(place: Home, source: Path, replace: bool = False) -> Path | None:
    """Make a home of an archive; return the folder that keeps what was there before.

    Everything is unpacked and checked before the first file of the home is touched.
    Raises JourneyError when the archive is damaged or not one, Misuse when it is not
    there, or when the home holds data and `replace` is not given.
    """
    if not source.is_file():
        raise Misuse(
            Problem(str(source), "no such file", "an archive of `journey backup`",
                    "correct the path; it begins where you are now")
        )  # fmt: skip
    there = [place.root / name for name in ("data", "journey.toml")]
    if not replace and any(path.exists() for path in there):
        raise Misuse(
            Problem(str(place.root), "a home with settings or data", "an empty folder",
                    "set JOURNEY_HOME to an empty folder, or add --replace: what is there "
                    "is moved aside, not deleted")
        )  # fmt: skip
    if not lock.is_free(place):
        raise JourneyError(
            Problem("data/refresh.lock", "a refresh is running", "a home at rest",
                    "stop app and refresh first")
        )  # fmt: skip
    place.root.mkdir(parents=True, exist_ok=True)
    staging = place.root / f".restore-{secrets.token_hex(4)}"
    try:
        _unpack(source, staging)
        return _move_in(place, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextlib.contextmanager
def _turn(place: Home, sleep: Callable[[float], None]) -> Iterator[None]:
    waited = 0.0
    while True:
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(lock.refresh_lock(place))
            except JourneyError:
                if waited >= PATIENCE:
                    raise
            else:
                yield
                return
        sleep(PAUSE)
        waited += PAUSE


def _pack(place: Home, out: IO[bytes]) -> None:
    sums = []
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=3) as archive:
        for path in _members(place):
            name = path.relative_to(place.root).as_posix()
            # Lines are added while this runs: what is listed is what was packed.
            with path.open("rb") as data:
                about = archive.gettarinfo(arcname=name, fileobj=data)
                reader = _Summed(data)
                archive.addfile(about, reader)
            sums.append(f"{reader.sum.hexdigest()}  {name}\n")
        _add_list(archive, "".join(sums).encode())


def _add_list(archive: tarfile.TarFile, text: bytes) -> None:
    about = tarfile.TarInfo(LISTED)
    about.size, about.mode, about.mtime = len(text), 0o600, int(time.time())
    archive.addfile(about, io.BytesIO(text))


def _members(place: Home) -> Iterator[Path]:
    """Yield the files of a home that a backup holds."""
    yield from (p for name in FILES if (p := place.root / name).is_file())
    if now := warehouse.current(place):
        yield now.path
        if (digest := now.path.with_suffix(".sha256")).is_file():
            yield digest
    for name in FOLDERS:
        if name == "queries" and place.root == PROJECT:
            continue  # the product's own, which an installation brings
        for path in sorted((place.root / name).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


class _Summed:
    """A file that works out its digest while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.sum.update(data)
        return data


def _unpack(source: Path, staging: Path) -> None:
    """Unpack and check. Raises JourneyError; no path of an archive leads out of it."""
    sums: dict[str, str] = {}
    listed: bytes | None = None
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isreg() else None
                if file is None or not _is_ours(member.name):
                    raise JourneyError(
                        _damaged(source, f"{member.name} is none of its files")
                    )
                if member.name == LISTED:
                    listed = file.read()
                else:
                    sums[member.name] = _write(staging / member.name, file)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise JourneyError(_damaged(source, str(error))) from error
    told = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
    if listed != told:
        raise JourneyError(_damaged(source, "its files are not what was packed"))


def _write(path: Path, file: IO[bytes]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    reader = _Summed(file)
    with os.fdopen(descriptor, "wb") as out:
        shutil.copyfileobj(reader, out)
        out.flush()
        os.fsync(out.fileno())
    return reader.sum.hexdigest()


def _is_ours(name: str) -> bool:
    parts = PurePosixPath(name).parts
    if name == LISTED or name in FILES:
        return True
    folders = (*FOLDERS, "data/published")
    return ".." not in parts and any(name.startswith(f"{folder}/") for folder in folders)


def _move_in(place: Home, staging: Path) -> Path | None:
    aside = place.root / f"before-{time.strftime('%Y%m%dT%H%M%S')}"
    moved = False
    for new in sorted(staging.iterdir()):
        old = place.root / new.name
        if old.exists():
            aside.mkdir(exist_ok=True, mode=0o700)
            shutil.move(old, aside / new.name)
            moved = True
        shutil.move(new, old)
    return aside if moved else None


def _damaged(source: Path, found: str) -> Problem:
    return Problem(
        source.name, found, "an archive of `journey backup`",
        "take another one; nothing of this home was changed",
    )  # fmt: skip
