"""A leak's leavers as a named group: a query file of kind "segment" with its test.

The file holds the rule of who stopped, never the people: the step, the cell, the days.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tempfile
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from journey.answer import Period
from journey.check import check
from journey.days.notes import cleaned
from journey.home import Home
from journey.problem import JourneyError, Problem
from journey.query import Library
from journey.query.file import parse
from journey.scope import NOT_SET, Choices

FOLDER = "segments"
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""The form in which the rules above write an instant."""
ENDS = dt.date(2026, 10, 28)
"""The last complete day of a test, as the tests of queries have it."""


@dataclass(frozen=True)
class Rule:
    """Who did not go on at a step: the mart that knows it, and what holds there."""

    mart: str
    conditions: tuple[str, ...]
    given: Mapping[str, Any] = field(default_factory=dict)
    """A test's row of somebody who stopped, without cell, day and person."""
    other: Mapping[str, Any] = field(default_factory=dict)
    """What differs in the row of somebody who went on."""
    day: str = "day"


def _visits(step: str, next_one: str) -> Rule:
    return Rule("stopped_visits", (f"step = '{step}'",), {"step": step}, {"step": next_one})


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "consideration/product_view_rate": _visits("product_view", "cart"),
        "consideration/cart_to_detail": _visits("cart", "checkout"),
        "conversion/checkout_start_rate": _visits("checkout", "payment"),
        "conversion/payment_reach": _visits("payment", "purchase"),
        "conversion/payment_completion": _visits("purchase", "payment"),
        "conversion/not_collected": Rule(
            "orders",
            (
                "counts", "shipped_at is not null",
                "(\n        payment_method = 'cash_on_delivery'\n"
                "        or delivery_method in ('locker', 'pickup')\n    )",
                "returned_to_sender_at::date <= day + 21",
            ),
            {
                "counts": True, "payment_method": "cash_on_delivery",
                "delivery_method": "locker", "shipped_at": "{day}T08:00:00Z",
                "returned_to_sender_at": "{day}T18:00:00Z",
            },
            {"counts": False},
        ),
        "retention/second_order_90_days": Rule(
            "customers", ("coalesce(days_to_second > 90, true)",), {},
            {"days_to_second": 5},
        ),
        "advocacy/review_rate": Rule(
            "orders",
            (
                "counts", "delivered_at is not null",
                "coalesce(\n        reviewed_at >= delivered_at + interval 30 days, true"
                "\n    )",
            ),
            {"counts": True, "delivered_at": "{day}T12:00:00Z"}, {"counts": False},
            "delivered_at::date",
        ),
    }
)  # fmt: skip
"""The measure of a step -> who counts in it and does not go on."""


@dataclass(frozen=True)
class Group:
    """The people a file shall name: those who stopped at a step, in a cell, in days."""

    measure: str
    title: str
    where: Choices
    period: Period
    days_back: int | None = None
    """How far from the last complete day the period ended; None: these days for good."""
    consenting: bool = False
    """Whether only those who agreed to be written to are meant."""

    @property
    def rule(self) -> Rule:
        return RULES[self.measure]


def suggested(title: str) -> str:
    """Return a file name for a title: "Stopped: Payment" is "stopped_payment"."""
    words = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    return words.lstrip("0123456789_")[:60].rstrip("_")


def text(group: Group, owner: str = "growth") -> str:
    """Return the whole query file."""
    rule = group.rule
    conditions = [
        *rule.conditions,
        *(_chosen(column, values) for column, values in group.where),
        _days(group),
        "person_id is not null",
        *([_consent(rule)] if group.consenting else []),
    ]
    about = (
        f"Known people who stopped there, {_days_told(group)}. Visits of strangers belong "
        "to nobody and are not in it."
    )
    if group.consenting:
        about += " Only who agreed to be written to."
    return (
        f'/*\ntitle       = "{_plain(group.title)}"\n'
        f'kind        = "segment"\nowner       = "{_plain(owner)}"\n'
        f'description = """\n{_wrapped(about)}"""\n*/\n'
        f"select distinct person_id\nfrom {rule.mart}\nwhere "
        + "\n    and ".join(conditions)
        + "\n"
    )


