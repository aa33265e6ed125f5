"""All query files of all folders, and what keeps some of them from being read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from journey import folders as on_disk
from journey.problem import JourneyError, Problem
from journey.query.file import Library, Query, parse, plain

LARGEST = 1_000_000
"""Bytes of a query file; a larger one is refused unread."""
NET = "{net}"
"""In words of a query file: net or incl. VAT, as `vat` in journey.toml says."""
FEW = 3
"""So many names are told one by one."""
Copy = tuple[str, Query]
"""How a file is called in a problem, and the file of its name that is used."""


def load(folders: Sequence[Path], net: str = "net") -> Library:
    """Read every *.sql below the folders; the first folder is the project's own.

    `net`: what is said of money instead of {net}, as Formats.money_label has it.

    A broken file becomes a problem and leaves the others alone. A name that an
    earlier folder has is a problem, and the earlier file stays. Copies of the
    project's own files are one problem for each folder.
    """
    loading = _Loading(net)
    for number, folder in enumerate(folders):
        loading.folder(folder, number == 0)
    return Library(
        MappingProxyType(loading.queries), tuple(loading.problems),
        MappingProxyType(loading.broken),
    )  # fmt: skip


def above(folder: Path, own: bool) -> Path:
    """Return the folder from which problems name the files of a query folder.

    Files beside the settings carry the name of that folder too, so that nobody looks
    for them among the project's own.
    """
    return folder.parent if own else folder.parent.parent


class _Loading:
    """One pass over the folders; gathers queries and every problem."""

    def __init__(self, net: str) -> None:
        self.net = net
        self.queries: dict[str, Query] = {}
        self.broken: dict[str, Problem] = {}
        self.problems: list[Problem] = []

    def folder(self, folder: Path, own: bool) -> None:
        if not own and not on_disk.is_open(folder):
            self.problems.append(_missing(folder))
            return
        inside = on_disk.inside(folder)
        if inside.is_too_large:
            self.problems.append(_too_many(folder))
        root = above(folder, own)
        self.problems += [_closed(_name(path, root)) for path in inside.closed]
        same: list[Copy] = []
        changed: list[Copy] = []
        for path in inside.files:
            name, where = _name(path.with_suffix(""), folder), _name(path, root)
            if path.is_symlink() and not path.exists():
                continue
            first = self.queries.get(name)
            if first and first.own and not own:
                (same if _is_same(path, first) else changed).append((where, first))
            else:
                self.file(path, name, where, own)
        if same or len(changed) > FEW:
            self.problems.append(_copies(_name(folder, root), same, changed))
        else:
            self.problems += [_taken(where, first) for where, first in changed]

    def file(self, path: Path, name: str, where: str, own: bool) -> None:
        try:
            query = parse(_text(path, where), name, where, own)
            query = _worded(replace(query, path=path), self.net)
            if name in self.queries or name in self.broken:
                raise JourneyError(_taken(where, self.queries.get(name) or name))
            self.queries[name] = query
        except JourneyError as error:
            self.problems += error.problems
            if name not in self.queries:
                self.broken.setdefault(name, error.problems[0])


def _worded(query: Query, net: str) -> Query:
    """Return the query with its words for money as the settings have them."""

    def said(text: str) -> str:
        return text.replace(NET, net)

    columns = {
        name: replace(
            column, label=column.label and said(column.label),
            description=column.description and said(column.description),
        )
        for name, column in query.columns.items()
    }  # fmt: skip
    return replace(
        query, columns=MappingProxyType(columns), question=said(query.question),
        description=said(query.description), caveat=said(query.caveat),
    )  # fmt: skip


def _name(path: Path, folder: Path) -> str:
    """Return a path as every exit can write it, whatever bytes the disk holds."""
    return path.relative_to(folder).as_posix().encode("utf-8", "replace").decode()


def _text(path: Path, where: str) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise JourneyError(_too_large(where))
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        found = f"byte 0x{error.object[error.start]:02x} that is not UTF-8"
        raise JourneyError(
            Problem(where, found, "text in UTF-8",
                    "save the file as UTF-8 in your editor", line)
        ) from error  # fmt: skip
    except OSError as error:
        raise JourneyError(
            Problem(where, f"cannot be read: {error.strerror}", "a readable file",
                    "check its permissions")
        ) from error  # fmt: skip


def _is_same(path: Path, first: Query) -> bool:
    try:
        return plain(_text(path, "")) == first.sql
    except JourneyError:
        return False


def _missing(folder: Path) -> Problem:
    return Problem(
        "journey.toml", f'no folder "{folder}" that this user may read',
        "a folder with query files; the path begins where journey.toml lies",
        "make or open the folder, or correct the path in queries = [...]",
    )  # fmt: skip


def _too_many(folder: Path) -> Problem:
    return Problem(
        "journey.toml",
        f'queries names "{folder}", which holds more than {on_disk.MOST:,} files and '
        "folders: none of them is read",
        "a folder of query files and little else",
        "name the folder right above conversion/, segments/ and so on: "
        'queries = ["queries", "path/to/ours"]',
    )  # fmt: skip


def _closed(where: str) -> Problem:
    return Problem(
        where, "this user may not read the folder", "a folder open to the user whom this "
        "runs as", "give that user the right to it (chown, chmod)",
    )  # fmt: skip


def _too_large(where: str) -> Problem:
    return Problem(
        where, "a file of more than a megabyte", "a query of some pages",
        "take out what is no query; data belong into a source",
    )  # fmt: skip


def _copies(where: str, same: Sequence[Copy], changed: Sequence[Copy]) -> Problem:
    many = len(same) + len(changed)
    files = "a copy of a file" if many == 1 else f"copies of {many:,} files"
    told = f", {len(changed):,} of them changed: {_listed(changed)}" if changed else ""
    named = f": {_listed(same)}" if many <= FEW and not changed else ""
    return Problem(
        where, f"{files} that the product itself brings{named or told}",
        "your team's own files alone: the product's are read already, and they are used",
        "delete the copies"
        + ("; a changed one counts once it has a name of its own" if changed else ""),
    )  # fmt: skip


def _listed(files: Sequence[Copy]) -> str:
    names = ", ".join(first.name for _, first in files[:FEW])
    return f"{names} and {len(files) - FEW:,} more" if len(files) > FEW else names


def _taken(where: str, first: Query | str) -> Problem:
    name = first.name if isinstance(first, Query) else first
    of = first.where if isinstance(first, Query) else "an earlier folder's"
    return Problem(
        where, f'a second query named "{name}"', f"one file of that name; {of} is used",
        "rename this file",
    )  # fmt: skip
