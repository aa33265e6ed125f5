"""What the numbers in a ticket stand for: groups, brands, fields, staff."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from connectors.zendesk import calls, words
from journey.connector import Http, JourneyError, Problem, near

FIELDS = "/api/v2/ticket_fields.json"
EXTERNAL = "external_id"
OWN = ("", "type", "form", EXTERNAL)
"""What a setting may name beside a field of the shop's own."""
STAFF_ROLES = ("agent", "admin")
ORDER = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9/_.-]{0,39}")
"""What an order number looks like; a sentence or an address in its field is none."""
MANY = 100
"""Accounts asked for in one call."""


class Chosen(Protocol):
    """The settings that name fields."""

    @property
    def reason_field(self) -> str: ...
    @property
    def order_field(self) -> str: ...
    @property
    def country_field(self) -> str: ...


@dataclass(frozen=True)
class Names:
    groups: Mapping[int, str]
    brands: Mapping[int, str]
    """Empty where the account has one brand: it tells nothing then."""
    fields: Mapping[str, int] = field(default_factory=dict)
    """Of each field that a setting names: the setting -> its number."""
    forms: Mapping[int, str] = field(default_factory=dict)


def ask(http: Http, settings: Chosen) -> Names:
    """Return the names that tickets need; JourneyError if a setting names no field."""
    forms = {}
    if settings.reason_field == "form":
        forms = _named(http, words.FORMS, "ticket_forms")
    brands = _named(http, words.BRANDS, "brands")
    several = brands if len(brands) > 1 else {}
    return Names(groups(http), several, fields(http, settings), forms)


def groups(http: Http) -> dict[int, str]:
    return _named(http, words.GROUPS, "groups")


def _named(http: Http, path: str, key: str) -> dict[int, str]:
    """Return number -> name; nothing where plan or role do not give the list."""
    try:
        pages = list(calls.pages(http, path, key))
    except JourneyError as error:
        if not words.not_given(error):
            raise
        return {}
    found = calls.by_number([row for rows, _ in pages for row in rows], "id")
    return {number: str(row.get("name") or number) for number, row in found.items()}


def fields(http: Http, settings: Chosen) -> dict[str, int]:
    """Return setting -> number of the ticket field that it names by title or number."""
    wanted = {
        name: str(value)
        for name in ("reason_field", "order_field", "country_field")
        if (value := getattr(settings, name)) not in OWN
    }
    if not wanted:
        return {}
    pages = calls.pages(http, FIELDS, "ticket_fields")
    told = calls.by_number((row for rows, _ in pages for row in rows), "id")
    known = {
        str(row.get("title") or "").strip().lower(): number for number, row in told.items()
    }
    numbers = {str(number): number for number in known.values()}
    found = {
        name: numbers.get(value, known.get(value.strip().lower()))
        for name, value in wanted.items()
    }
    problems = [_no_field(name, wanted[name], known) for name in found if not found[name]]
    if problems:
        raise JourneyError(*problems)
    return {name: number for name, number in found.items() if number}


def _no_field(name: str, value: str, known: Iterable[str]) -> Problem:
    return Problem(
        f"Zendesk, setting {name}", f'no ticket field is called "{value}"',
        near(value.lower(), known),
        "write its title, or its number from Admin Center, Objects and rules, Tickets, "
        "Fields",
    )  # fmt: skip


def staff(http: Http) -> frozenset[int] | None:
    """Return who answers tickets; None where the account does not tell."""
    params = {"role[]": list(STAFF_ROLES)}
    try:
        pages = list(calls.pages(http, words.STAFF, "users", params))
    except JourneyError as error:
        if not words.not_given(error):
            raise
        return None
    known = calls.by_number((user for users, _ in pages for user in users), "id")
    return frozenset(n for n, user in known.items() if user.get("role") in STAFF_ROLES)


def accounts(http: Http, numbers: Iterable[Any]) -> dict[int, calls.Row]:
    """Return the users with these numbers, of those that Zendesk still has."""
    wanted = sorted({int(n) for n in numbers if n is not None and int(n) > 0})
    found: dict[int, calls.Row] = {}
    for at in range(0, len(wanted), MANY):
        some = ",".join(map(str, wanted[at : at + MANY]))
        try:
            answer = http.get(words.ACCOUNTS, {"ids": some}).json
        except JourneyError as error:
            if not words.not_given(error):
                raise
            return found
        found |= calls.by_number(calls.things(answer, "users"), "id")
    return found


def order_number(value: Any) -> str | None:
    """Return an order number as written into a field; None for anything else."""
    text = str(value).strip() if value is not None else ""
    return text if ORDER.fullmatch(text) and re.search(r"\d", text) else None
