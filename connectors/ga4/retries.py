"""What to do when a call of the Data API fails: by its cause, not by its kind of error.

gRPC raises subclasses (ResourceExhausted, PermissionDenied ...), REST their parents
(TooManyRequests, Forbidden ...): only parents are named here.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from typing import Any, Literal

import requests
from google.api_core import exceptions as google
from google.auth.exceptions import GoogleAuthError, TransportError
from google.protobuf.json_format import ParseError

from journey.connector import JourneyError, Pause, Problem

TRIES = 4
"""Calls in all where the service is away or too slow."""
INTERNAL_TRIES = 2
"""Ten server errors an hour lock a project out of a property: only one more call."""
MALFORMED_TRIES = 3
CONCURRENT_TRIES = 6
"""Waits for other users of the property, before the run ends early."""
LONGEST = 30.0
"""Seconds of one wait."""

Cause = Literal[
    "away", "internal", "malformed", "concurrent", "tokens", "too large", "signed out",
    "no access", "not found", "refused",
]  # fmt: skip
TRIES_OF: dict[Cause, int] = {
    "away": TRIES, "internal": INTERNAL_TRIES, "malformed": MALFORMED_TRIES,
    "concurrent": CONCURRENT_TRIES,
}  # fmt: skip
AGAIN = "run again later; what has landed is untouched"


def pause(seconds: float) -> None:
    time.sleep(seconds)


class Incompatible(Exception):
    """The fields of a request cannot stand in one report."""


class Unknown(Exception):
    """The service does not know the method that was called."""


def call(once: Callable[[], Any], where: str, email: str = "") -> Any:
    """Return what `once()` returns, after the retries that each cause deserves.

    Raises Pause where a quota is used up, Incompatible and Unknown as they say, and
    JourneyError for the rest.
    """
    tried: dict[Cause, int] = {}
    while True:
        try:
            return once()
        except (
            google.GoogleAPIError, GoogleAuthError, requests.RequestException, ParseError
        ) as error:  # fmt: skip
            failure = _innermost(error)
        if isinstance(failure, google.MethodNotImplemented):
            raise Unknown from None
        cause = cause_of(failure)
        if cause == "refused" and _is_incompatible(failure):
            raise Incompatible(_said(failure)) from None
        tried[cause] = tried.get(cause, 0) + 1
        if tried[cause] >= TRIES_OF.get(cause, 1):
            raise _ended(cause, failure, where, email) from None
        pause(_seconds(cause, tried[cause]))


def cause_of(error: Exception) -> Cause:
    """Return why a call failed."""
    if isinstance(error, ParseError):
        return "malformed"
    if isinstance(error, requests.RequestException):
        return "away"
    if isinstance(error, GoogleAuthError):
        return "away" if isinstance(error, TransportError) else "signed out"
    if isinstance(error, google.TooManyRequests):
        return _of_quota(str(error))
    if isinstance(error, google.Unauthorized):
        return "signed out"
    if isinstance(error, google.Forbidden):
        return "no access"
    if isinstance(error, google.NotFound):
        return "not found"
    if isinstance(
        error, (google.ServiceUnavailable, google.GatewayTimeout, google.BadGateway)
    ):
        return "away"
    if isinstance(error, google.ServerError):
        return "internal"
    return "refused"


def _of_quota(text: str) -> Cause:
    """Three causes share one error; only its text tells them apart."""
    if re.search(r"larger than max", text, re.IGNORECASE):
        return "too large"
    if re.search(r"concurren", text, re.IGNORECASE):
        return "concurrent"
    return "tokens"


def _innermost(error: Exception) -> Exception:
    """A RetryError stands around the error that ended the retries."""
    while isinstance(error, google.RetryError) and isinstance(error.cause, Exception):
        error = error.cause
    return error


def _is_incompatible(error: Exception) -> bool:
    return isinstance(error, google.BadRequest) and bool(
        re.search(r"incompatible|compatible", str(error), re.IGNORECASE)
    )


def _seconds(cause: Cause, tried: int) -> float:
    base = 4.0 if cause == "concurrent" else 1.0
    most: float = min(LONGEST, base * 2 ** (tried - 1))
    return random.uniform(most / 2, most)


def _said(error: Exception) -> str:
    text = str(getattr(error, "message", "") or error)
    if "<html" in text.lower() or "<!doctype" in text.lower():
        return "a web page instead of an answer"
    return " ".join(text.split())[:300]


def _ended(cause: Cause, error: Exception, where: str, email: str) -> JourneyError:
    """Return how the run ends: early for a quota, else with a problem."""
    said = _said(error)
    if cause in ("tokens", "concurrent"):
        return Pause(used_up(where, said))
    if cause == "no access":
        return JourneyError(_no_access(error, where, email))
    if cause == "signed out":
        return JourneyError(
            Problem(where, f"Google does not accept the credentials: {said}",
                    "a key that is valid, and a clock that is right",
                    "make a new key of the service account (Google Cloud, IAM, Service "
                    "accounts, Keys) or sign in anew; check the clock of this machine")
        )  # fmt: skip
    if cause == "not found":
        return JourneyError(
            Problem(where, f"not found: {said}", "a property that exists",
                    "copy PROPERTY ID from Analytics, Admin, Property details")
        )  # fmt: skip
    if cause == "too large":
        return JourneyError(
            Problem(where, "an answer larger than this machine takes", "fewer rows at once",
                    'write transport = "rest" in this source')
        )  # fmt: skip
    if cause == "refused":
        return JourneyError(
            Problem(where, f"the request was refused: {said}", "a request GA4 accepts",
                    "run doctor; if it goes on, the Data API may have changed")
        )  # fmt: skip
    return JourneyError(_server(cause, error, where, said))


def _server(cause: Cause, error: Exception, where: str, said: str) -> Problem:
    if cause == "malformed":
        return Problem(
            where, "an answer that is no JSON, or cut off", "an answer of the Data API",
            "check api_endpoint, and whether a proxy stands between; else " + AGAIN,
        )  # fmt: skip
    if cause == "internal":
        return Problem(
            where, f"Google's server failed twice: {said}", "an answer",
            "run again in an hour: more than ten such errors an hour lock a project out",
        )  # fmt: skip
    if not isinstance(error, google.GoogleAPIError):
        said = type(error).__name__
    return Problem(
        where, f"no answer after {TRIES} tries: {said}", "an answer of the Data API",
        "check the network and api_endpoint, then " + AGAIN,
    )  # fmt: skip


def used_up(where: str, said: str) -> Problem:
    """Return why a run ends early: the property's quota."""
    return Problem(
        where, f"the quota of the property is used up: {said}", "tokens left",
        "nothing: what came is kept and the next run goes on; the hour's tokens come back "
        "within an hour, the day's at midnight Pacific time",
    )  # fmt: skip


def _no_access(error: Exception, where: str, email: str) -> Problem:
    text = f"{error} {getattr(error, 'reason', '')}"
    if re.search(r"SERVICE_DISABLED|has not been used in project|is disabled", text):
        return Problem(
            where, "the Google Analytics Data API is off in the project of the credentials",
            "the API switched on",
            "Google Cloud, APIs and services, Library, Google Analytics Data API, Enable; "
            "then wait five minutes",
        )  # fmt: skip
    if re.search(r"SCOPE_INSUFFICIENT|insufficient authentication scopes", text):
        return Problem(
            where, "the credentials of this machine may not read Analytics",
            "the scope analytics.readonly",
            "sign in again: gcloud auth application-default login --scopes="
            "https://www.googleapis.com/auth/analytics.readonly,"
            "https://www.googleapis.com/auth/cloud-platform",
        )  # fmt: skip
    who = email if "@" in email else "the account of these credentials"
    return Problem(
        where, "the credentials have no access to it", f"{who} as Viewer of the property",
        f"Analytics, Admin, Property access management: add {who} as Viewer; if that is "
        "done, check the number of the property",
    )  # fmt: skip
