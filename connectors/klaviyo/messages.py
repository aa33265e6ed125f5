"""What is said to who connects Klaviyo: guide, doctor, failed calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from connectors.klaviyo import calls
from connectors.klaviyo.settings import REVISION, Settings
from journey.connector import Failure, Guide, Http, JourneyError, Problem

SCOPES = {
    "accounts": "accounts:read", "metrics": "metrics:read",
    "campaigns": "campaigns:read", "campaign-values-reports": "campaigns:read",
    "flows": "flows:read", "flow-series-reports": "flows:read",
    "events": "events:read and profiles:read",
}  # fmt: skip
NEEDED = "accounts, campaigns, events, flows, metrics and profiles"
GUIDE = Guide(
    title="Klaviyo",
    steps=(
        "In Klaviyo, open the account menu > Settings > API keys > Create Private API Key.",
        f"Choose Custom Key and give Read Access to {NEEDED}, nothing else.",
        "Copy the key (it begins with pk_; it is shown once) into the environment under "
        "the name below.",
        "Settings > Attribution shows the window in which Klaviyo claims an order: write "
        "it down as attribution.",
    ),
    name="newsletter",
    example='key = "env:KLAVIYO_KEY"\nattribution = "5 days after a click or an open"',
)


def explain(failure: Failure) -> Problem | None:
    """Return what a failed call means in Klaviyo's words."""
    where = f"Klaviyo, {failure.path}"
    if failure.kind != "status":
        return None
    said = _said(failure)
    if failure.status == 401:
        return Problem(
            where, f"HTTP 401: {said}", "a private key that is valid",
            "put a private key (pk_...) of Settings > API keys into the environment; the "
            "public key of six letters is none",
        )  # fmt: skip
    if failure.status == 403:
        scope = _scope(failure.path)
        return Problem(
            where, f"HTTP 403: {said}", f"a key with the scope {scope}",
            "scopes of a key cannot be changed: make a new one at Settings > API keys with "
            f"Read Access to {NEEDED}",
        )  # fmt: skip
    if failure.status == 410 or "revision" in said.lower():
        return Problem(
            where, f"HTTP {failure.status}: {said}",
            f"a Klaviyo that still knows the revision {REVISION}",
            "update this product; Klaviyo retires a revision after two years",
        )  # fmt: skip
    if failure.status == 429:
        return Problem(
            where, "the limit of calls is reached; reports: two a minute, 225 a day",
            "room for more calls",
            "nothing: what came is kept, and the next run goes on from there",
        )  # fmt: skip
    if failure.status == 400:
        return Problem(
            where, f"HTTP 400: {said}", "a call that Klaviyo accepts",
            "run doctor; if it goes on, Klaviyo may have changed",
        )  # fmt: skip
    return None


def check(settings: Settings, http: Http) -> Iterator[Problem]:
    """Yield what doctor says: the key, each scope that it lacks, the metric of sales."""
    try:
        account = calls.account(http)
    except JourneyError as error:
        yield from error.problems
        if any("HTTP 401" in problem.found for problem in error.problems):
            return
    else:
        if account.is_test:
            yield Problem(
                "Klaviyo", "the key is of a test account", "the account of the shop",
                "make the key in the account that sends to customers",
            )  # fmt: skip
    known: list[calls.Metric] = []
    yield from _tried(lambda: known.extend(calls.metrics(http)))
    if "subscriptions" in settings.read or "messages" in settings.read:
        yield from _tried(lambda: http.get("api/events", params={"include": "profile"}))
    if "campaigns" in settings.read or "messages" in settings.read:
        listed = {"filter": "equals(messages.channel,'email')"}
        yield from _tried(lambda: http.get("api/campaigns", params=listed))
        yield from _tried(lambda: http.get("api/flows"))
    if known and "campaigns" in settings.read:
        yield from _sales(settings, known)


def _sales(settings: Settings, known: list[calls.Metric]) -> Iterator[Problem]:
    """Yield what is wrong with the metric of sales: none, or several of that name."""
    wanted = settings.conversion_metric
    named = [metric for metric in known if wanted in (metric.id, metric.name)]
    if not named:
        yield calls.no_conversion(known, wanted)
    if len(named) > 1:
        told = ", ".join(f"{one.id} of {one.integration or 'the API'}" for one in named)
        found = f'{len(named)} metrics are called "{wanted}"'
        yield Problem(
            "journey.toml, conversion_metric", found, f"one of them by its id: {told}",
            f'write conversion_metric = "{named[0].id}", which counts now, or another id',
        )  # fmt: skip


def _tried(call: Callable[[], Any]) -> Iterator[Problem]:
    try:
        call()
    except JourneyError as error:
        yield from error.problems


def _scope(path: str) -> str:
    parts = path.strip("/").split("/")
    return SCOPES.get(parts[1] if len(parts) > 1 else "", f"Read Access to {NEEDED}")


def _said(failure: Failure) -> str:
    """Return Klaviyo's own words: a list of errors, each with title and detail."""
    errors = failure.json.get("errors") if isinstance(failure.json, dict) else None
    if not isinstance(errors, list):
        return "no reason given"
    told = (
        one.get("detail") or one.get("title") for one in errors if isinstance(one, dict)
    )
    return "; ".join(str(one) for one in told if one)[:200] or "no reason given"
