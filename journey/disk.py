"""Files on disk: written so that they last, told apart when they change, checked."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from journey.home import Home
from journey.problem import Problem

FULL = (errno.ENOSPC, errno.EDQUOT)
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
Mark = tuple[int, ...]
"""What changes when a file does, even when only its owner or mode does."""


def mark(path: Path) -> Mark:
    """Return the mark of a file; an empty one where there is no file."""
    try:
        about = path.stat()
    except OSError:
        return ()
    is_file = stat.S_ISREG(about.st_mode)
    return (about.st_ino, about.st_ctime_ns, about.st_size) if is_file else ()


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_file(path: Path) -> Path:
    """Return where the digest of a file is noted, as `sha256sum -c` reads it."""
    return path.with_suffix(".sha256")


def noted(path: Path) -> str | None:
    """Return the digest that was noted beside a file, None without one."""
    with contextlib.suppress(FileNotFoundError, UnicodeDecodeError):
        return digest_file(path).read_text("ascii").partition(" ")[0]
    return None


def room(home: Home) -> int | None:
    """Return how many bytes are free where data/ lies; None where that is not told."""
    try:
        return shutil.disk_usage(home.data).free
    except OSError:
        return None


def full(error: BaseException) -> Problem | None:
    """Return what to do where an error says that the disk is full; None for others.

    DuckDB makes errors of many kinds of it, each with the words of the system.
    """
    if _said(error, FULL) is None:
        return None
    return Problem(
        "data/", "the disk is full", "room for what is written",
        "free some room, then refresh again; the snapshot shown now stays",
    )  # fmt: skip


def unwritten(said: str) -> Problem:
    """Return what to do where DuckDB says that a new snapshot cannot be written."""
    cause = said.rpartition("Original error: ")[2].removeprefix("IO Error: ")
    return Problem(
        "data/published", cause.splitlines()[0], "a disk that can be written",
        "see that it has room and is well; the snapshot shown now stays",
    )  # fmt: skip


def refused(error: BaseException, home: Home) -> Problem | None:
    """Return what to do where an error says that a file may not be read or written;
    None for others.

    DuckDB makes errors of many kinds of it, each with the words of the system.
    """
    said = _said(error, REFUSED)
    if said is None:
        return None
    quoted = re.search("['\"]([^'\"]+)['\"]", str(error))
    return _closed_to_us(Path(quoted[1]) if quoted else home.data, home, said)


def closed(home: Home) -> Problem | None:
    """Return what of data/ may not be read; None where all of it may."""
    held = (home.root, home.data, home.published, home.app, home.status)
    for path in (*held, *sorted(_inside(home.app))):
        if path.exists() and not os.access(path, os.R_OK | (path.is_dir() and os.X_OK)):
            return _closed_to_us(path, home, os.strerror(errno.EACCES))
    return None


def closed_file(path: Path, home: Home) -> Problem | None:
    """Return that a file or the digest beside it may not be read, whether they are there
    or not; None else."""
    for each in (path, digest_file(path)):
        try:
            each.open("rb").close()
        except OSError as error:
            if told := refused(error, home):
                return told
    return None


def _inside(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder; of one that is closed none, which is told of itself."""
    with contextlib.suppress(OSError):
        yield from folder.iterdir()


def _said(error: BaseException, codes: Iterable[int]) -> str | None:
    words = (os.strerror(code) for code in codes)
    return next((said for said in words if said in str(error)), None)


def _closed_to_us(path: Path, home: Home, said: str) -> Problem:
    is_ours = path.is_relative_to(home.root) and path != home.root
    name = path.relative_to(home.root).as_posix() if is_ours else path.name
    return Problem(
        name, said, "a file or folder open to the user whom this runs as",
        "give that user the right to it (chown, chmod); nothing is lost",
    )  # fmt: skip


def write_line(path: Path, line: str) -> None:
    """Replace a one-line file so that a reader sees the old line or the new one."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def move_in(home: Home) -> None:
    """Move what the app wrote before it had a folder of its own; no line is lost.

    Does nothing where data/ may only be read: whoever refreshes moves it.
    """
    if not os.access(home.data, os.W_OK):
        return
    for old in home.data.glob("*.ndjson*"):
        new = home.app / old.name
        with contextlib.suppress(OSError):
            home.app.mkdir(exist_ok=True, mode=0o700)
            if new.exists():
                old.write_bytes(old.read_bytes() + new.read_bytes())
            shutil.move(old, new)


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut; Windows has no such call."""
    if os.name == "nt":
        return
    with _opened(folder) as descriptor:
        os.fsync(descriptor)


def remove(path: Path) -> None:
    """Delete a file or folder, and what DuckDB or a digest left beside it."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    for file in (path, path.with_name(path.name + ".wal"), digest_file(path)):
        with contextlib.suppress(IsADirectoryError, PermissionError):
            file.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
