"""Who reads: the role that a sign-in has, and what it may see and do."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from journey.problem import Problem
from journey.roles import LEVELS, Claim, Role, address
from journey.scope import Choices, restrictions
from journey.settings import Settings
from journey.warehouse import Snapshot

__all__ = [
    "EVERYBODY", "LEVELS", "NOBODY", "WARM_UP", "Admission", "Held", "Reader", "admission",
    "named", "role_of", "sign_in_id",
]  # fmt: skip

PUBLIC = "public"
"""The role of everybody in a public app without a sign-in, where the file has it."""
OTHERS = ("preferred_username", "sub")
"""Claims that name somebody without an address."""
RECHECK = 1.0
"""Seconds for which a reader is taken to be who they were."""
SKEW = 600.0
"""Seconds by which the clock of a provider may be ahead."""


@dataclass(frozen=True)
class Reader:
    """Somebody who looks at a page, and what they may see and do there."""

    name: str
    """The address or number of the sign-in; empty where nobody signs in."""
    role: str
    """Name of the role in journey.toml; empty without roles."""
    level: str
    """One of LEVELS."""
    rows: Choices
    """The rows of their role; empty: all rows."""
    see_who: bool
    """Whether they may list numbers of orders and tickets."""
    follow_up: bool
    """Whether they may take leaks in hand, add notes and save groups."""

    def may(self, level: str) -> bool:
        """Return whether their level is this one or a higher one."""
        return LEVELS.index(self.level) >= LEVELS.index(level)


EVERYBODY = Reader("", "", "admin", (), True, True)
"""Whoever reaches an app without a sign-in, and its own warm-up."""

WARM_UP = Reader("", "", "admin", (), False, False)
"""The app itself where nobody looks, which needs no numbers of orders."""

NOBODY = Reader("", "", "viewer", (("nobody", ()),), False, False)
"""Who may not look: no row of any mart."""


@dataclass
class Held:
    """What a session knows of who looks, the file that it shows and its address."""

    reader: Reader = NOBODY
    until: float = 0.0
    """Until when the reader is taken to be that one, by the monotonic clock."""
    let_in: Reader | None = None
    """Whom the gate let in."""
    token: str | None = None
    """That of the signed link by which they came; empty for one that opens nothing."""
    snapshot: Snapshot | None = None
    address: dict[str, Any] = field(default_factory=dict)
    """What was read from the address, and picked."""

    def take(self, reader: Reader) -> None:
        """Take this reader for who looks, until they must be looked at again."""
        self.reader, self.until = reader, time.monotonic() + RECHECK


@dataclass(frozen=True)
class Admission:
    """Whether somebody may look, and what to tell who may not."""

    reader: Reader
    needs_sign_in: bool = False
    told: str = ""
    """Why an earlier sign-in does not count any more."""
    problem: Problem | None = None
    """Why somebody who is signed in sees nothing, or nobody can."""


def admission(
    user: Mapping[str, Any],
    asks: bool,
    settings: Settings,
    ended: Container[str],
    now: float,
) -> Admission:
    """Return whether a visitor may look.

    `user`: the claims of the sign-in; `asks`: whether this app has one; `ended`: the
    sign-ins that were signed out; `now`: seconds since 1970.
    """
    is_signed_in = user.get("is_logged_in") is True
    if asks and not is_signed_in:
        return Admission(NOBODY, needs_sign_in=True)
    if asks and sign_in_id(user) in ended:
        return Admission(NOBODY, needs_sign_in=True, told="You are signed out.")
    if asks and _is_over(user, settings.session_hours, now):
        told = f"A sign-in ends after {settings.session_hours:g} hours."
        return Admission(NOBODY, needs_sign_in=True, told=told)
    if not settings.roles:
        return Admission(Reader(**vars(EVERYBODY) | {"name": _name(user, is_signed_in)}))
    held = role_of(user, settings.roles) if is_signed_in else None
    if not asks and settings.public and PUBLIC in settings.roles:
        held = held or PUBLIC
    if held is None:
        return Admission(NOBODY, problem=_without_role(settings, is_signed_in))
    return Admission(_reader(_name(user, is_signed_in), held, settings.roles[held]))


def _reader(name: str, role: str, held: Role) -> Reader:
    is_admin = held.level == "admin"
    return Reader(
        name, role, held.level, restrictions(held.rows),
        is_admin if held.see_who is None else held.see_who,
        is_admin if held.follow_up is None else held.follow_up,
    )  # fmt: skip


def _name(user: Mapping[str, Any], is_signed_in: bool) -> str:
    return named(user) if is_signed_in else ""


def _is_over(user: Mapping[str, Any], hours: float, now: float) -> bool:
    """Whether a sign-in is older than it may be, or does not say how old it is."""
    begun = user.get("iat")
    if isinstance(begun, bool) or not isinstance(begun, (int, float)):
        return True
    return not -SKEW <= now - begun <= hours * 3600


def _without_role(settings: Settings, is_signed_in: bool) -> Problem:
    if not is_signed_in:
        return Problem(
            "journey.toml, [roles]", "you have none of the roles, and nobody can sign in",
            "a sign-in [auth] in .streamlit/secrets.toml, or no roles",
            "set up the sign-in as docs/signing-in.md shows",
        )  # fmt: skip
    return Problem(
        "journey.toml, [roles]", "you have none of the roles",
        "one that names your address, its domain or one of your groups",
        "ask whoever runs this app for a role",
    )  # fmt: skip


def sign_in_id(user: Mapping[str, Any]) -> str:
    """Return what tells one sign-in from every other, without naming anybody."""
    known = [str(user.get(key)) for key in ("iss", "sub", "iat", "nonce")]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def role_of(user: Mapping[str, Any], roles: Mapping[str, Role]) -> str | None:
    """Return the first role of the file that a sign-in has; None without any."""
    return next((name for name, role in roles.items() if _has(user, name, role)), None)


def named(user: Mapping[str, Any]) -> str:
    """Return how a sign-in names the reader: address, user name or number.

    An address that may be somebody else's names nobody: the audit would blame them.
    """
    keys = OTHERS if _is_unverified(user) else ("email", *OTHERS)
    given = (user.get(key) for key in keys)
    return next((str(name)[:200] for name in given if name), "signed in, without a name")


def _has(user: Mapping[str, Any], name: str, role: Role) -> bool:
    if role.is_by_name:
        return name in _values(user, "groups")
    email = None if _is_unverified(user) else address(user.get("email"))
    domain = email.rpartition("@")[2] if email else None
    if email in (role.emails or ()) or domain in (role.domains or ()):
        return True
    claims = role.claims or {}
    return bool(claims) and all(
        _same(values, _values(user, claim)) for claim, values in claims.items()
    )


def _is_unverified(user: Mapping[str, Any]) -> bool:
    """Whether the provider says that the address may be somebody else's. Some providers
    send the claim as a text; without the claim all addresses are the provider's own."""
    return user.get("email_verified", True) not in (True, "true", "True")


def _values(user: Mapping[str, Any], claim: str) -> list[Claim]:
    """Return the values of a claim, a list or a single one; "a.b" looks into a."""
    found: Any = user.get(claim)
    if found is None and "." in claim:
        outer, _, inner = claim.partition(".")
        nested = user.get(outer)
        return _values(nested, inner) if isinstance(nested, Mapping) else []
    values = found if isinstance(found, (list, tuple)) else [found]
    return [value for value in values if isinstance(value, (str, int, bool))]


def _same(wanted: tuple[Claim, ...], given: list[Claim]) -> bool:
    """Whether one value is in both, of the same type: true is not 1."""
    return any(type(w) is type(g) and w == g for w in wanted for g in given)