def counting(group: Group) -> str:
    """Return a table query that counts whom the file names, and the rows behind them."""
    body = text(group).partition("*/\n")[2]
    known = body.replace(
        "select distinct person_id",
        "select count(*) as stopped, count(distinct person_id)::bigint as people",
    ).replace("\n    and person_id is not null", "")
    return (
        '/*\ntitle = "Stopped"\nquestion = "How many stopped?"\nkind = "table"\n'
        'owner = "growth"\n\n[columns]\nstopped = { label = "Stopped", format = "count" }\n'
        'people = { label = "Known people", format = "people" }\n*/\n' + known
    )


def test_of(group: Group) -> str:
    """Return the test of the file: one who stopped, and three who are not in it."""
    day = _last_day(group)
    cell = {
        column: next((v for v in values if v != NOT_SET), None)
        for column, values in group.where
        if NOT_SET not in values
    }
    stopped = _dated({**group.rule.given, **cell, "person_id": 1}, group, day)
    went_on = {**stopped, **group.rule.other, "person_id": 2}
    later = _dated(
        {**group.rule.given, **cell, "person_id": 3}, group, day + dt.timedelta(1)
    )
    stranger = {key: value for key, value in stopped.items() if key != "person_id"}
    rows = [stopped, went_on, later, stranger]
    told = "# one who stopped; who went on, who came a day later, whom nobody knows"
    agreed = {"marketing_consent": True}
    if group.consenting and group.rule.mart == "customers":
        rows = [row | agreed for row in rows] + [stopped | {"person_id": 4}]
    tables = {group.rule.mart: rows}
    if group.consenting:
        told += ", who did not agree"
    if group.consenting and group.rule.mart != "customers":
        rows.append(stopped | {"person_id": 4})
        tables["customers"] = [{"person_id": number, **agreed} for number in (1, 2, 3)]
    given = (
        f"given.{mart} = [\n    {f',{chr(10)}    '.join(map(_row, listed))},\n]\n\n"
        for mart, listed in tables.items()
    )
    return f"{told}\n{''.join(given)}expect = [{{ person_id = 1 }}]\n"


def save(home: Home, library: Library, name: str, group: Group, reader: Any) -> Path:
    """Write file and test beside the settings and return the file; never over another.

    `reader`: a connection to the published file, to check the text against. Raises
    JourneyError for a bad or taken name, a text that would not run, a closed folder.
    """
    refuse(home, library, name, group, reader)
    path, test = places(home, name)
    try:
        _make_folders(path, test)
        _create(test, test_of(group))
        try:
            _create(path, text(group))
        except OSError:
            test.unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise JourneyError(_taken(name)) from error
    except OSError as error:
        raise JourneyError(_closed(error.strerror or str(error))) from error
    return path


def places(home: Home, name: str) -> tuple[Path, Path]:
    """Return where a group's file and its test lie."""
    return (
        home.ours / FOLDER / f"{name}.sql",
        home.ours.parent / "tests" / "queries" / FOLDER / f"{name}.toml",
    )


def refuse(home: Home, library: Library, name: str, group: Group, reader: Any) -> None:
    """Raise JourneyError where the name or the text cannot be kept; writes nothing."""
    refuse_name(home, library, name)
    if problems := problems_of(name, text(group), reader):
        raise JourneyError(*problems)


def refuse_name(home: Home, library: Library, name: str) -> None:
    """Raise JourneyError for a name that no file can have, or that one has."""
    if not NAME.fullmatch(name):
        raise JourneyError(
            Problem(
                f"queries/{FOLDER}", f'the name "{name[:70]}"',
                "a small letter, then small letters, digits and _; 60 at most",
                "choose a name like stopped_at_payment",
            )
        )  # fmt: skip
    full = f"{FOLDER}/{name}"
    taken = full in library.queries or full in library.broken
    if taken or any(place.exists() for place in places(home, name)):
        raise JourneyError(_taken(name))


