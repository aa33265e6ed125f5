"""Refusals of WooCommerce and of what stands before it, in words to act upon."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.woocommerce.pages import ignores, rows_of
from journey.connector import Failure, Guide, Http, JourneyError, Problem

GUIDE = Guide(
    title="WooCommerce",
    steps=(
        "In WordPress: Settings, Permalinks: anything but Plain, then Save",
        "WooCommerce, Settings, Advanced, REST API: Add key",
        "User: an administrator or shop manager; Permissions: Read",
        "Copy the consumer key (ck_...) and the consumer secret (cs_...); they are shown "
        "once",
        "The shop knows neither abandoned carts nor days of delivery: take them from GA4 "
        "or from files, or name the order meta keys of a plugin under delivery_meta",
    ),
    name="shop",
    example='url = "https://shop.example"\nkey = "env:WOO_KEY"\nsecret = "env:WOO_SECRET"',
)

WHERE = "WooCommerce"
KEYS = "WooCommerce, Settings, Advanced, REST API"
PERMALINKS = "in WordPress: Settings, Permalinks: anything but Plain, then Save"
FUTURE = "2100-01-01T00:00:00"
SKEW = dt.timedelta(minutes=14)
"""The shop accepts signatures that are up to 15 minutes old."""
FIREWALL = re.compile(
    r"just a moment|attention required|access denied|forbidden|wordfence|sucuri|imunify"
    r"|cloudflare|captcha|blocked|not acceptable|incapsula|mod_security|security check",
    re.IGNORECASE,
)


def explain(failure: Failure) -> Problem | None:
    """Return a refusal in the shop's own words; None where the usual ones do."""
    if failure.kind == "not json" or (failure.kind == "status" and failure.text):
        return _page(failure)
    if failure.kind != "status" or failure.status == 429:
        return None
    code, said = _told(failure.json)
    where = f"{WHERE}, {failure.path}"
    if failure.status in (401, 403):
        return _refused(failure, where, code, said)
    if failure.status == 404 and code == "rest_no_route":
        return Problem(
            where, f"HTTP 404 ({code}): {said}", "WooCommerce and its REST API, version 3",
            "activate WooCommerce (3.5 or later) at this address and look whether a "
            "plugin switches its REST API off",
        )  # fmt: skip
    if failure.status == 404:
        return Problem(
            where, f"HTTP 404 ({code}): {said}", "an address that the shop knows",
            f"check url; {PERMALINKS}",
        )  # fmt: skip
    if failure.status == 400:
        names = ", ".join(_refused_names(failure.json)) or said
        return Problem(
            where, f"HTTP 400 ({code}): it does not accept {names}",
            "WooCommerce 5.8 or later (2021)",
            "update WooCommerce, or take out the plugin that changes the REST API",
        )  # fmt: skip
    if failure.status >= 500:
        return Problem(
            where, f"the shop failed, HTTP {failure.status} ({code}): {said}",
            "an answer; it was tried five times",
            "if it stays, write page_size = 25: a small server may lack memory for 100 "
            "orders; the reason stands in WooCommerce, Status, Logs",
        )  # fmt: skip
    return None


def _refused(failure: Failure, where: str, code: str, said: str) -> Problem:
    found = f"HTTP {failure.status} ({code}): {said}"
    if code and code != "woocommerce_rest_authentication_error":
        if failure.status == 403:
            return Problem(
                where, found, "a key whose user may see orders",
                f"in {KEYS}: give the key to an administrator or shop manager",
            )  # fmt: skip
        return Problem(
            where, found, "a key that the shop knows and that reaches it",
            f"check key in {KEYS}; if it is right, the host takes the Authorization header "
            "away: with Apache add to .htaccess: SetEnvIf Authorization \"(.*)\" "
            "HTTP_AUTHORIZATION=$1; a shop on HTTPS must be named with https:// in url",
        )  # fmt: skip
    if not code:
        return Problem(
            where, f"HTTP {failure.status} before WooCommerce was reached",
            "the shop itself",
            "let this machine through the password or firewall that stands before the shop",
        )  # fmt: skip
    return _not_authentic(failure, where, found, said.lower())


