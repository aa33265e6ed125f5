"""Signed links: one page in one scope for who has no sign-in, until a day or revoked.

A token is an id and the HMAC-SHA-256 of what was made under it. Its record lies in
data/app/shares.ndjson, which only grows; without the key it opens nothing. Whatever is not
exactly right ends a link: nobody is told why.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from journey import access, keys, lines
from journey.access import NOBODY, Admission, Reader
from journey.answer import Period
from journey.home import Home
from journey.problem import JourneyError, Problem
from journey.roles import Role
from journey.scope import Choices, restrictions
from journey.settings import Settings

NAME, KEY = "shares.ndjson", "share.key"
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", re.ASCII)
DAYS = (1, 7, 30, 90)
"""How long a link may live."""
CLOSED = ("queries", "data")
"""Pages that are never shared: those of files and sources."""
LONGEST = 60
"""Characters of a label."""
MOST = 500
"""Links of one reader that may be open at once."""
SKEW = dt.timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""


@dataclass(frozen=True)
class View:
    """What a link shows."""

    page: str
    days: int | None
    """So many days up to the last complete one; None: just those of `period`."""
    period: tuple[str, str]
    """First and last day when it was made."""
    compare: str
    """What the days are compared with, as in the address."""
    where: Choices = ()
    usual: Choices = ()
    segment: str | None = None
    picks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was picked in the page, by its keys in the address."""

    def days_of(self, through: dt.date) -> Period:
        """Return the days it shows while `through` is the last complete one."""
        if self.days:
            return Period(through - dt.timedelta(self.days - 1), through)
        first, last = map(dt.date.fromisoformat, self.period)
        return Period(first, last)


@dataclass(frozen=True)
class Link:
    """A link as it was made."""

    id: str
    made: str
    """Instant in UTC."""
    until: str
    """Instant in UTC from which on it has ended."""
    by: str
    """Who made it, as the sign-in names them; empty without a sign-in."""
    role: str
    """Their role then."""
    rows: Choices
    """The rows they were allowed then."""
    label: str
    view: View

    @property
    def picks(self) -> Mapping[str, tuple[str, ...]]:
        return self.view.picks


@dataclass(frozen=True)
class Registry:
    """Every link that was made, and those that have ended."""

    made: Mapping[str, Link]
    ended: frozenset[str]
    """Ids of those that were revoked or seen to have expired."""

    def open_at(self, now: dt.datetime) -> Iterator[Link]:
        """Yield the links that are open, newest first."""
        yield from (
            link for link in reversed(list(self.made.values())) if self.is_open(link, now)
        )

    def is_open(self, link: Link, now: dt.datetime) -> bool:
        """Whether a link is neither revoked nor over. A clock before its making is wrong
        and opens nothing."""
        return (
            self.made.get(link.id) == link
            and link.id not in self.ended
            and dt.datetime.fromisoformat(link.made) - SKEW <= now
            and now < dt.datetime.fromisoformat(link.until)
        )


def make(
    home: Home, view: View, by: Reader, label: str, days: int, now: dt.datetime
) -> tuple[Link, str]:
    """Write a link down and return it with its token.

    Raises JourneyError for what cannot be shared, OSError where it cannot be written.
    """
    key = _key(home)
    if mistaken := list(_mistakes(view, days, read(home), by, now)):
        raise JourneyError(*mistaken)
    link = Link(
        secrets.token_urlsafe(16), _text(now), _text(now + dt.timedelta(days)),
        by.name, by.role, by.rows, _label(label), view,
    )  # fmt: skip
    lines.append(home.app / NAME, {"made": asdict(link)})
    return link, _token(key, link)


def _mistakes(
    view: View, days: int, known: Registry, by: Reader, now: dt.datetime
) -> Iterator[Problem]:
    if view.page in ("", *CLOSED):
        yield Problem("Share", f"the page {view.page}", "a page of figures",
                      "take files and tables away as downloads")  # fmt: skip
    if days not in DAYS:
        yield Problem("Share", f"{days} days", f"one of {', '.join(map(str, DAYS))}",
                      "choose how long the link lives")  # fmt: skip
    if sum(link.by == by.name for link in known.open_at(now)) >= MOST:
        yield Problem("Share", f"{MOST} open links of yours", "fewer",
                      "revoke those that nobody needs")  # fmt: skip


def revoke(home: Home, link: Link, by: str, now: dt.datetime) -> None:
    """End a link for good. Raises OSError where that cannot be written."""
    line = {"revoked": link.id, "at": _text(now), "by": by}
    lines.append(home.app / NAME, line)


def opened(home: Home, token: str, now: dt.datetime) -> Link | None:
    """Return the link of a token while it is open; None for everything else."""
    if not TOKEN.fullmatch(token):
        return None
    known = read(home)
    link = known.made.get(token.partition(".")[0])
    if link is None or not _is_signed(home, token, link):
        return None
    if not known.is_open(link, now):
        _end(home, link, known, now)
        return None
    return link


def token(home: Home, link: Link) -> str:
    """Return the token of a link, to copy it once more. Raises JourneyError."""
    return _token(_key(home), link)