def problems_of(name: str, body: str, reader: Any) -> list[Problem]:
    """Return what `journey check` would say of the file."""
    try:
        query = parse(body, f"{FOLDER}/{name}", f"queries/{FOLDER}/{name}.sql", own=False)
    except JourneyError as error:
        return list(error.problems)
    return check(Library({query.name: query}), reader)


def is_open(home: Home) -> bool:
    """Whether files can be written beside the settings."""
    place = home.ours / FOLDER
    while not place.exists():
        place = place.parent
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def fixed(group: Group) -> Group:
    """Return the group of just these days, for good."""
    return replace(group, days_back=None)


# ------------------------------------------------------------------ parts


def _chosen(column: str, values: Sequence[str]) -> str:
    known = ["'" + v.replace("'", "''") + "'" for v in values if v != NOT_SET]
    parts = [f"{column} in ({', '.join(known)})"] if len(known) > 1 else []
    parts += [f"{column} = {known[0]}"] if len(known) == 1 else []
    if NOT_SET in values:
        parts.append(f"{column} is null")
    return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"


def _consent(rule: Rule) -> str:
    if rule.mart == "customers":
        return "marketing_consent"
    agreed = "select person_id from customers where marketing_consent"
    return f"person_id in (\n        {agreed}\n    )"


def _days(group: Group) -> str:
    day, period = group.rule.day, group.period
    if group.days_back is None:
        return f"{day} between date '{period.first}'\n        and date '{period.last}'"
    first = group.days_back + period.days - 1
    last = f"$through - {group.days_back}" if group.days_back else "$through"
    return f"{day} between $through - {first} and {last}"


def _days_told(group: Group) -> str:
    period = group.period
    if group.days_back is None:
        return f"{period.first} to {period.last}"
    if not group.days_back:
        return f"in the last {period.days} days"
    return f"in {period.days} days up to {group.days_back} days ago"


def _last_day(group: Group) -> dt.date:
    if group.days_back is None:
        return group.period.last
    return ENDS - dt.timedelta(group.days_back)


def _dated(row: Mapping[str, Any], group: Group, day: dt.date) -> dict[str, Any]:
    filled = {
        key: value.replace("{day}", str(day)) if isinstance(value, str) else value
        for key, value in row.items()
    }
    return filled | ({"day": day} if group.rule.day == "day" else {})


def _row(row: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{key} = {_toml(value)}" for key, value in row.items()) + " }"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and not INSTANT.fullmatch(value):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def _plain(words: str) -> str:
    """Return words that end neither the text of a header nor the header itself."""
    shown = cleaned(words).replace("\\", " ").replace('"', "'")
    return shown.replace("*/", "* /").replace("/*", "/ *")


def _wrapped(words: str) -> str:
    return " \\\n".join(textwrap.wrap(_plain(words), 76))


def _create(path: Path, content: str) -> None:
    """Write a file in one step. Raises FileExistsError where there is one."""
    handle, name = tempfile.mkstemp(".new", ".", path.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        made.chmod(0o644)
        _link(made, path, content)
    finally:
        made.unlink(missing_ok=True)


def _make_folders(*files: Path) -> None:
    """Make the folders of the files. Raises OSError, also where a file or a link that
    leads nowhere has the name of one."""
    for file in files:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(error.errno, "no folder") from error


def _link(made: Path, path: Path, content: str) -> None:
    """Give the file its name; where a disk has no links, write it under that name."""
    try:
        os.link(made, path)
    except FileExistsError:
        raise
    except OSError:
        with path.open("x", encoding="utf-8") as file:
            file.write(content)


def _taken(name: str) -> Problem:
    return Problem(
        f"queries/{FOLDER}/{name}.sql", "there already", "a name that is free",
        "choose another name; no file is written over",
    )  # fmt: skip


def _closed(why: str) -> Problem:
    return Problem(
        f"queries/{FOLDER}", f"nothing can be written here ({why})",
        "a folder beside journey.toml that the app may write to",
        "download the file and put it there, or let the app write",
    )  # fmt: skip
