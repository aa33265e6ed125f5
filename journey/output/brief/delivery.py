"""How the brief arrives: by mail, chat or push, each address once a week.

An address is a secret: it names a mailbox and often its password. Nothing here tells it,
not even where it fails; an address is called by the name of its secret or by its place.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import apprise
from apprise.attachment.memory import AttachMemory
from apprise.common import OverflowMode

from journey import keys, settings as shop
from journey.home import Home
from journey.output.brief import page, sent, text
from journey.output.brief.content import Brief
from journey.problem import JourneyError, Problem

MAILS = frozenset(
    {
        "mailto", "mailtos", "mailgun", "groundmail", "sparkpost", "postmark", "sendgrid",
        "brevo", "sendpulse", "azure", "o365", "smtp2go", "mailersend", "ses", "resend",
    }
)  # fmt: skip
"""Kinds of address that show a whole HTML page as it is."""
TALKERS = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib")
"""Loggers that may write addresses down."""
NAME = "monday-brief.html"
ANSWERED = re.compile(r"error[=: ]+(\d{3})\b|\(([45]\d\d), b")
MAIL_CODES = {
    530: "asks for a sign-in", 534: "asks for another sign-in",
    535: "user or password refused", 550: "mailbox refused", 554: "message refused",
}  # fmt: skip
"""Answers of mail servers (RFC 5321, RFC 4954), in words."""
UNREACHED = re.compile(r"connection error|could not connect|refused|timed? ?out", re.I)


@dataclass(frozen=True)
class Address:
    """Where a brief goes."""

    name: str
    """What it is called: env:BRIEF_MAIL, or "--to, the 2nd"; never the address."""
    key: str
    """What tells it from others, without telling it."""
    url: str

    def __repr__(self) -> str:
        return f"Address({self.name})"


def addresses(home: Home, given: Sequence[str]) -> tuple[list[Address], list[Problem]]:
    """Return the addresses of names of secrets and of written ones, and what is wrong
    with the others."""
    found: list[Address] = []
    problems: list[Problem] = []
    for number, one in enumerate(given, 1):
        is_name = one.startswith("env:")
        name = one if is_name else f"--to, number {number}"
        try:
            url = shop.secret(one, home) if is_name else one
        except JourneyError as error:
            problems += error.problems
            continue
        found.append(Address(name, one if is_name else _key(home, one), url.strip()))
    return found, problems


def _key(home: Home, url: str) -> str:
    secret = keys.of(home.data / "brief.key", "JOURNEY_BRIEF_KEY")
    return hmac.new(secret, url.encode(), hashlib.sha256).hexdigest()[:16]


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery."""

    sent: tuple[str, ...] = ()
    """Names of the addresses that have it now."""
    before: tuple[str, ...] = ()
    """Names of those that had it already."""
    problems: tuple[Problem, ...] = ()


def deliver(
    brief: Brief, home: Home, to: Sequence[Address], week: str, again: bool = False
) -> Outcome:
    """Send the brief of a week to each address that has not got it; one that fails keeps
    no other from its own. With `again` they all get it once more."""
    done, before, problems = [], [], []
    for address in to:
        if not sent.begin(home, week, address.key, again):
            before.append(address.name)
            continue
        problem = send(brief, address)
        if problem is None:
            done.append(address.name)
        else:
            sent.failed(home, week, address.key)
            problems.append(problem)
    return Outcome(tuple(done), tuple(before), tuple(problems))


def send(brief: Brief, address: Address) -> Problem | None:
    """Send the brief to one address; return what went wrong, without telling where to."""
    with _quietly() as said:
        try:
            plugin = apprise.Apprise.instantiate(address.url, suppress_exceptions=True)
        except Exception:  # a library of a hundred services: whatever it met is told once
            plugin = None
        if plugin is None:
            return _not_understood(address)
        try:
            if _sent(plugin, brief, _kind(address.url) in MAILS):
                return None
            reason = _reason(said)
        except Exception as error:
            reason = f"{type(error).__name__} while sending"
    return Problem(
        f"brief to {address.name}", f"{reason}: nothing was delivered",
        "an address that takes the message",
        "try it with `python -m journey brief --again`; docs/brief.md has an example of "
        "each kind",
    )  # fmt: skip


def _sent(plugin: apprise.NotifyBase, brief: Brief, is_mail: bool) -> bool:
    """Send it: to a mail the whole page, to a chat its text and the page as a file."""
    service, whole = apprise.Apprise(), page.html(brief)
    service.add(plugin)
    if is_mail:
        return bool(
            service.notify(whole, brief.subject, body_format=apprise.NotifyFormat.HTML)
        )
    plugin.overflow_mode = OverflowMode.SPLIT
    attached = AttachMemory(whole, name=NAME, mimetype="text/html")  # type: ignore[no-untyped-call]
    return bool(
        service.notify(
            text.short(brief),
            brief.subject,
            body_format=apprise.NotifyFormat.TEXT,
            attach=attached if plugin.attachment_support else None,
        )
    )


def _kind(url: str) -> str:
    return url.partition("://")[0].strip().lower()


def _not_understood(address: Address) -> Problem:
    return Problem(
        f"brief to {address.name}", "an address that no service understands",
        "an address like mailto://, slack:// or tgram:// of Apprise",
        "correct it; docs/brief.md has an example of each kind",
    )  # fmt: skip


def _reason(said: Sequence[str]) -> str:
    """Return what the service said, as far as it can be told without its address."""
    for line in reversed(said):
        if match := ANSWERED.search(line):
            code = int(match[1] or match[2])
            known = {status.value: status.phrase for status in http.HTTPStatus}
            known |= MAIL_CODES if match[2] else {}
            return f"the service answered {code} {known.get(code, '')}".strip()
    if any(UNREACHED.search(line) for line in said):
        return "no connection to the service"
    return "the service did not take it"


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            self.said.append(record.getMessage())


@contextlib.contextmanager
def _quietly() -> Iterator[list[str]]:
    """Keep what services log from every log; yield it, to learn how a delivery failed."""
    listener, before = _Listener(), []
    for name in TALKERS:
        logger = logging.getLogger(name)
        before.append((logger, logger.propagate, logger.level, logger.handlers[:]))
        logger.propagate, logger.handlers = False, [listener]
    logging.getLogger("apprise").setLevel(logging.DEBUG)
    try:
        yield listener.said
    finally:
        for logger, propagate, level, handlers in before:
            logger.propagate, logger.handlers = propagate, handlers
            logger.setLevel(level)
