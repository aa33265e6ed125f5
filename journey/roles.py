"""[roles.<name>] of journey.toml: who has a role, its level and the rows it may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from journey.problem import JourneyError, near
from journey.query.file import parse

LEVELS = ("viewer", "analyst", "admin")
"""What a role may do, each level all of the one before: a viewer reads figures, cards and
downloads; an analyst types SQL and reads that of files; an admin sees who, follows up,
reads the audit log and revokes share links."""

ANYBODYS = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com",
        "msn.com", "yahoo.com", "ymail.com", "icloud.com", "me.com", "aol.com", "gmx.de",
        "gmx.net", "gmx.com", "web.de", "mail.com", "proton.me", "protonmail.com",
        "tutanota.com", "zoho.com", "yandex.com", "yandex.ru", "mail.ru", "qq.com",
        "163.com", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "op.pl", "seznam.cz",
        "ukr.net", "i.ua", "meta.ua",
    }
)  # fmt: skip
"""Domains where everybody in the world may have an address."""

Claim = str | int | bool
Report = Callable[[str, str, str, str], None]
"""Takes a problem: the key, what was found, what was expected, what to do."""


@dataclass(frozen=True)
class Role:
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Segment column -> values this role may see."""
    see_who: bool | None = None
    """Whether the role may list order numbers and ticket numbers; None: its level says."""
    follow_up: bool | None = None
    """Whether the role may take leaks in hand and close them; None: its level says."""
    level: str = "viewer"
    """One of LEVELS."""
    emails: tuple[str, ...] | None = None
    """Addresses that have the role, in lower case; None without such a line."""
    domains: tuple[str, ...] | None = None
    """Domains of addresses that have the role, without their sub-domains."""
    claims: Mapping[str, tuple[Claim, ...]] | None = None
    """Claim -> values; who has one of the values in every claim has the role."""
    share: bool | None = None
    """Whether the role may make signed links; None: its level says."""

    @property
    def is_by_name(self) -> bool:
        """Whether the role goes to those who have its name among their groups: the file
        says of nobody else that they have it."""
        return self.emails is None and self.domains is None and self.claims is None


def read(blocks: Mapping[str, Any], report: Report) -> dict[str, Role]:
    """Return the roles in the order of the file; what cannot be read is reported and
    gives nobody a right."""
    roles = {}
    for name, block in blocks.items():
        if not isinstance(block, dict):
            report(name, f"{name} = {block!r}", f"a table [roles.{name}]",
                   f"write [roles.{name}]")  # fmt: skip
            continue
        roles[name] = _Block(name, block, report).role()
    return roles


@dataclass(frozen=True)
class _Block:
    name: str
    given: Mapping[str, Any]
    report: Report

    def role(self) -> Role:
        known = [f.name for f in fields(Role)]
        for key in self.given:
            if key not in known:
                self.report(
                    key, f'unknown key "{key}" in [roles.{self.name}]', near(key, known),
                    "correct the name or take the line out",
                )  # fmt: skip
        return Role(
            self._rows(), self._yes("see_who"), self._yes("follow_up"), self._level(),
            self._each("emails", _email, "addresses like lead@shop.example"),
            self._each("domains", _domain, "domains like shop.example, of the shop alone"),
            self._claims(), self._yes("share"),
        )  # fmt: skip

    def _yes(self, key: str) -> bool | None:
        if key not in self.given:
            return None
        value = self.given[key]
        if not isinstance(value, bool):
            self.report(key, f"{key} = {value!r}", "true or false",
                        "write true or false without quotes")  # fmt: skip
        return value is True

    def _level(self) -> str:
        value = self.given.get("level", LEVELS[0])
        if value in LEVELS:
            return str(value)
        expected = near(value, LEVELS) if isinstance(value, str) else ", ".join(LEVELS)
        self.report("level", f"level = {value!r}", expected, "name one of the levels")
        return LEVELS[0]

    def _each(
        self, key: str, read: Callable[[str], str | None], expected: str
    ) -> tuple[str, ...] | None:
        """Return a list of texts, None where there is no such line; a text that would give
        the role to nobody, or to the whole world, is reported."""
        if key not in self.given:
            return None
        given = self.given[key]
        values = [given] if isinstance(given, str) else given
        if not (isinstance(values, list) and all(isinstance(v, str) for v in values)):
            self._wrong(key, given, f"a list of {expected}")
            return ()
        for value in values:
            if read(value) is None:
                self._wrong(key, value, expected)
        return tuple(one for value in values if (one := read(value)))

    def _claims(self) -> dict[str, tuple[Claim, ...]] | None:
        if "claims" not in self.given:
            return None
        given = self.given["claims"]
        if not isinstance(given, dict):
            self._wrong("claims", given, 'claims = { groups = ["marketing"] }')
            return {}
        claims: dict[str, tuple[Claim, ...]] = {}
        for claim, value in given.items():
            values = value if isinstance(value, list) else [value]
            if values and all(isinstance(v, (str, int, bool)) and v != "" for v in values):
                claims[claim] = tuple(values)
            else:
                self._wrong("claims", {claim: value}, 'claims = { groups = ["marketing"] }')
                claims[claim] = ()
        return claims

    def _rows(self) -> dict[str, tuple[str, ...]]:
        """Return column -> values; what cannot be read is a problem, for a misread
        restriction would open the rows it should close."""
        given = self.given.get("rows", {})
        pairs = given if isinstance(given, dict) else {"rows": None}
        rows = {}
        for column, value in pairs.items():
            values = [value] if isinstance(value, str) else value
            if isinstance(values, list) and all(isinstance(v, str) for v in values):
                rows[column] = tuple(values)
                continue
            self.report("rows", f"{column} = {value!r} in [roles.{self.name}]",
                        "rows = { country = [\"PL\"] }: a column and its values as texts",
                        f"correct rows of [roles.{self.name}]")  # fmt: skip
        return rows

    def _wrong(self, key: str, found: object, expected: str) -> None:
        self.report(key, f"{key} = {found!r} in [roles.{self.name}]", expected,
                    f"correct {key} of [roles.{self.name}]")  # fmt: skip


def address(text: object) -> str | None:
    """Return an address as it is compared; None for what is none.

    Only plain ASCII is an address here: letters of other scripts look like those of
    ASCII, and some turn into them when they are lowered.
    """
    if not (isinstance(text, str) and text.isascii() and len(text) < 255):
        return None
    lowered = text.strip(" ").lower()
    return lowered if re.fullmatch(r'[^\s@"<>(),;:\\]+@[a-z0-9.-]+', lowered) else None


def _email(text: str) -> str | None:
    return address(text)


def _domain(text: str) -> str | None:
    domain = text.strip(" ").lower().removeprefix("@")
    is_one = text.isascii() and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain)
    return domain if is_one and domain not in ANYBODYS else None


def unheld(roles: Mapping[str, Role], marts: Path) -> Iterator[tuple[str, str, str, str]]:
    """Return key, found, expected and fix of every column that no mart has: such a role
    would see nothing at all. `marts`: the folder of their query files."""
    if not any(role.rows for role in roles.values()):
        return
    known = {column for path in marts.glob("*.sql") for column in _columns(path)}
    for name, role in roles.items():
        for column in role.rows:
            if known and column not in known:
                yield ("rows", f'no mart has a column "{column}", rows of [roles.{name}]',
                       near(column, known), "name a column of the marts")  # fmt: skip


def _columns(path: Path) -> Iterable[str]:
    try:
        return parse(path.read_text("utf-8"), f"marts/{path.stem}").columns
    except (JourneyError, OSError, UnicodeDecodeError):
        return ()