def read(home: Home) -> Registry:
    """Return the links there are; a line that is no link is none. Of a file that is
    closed none: no link opens then."""
    path = home.app / NAME
    try:
        about = path.stat()
        return _read(path, about.st_mtime_ns, about.st_size)
    except OSError:
        return Registry({}, frozenset())


@lru_cache(4)
def _read(path: Path, touched: int, size: int) -> Registry:
    made: dict[str, Link] = {}
    ended = set()
    for line in lines.read(path):
        ended |= {str(line[how]) for how in ("revoked", "expired") if how in line}
        if "made" in line:
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                link = _link(line["made"])
                made.setdefault(link.id, link)
    return Registry(made, frozenset(ended))


# ------------------------------------------------------------------ rights


def may_share(by: Reader, settings: Settings) -> bool:
    """Whether a reader may make links: analysts and admins, unless their role says.

    With roles only who is named may: a link is its maker's, who answers for it.
    """
    if not settings.share_links:
        return False
    if not settings.roles:
        return by.role == "" and by.may("analyst")
    role = settings.roles.get(by.role)
    if role is None or not by.name:
        return False
    return by.may("analyst") if role.share is None else role.share


def admission(home: Home, token: str, settings: Settings) -> Admission:
    """Return what who came by a token may see now: nothing once the link has ended."""
    link = opened(home, token, dt.datetime.now(dt.UTC))
    return Admission((link and visitor(link, settings)) or NOBODY)


def visitor(link: Link, settings: Settings) -> Reader | None:
    """Return what who opens a link may see: never more than its maker may now, nor than
    they might then. None where the maker may share no more."""
    makers = list(_makers(link, settings.roles))
    if not makers or not all(may_share(maker, settings) for maker in makers):
        return None
    rows = link.rows
    for maker in makers:
        rows = both(rows, maker.rows)
    return Reader(f"link {link.id[:8]}", link.role, "viewer", rows, False, False)


def _makers(link: Link, roles: Mapping[str, Role]) -> Iterator[Reader]:
    """Yield what the maker is now, once for each role they may have, as far as their
    address tells; roles given by groups and claims are told at a sign-in only, so that
    the one of then stands."""
    if not roles and not link.role:
        yield replace(access.EVERYBODY, name=link.by)
    named = access.role_of({"email": link.by}, roles)
    held = roles.get(link.role)
    if held is not None and (named or held.is_by_name or held.claims):
        for name in dict.fromkeys([link.role, named or link.role]):
            now = roles[name]
            rows = restrictions(now.rows)
            yield Reader(link.by, name, now.level, rows, False, False)


def both(one: Choices, other: Choices) -> Choices:
    """Return the rows that are in both: of a column in one of them, its values there."""
    rows = dict(one)
    for column, values in other:
        rows[column] = tuple(v for v in rows.get(column, values) if v in values)
    return restrictions(rows)


# ------------------------------------------------------------------ signing


def _token(key: bytes, link: Link) -> str:
    text = json.dumps(asdict(link), sort_keys=True, ensure_ascii=True)
    digest = hmac.digest(key, b"share 1:" + text.encode(), "sha256")
    return f"{link.id}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _is_signed(home: Home, token: str, link: Link) -> bool:
    """Whether this very text is the token of the link, compared in constant time."""
    try:
        return hmac.compare_digest(token.encode(), _token(_key(home), link).encode())
    except (JourneyError, OSError):
        return False


def _key(home: Home) -> bytes:
    """Return the key of the tokens, of data/app/share.key or of JOURNEY_SHARE_KEY, that
    signs nothing else. Raises JourneyError, OSError."""
    change = f"{keys.CHANGE}; links made before have ended then"
    key = keys.of(home.app / KEY, "JOURNEY_SHARE_KEY", change)
    return hmac.digest(key, b"journey share links", "sha256")


# ------------------------------------------------------------------ lines


def _end(home: Home, link: Link, known: Registry, now: dt.datetime) -> None:
    """Remember that a link was seen to have ended, so that a clock set back does not
    open it again."""
    if link.id not in known.ended and _text(now) >= link.until:
        with contextlib.suppress(OSError):
            lines.append(home.app / NAME, {"expired": link.id, "at": _text(now)})


def _link(made: Mapping[str, Any]) -> Link:
    """Return the link of a line. Raises ValueError, TypeError or KeyError for none."""
    view = View(**made["view"])
    view = replace(
        view,
        period=(str(view.period[0]), str(view.period[1])),
        where=_pairs(view.where),
        usual=_pairs(view.usual),
        picks={str(key): tuple(map(str, values)) for key, values in view.picks.items()},
    )
    link = Link(**{**made, "view": view, "rows": restrictions(_pairs(made["rows"]))})
    for text in (link.made, link.until):
        if dt.datetime.fromisoformat(text).tzinfo is None:
            raise ValueError(text)
    view.days_of(dt.date.today())
    return link


def _pairs(given: Any) -> Choices:
    return tuple((str(column), tuple(map(str, values))) for column, values in given)


def _label(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:LONGEST]


def _text(now: dt.datetime) -> str:
    return now.astimezone(dt.UTC).isoformat(timespec="seconds")
