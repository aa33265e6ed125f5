"""Failed calls in four parts, for vendors that have no better words of their own."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

from journey import people
from journey.connector import Failure, JourneyError, Problem

UNTRUSTED = "its certificate is not trusted"
PLAIN = "it does not speak https"
SETTLED = (UNTRUSTED, PLAIN)
"""What stays so however often it is tried."""
AGAIN = "run again later; what has landed is untouched"


def problem_of(failure: Failure, where: str, url: str) -> Problem:
    """Return what a call that failed for good means; `url`: the source's base address."""
    if failure.kind == "no connection":
        return _unreachable(failure, where, url)
    if failure.kind == "redirect":
        return _moved(failure, where, url)
    if failure.kind == "graphql":
        return Problem(
            where, f"the query was refused: {messages(failure)}",
            "an answer without errors", "check the rights of the token, then run doctor",
        )  # fmt: skip
    if failure.kind == "not json":
        return _no_json(failure, where)
    return _refused(failure, where)


def too_busy(where: str, asked: float = 0.0, status: int = 429) -> Problem:
    """Return why a run ends early: the source wants no more calls for now."""
    wait = f"; it asks to wait {_long(asked)}" if asked else ""
    found = "its limit of calls is reached" if status == 429 else f"HTTP {status}"
    return Problem(
        where, f"{found}{wait}", "room for more calls",
        "nothing: what came is kept, and the next run goes on from there",
    )  # fmt: skip


def _long(seconds: float) -> str:
    """Return a wait in words: 90 s, 15 minutes, 2 hours."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:,.0f} hours"


def messages(failure: Failure) -> str:
    """Return what the source itself said, short and without persons."""
    found = failure.json
    if isinstance(found, list):
        said = [str(e.get("message", "")) for e in found if isinstance(e, dict)]
    elif isinstance(found, dict):
        keys = ("message", "error_description", "description", "detail", "title", "error")
        said = [str(found[k]) for k in keys if isinstance(found.get(k), str)][:1]
    else:
        said = []
    text = people.masked("; ".join(filter(None, said)))
    return text[:200] or "no reason given"


def _refused(failure: Failure, where: str) -> Problem:
    said = messages(failure)
    found = f"HTTP {failure.status}: {said}"
    if failure.status == 401:
        return Problem(where, found, "credentials that the source accepts",
                       "check the secret in the environment, then run doctor")  # fmt: skip
    if failure.status == 403:
        return Problem(where, found, "credentials with the right to read this",
                       "give them that right at the source, then run doctor")  # fmt: skip
    if failure.status == 404:
        return Problem(where, found, "an address that the source knows",
                       "check the url of the source in journey.toml")  # fmt: skip
    if failure.status >= 500:
        return Problem(where, f"its server failed, HTTP {failure.status}",
                       "an answer; it was tried five times", AGAIN)  # fmt: skip
    return Problem(where, found, "a call that the source accepts",
                   "run doctor; if it goes on, the source may have changed")  # fmt: skip


def _no_json(failure: Failure, where: str) -> Problem:
    title = re.search(r"<title[^>]*>([^<]{1,80})", failure.text, re.IGNORECASE)
    if title or failure.text.lstrip().startswith("<"):
        called = f' titled "{people.masked(title[1].strip())}"' if title else ""
        status = f", HTTP {failure.status}" if failure.status else ""
        return Problem(
            where, f"a web page{called} instead of data{status}", "JSON",
            "check the url; a firewall, a login page or a maintenance page may stand "
            "before the source: let this machine through",
        )  # fmt: skip
    return Problem(
        where, "an answer that is cut off or is no JSON", "JSON; it was tried three times",
        AGAIN,
    )  # fmt: skip


def _moved(failure: Failure, where: str, url: str) -> Problem:
    location, own = failure.headers.get("location", ""), _place(url) or ""
    target = own if re.match(r"[/?][^/]", location) else _place(location)
    if target is None:
        how = "without saying where to"
    elif target == own:
        how = "in a circle"
    elif own.startswith("https:") and not target.startswith("https:"):
        how = "to an address without encryption"
    else:
        how = ""
    if how:
        return Problem(
            where, f"it sends calls on {how}", "an answer from the address itself",
            "open the url of the source in a browser and see where it leads; "
            "credentials are not sent elsewhere",
        )  # fmt: skip
    return Problem(
        where, f"it sends calls on to {target}", "an answer from the address itself",
        f'write url = "{target}" in journey.toml; credentials are not sent elsewhere',
    )  # fmt: skip


def _place(address: str) -> str | None:
    """Return scheme, host and port of an address on the web."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    known = parts.hostname and parts.scheme in ("http", "https")
    return f"{parts.scheme}://{parts.hostname}{port}" if known else None


def _unreachable(failure: Failure, where: str, url: str) -> Problem:
    if failure.text == PLAIN:
        return Problem(
            where, f"{_place(url)}: {PLAIN}", "an address that speaks https",
            "write http:// in url if the source has no https, or correct its port",
        )  # fmt: skip
    if failure.text == UNTRUSTED:
        return Problem(
            where, f"{_place(url)}: {UNTRUSTED}", "a certificate for this very name",
            "look whether url names the source as its certificate does (with or without "
            "www.), and whether the certificate has run out",
        )  # fmt: skip
    return Problem(
        where, f"{_place(url)}: {failure.text}", "an answer of the source",
        "check the url and the network, then run again; what has landed is untouched",
    )  # fmt: skip


def words(error: Exception) -> str:
    """Return what happened in words, never the address that a library quotes."""
    if isinstance(error, httpx.ConnectTimeout):
        return "no answer to the connection"
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    text = str(error).lower()
    if "certificate" in text:
        return UNTRUSTED
    if "wrong_version_number" in text or "http_request" in text:
        return PLAIN
    if any(word in text for word in ("name or service", "nodename", "getaddrinfo",
                                     "name resolution")):  # fmt: skip
        return "no such host"
    if "refused" in text:
        return "the connection was refused"
    return "the connection broke off"


def too_large(where: str, most: int) -> Problem:
    return Problem(
        where, f"an answer of more than {most // 2**20} MB", "a page of an API",
        "check the url of the source",
    )  # fmt: skip


def other_host(where: str, path: str) -> Problem:
    host = _place(path) or "another host"
    return Problem(
        where, f"the source names a next page on {host}", "pages at its own address",
        "check the url of the source; credentials are sent to no other address",
    )  # fmt: skip


def same_page(where: str, times: int) -> Problem:
    return Problem(
        where, f"the same page {times} times in a row", "a list that comes to its end",
        "look whether a plugin or a cache of the source passes over page numbers",
    )  # fmt: skip


def check_address(source: str, url: str) -> None:
    """Raise JourneyError unless the address is one that calls can be made below.

    It is never told: a credential may stand in it.
    """
    try:
        urlsplit(url)
        found = _oddity(httpx.URL(url))
    except (httpx.InvalidURL, ValueError):
        found = "an address that cannot be read"
    if found:
        raise JourneyError(
            Problem(
                f"source {source}, url", found, "an address like https://shop.example",
                "correct url in journey.toml; credentials have settings of their own",
            )
        )  # fmt: skip


def _oddity(url: httpx.URL) -> str:
    if url.scheme not in ("http", "https") or not url.host:
        return "no address on the web"
    if url.userinfo:
        return "an address with a user or a password in it"
    return "an address with more than a path" if url.query or url.fragment else ""