def _not_authentic(failure: Failure, where: str, found: str, said: str) -> Problem:
    """Return why a key was not accepted; the shop says it in its own language."""
    ahead = _ahead(failure.headers)
    if "timestamp" in said or abs(ahead) > SKEW:
        return Problem(
            where, f"{found}; the shop's clock and this machine's differ by "
            f"{abs(ahead).total_seconds() / 60:,.0f} minutes", "clocks that agree",
            "set the clock of this machine (timedatectl set-ntp true), else the host's",
        )  # fmt: skip
    if "permission" in said or "uprawnie" in said:
        return Problem(where, found, "a key that may read",
                       f"in {KEYS}: set Permissions of the key to Read")  # fmt: skip
    if "signature" in said or "nonce" in said:
        return Problem(
            where, found, "a signature that the shop can check",
            "copy key and secret anew, write url as in WordPress, Settings, General; a "
            "proxy that rewrites addresses breaks signatures: use https:// if it has it",
        )  # fmt: skip
    return Problem(
        where, found, "key and secret that belong together",
        f"copy both anew into the environment, or add a key in {KEYS}; "
        "then run doctor",
    )  # fmt: skip


def _page(failure: Failure) -> Problem | None:
    """Return what a web page in place of data means: plain permalinks or a firewall."""
    where, text = f"{WHERE}, {failure.path}", failure.text.lstrip()
    if not text.startswith("<"):
        return None
    title = re.search(r"<title[^>]*>([^<]{1,60})", text, re.IGNORECASE)
    called = f' titled "{title[1].strip()}"' if title else ""
    found = f"a web page{called} instead of data, HTTP {failure.status or 200}"
    guarded = any(name.startswith(("cf-", "x-sucuri")) for name in failure.headers)
    if (
        failure.status in (403, 406, 503)
        or FIREWALL.search(text)
        or (guarded and failure.status != 404)
    ):
        return Problem(
            where, found, "data of the shop",
            "a firewall or maintenance page stands before the shop: let this machine's "
            "address through to /wp-json/wc/v3/",
        )  # fmt: skip
    if failure.status >= 500:
        return None
    return Problem(
        where, found, "the REST API of WordPress at /wp-json/",
        f"{PERMALINKS}; if they are, check url, and whether a login page stands before it",
    )  # fmt: skip


def _told(body: Any) -> tuple[str, str]:
    """Return code and message; `data` beside them is an object, or only a number."""
    if not isinstance(body, dict):
        return "", "no reason given"
    code = re.sub(r"[^\w-]", "", str(body.get("code") or ""))[:60]
    said = re.sub(r"<[^>]*>|\S*@\S*|\b[cC][ks]_\w+", "", str(body.get("message") or ""))
    return code, " ".join(said.split())[:160] or "no reason given"


def _refused_names(body: Any) -> list[str]:
    data = body.get("data") if isinstance(body, dict) else None
    params = data.get("params") if isinstance(data, dict) else None
    return [str(name) for name in params] if isinstance(params, dict) else []


def _ahead(headers: Mapping[str, str]) -> dt.timedelta:
    """Return how far the shop's clock is ahead of this machine's."""
    try:
        told = email.utils.parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return dt.timedelta()
    return told - dt.datetime.now(dt.UTC) if told.tzinfo else dt.timedelta()


def look(http: Http, address: str) -> Iterator[Problem]:
    """Yield what would go wrong: address, rights, age of the shop, orders."""
    try:
        reply = http.get("/orders", {"per_page": 1, "_fields": "id"})
        rows = rows_of(reply.json, "/orders")
        later = {"modified_after": FUTURE, "dates_are_gmt": "true", "_fields": "id"}
        if rows_of(http.get("/orders", {**later, "per_page": 1}).json, "/orders"):
            yield ignores("/orders", "modified_after")
        http.get("/customers", {"per_page": 1, "role": "all", "_fields": "id"})
    except JourneyError as error:
        yield from error.problems
        return
    if not rows:
        yield Problem(
            f"{WHERE}, {address}", "the shop has no orders", "orders",
            "check url: a test copy of a shop has none of its orders",
        )  # fmt: skip
    if abs(ahead := _ahead(reply.headers)) > SKEW:
        yield Problem(
            f"{WHERE}, {address}",
            f"the shop's clock differs by {abs(ahead).total_seconds() / 60:,.0f} minutes",
            "clocks that agree", "set the clock of this machine, else the host's",
        )  # fmt: skip
