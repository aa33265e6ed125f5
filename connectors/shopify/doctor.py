"""What Shopify's refusals mean, and what doctor says before anything is read."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.shopify.calls import GRANT, Shop
from journey.connector import Failure, Problem

SCOPES = (
    "Dev Dashboard, Apps, your app, Versions, access scopes (of an app made in the admin: "
    "Configuration, Admin API integration)"
)

WANTED = {
    "all_orders": ("orders older than 60 days are left out without a word",
                   "tick read_all_orders; an app for many shops asks Shopify "
                   "for it"),
    "customers": ("customers, their consent and who left a checkout are not read",
                  "tick read_customers"),
    "products": ("lines have no product and no category", "tick read_products"),
    "inventory": ("lines have no cost, so there is no margin", "tick read_inventory"),
    "returns": ("returns are not read", "tick read_returns"),
}  # fmt: skip
"""Scope -> what lacks without it, and what to do."""


def explain(failure: Failure) -> Problem | None:
    """Return what a refusal means in Shopify's words; None for the usual explanation."""
    where = f"Shopify, {failure.path}"
    if failure.status and not failure.path.startswith("/admin/"):
        return _lost_file(failure)
    if failure.path == GRANT and 400 <= failure.status < 404:
        return _no_grant(where, failure)
    if failure.status == 401:
        return Problem(
            where, "the token is wrong, or the app was uninstalled (HTTP 401)",
            "the Admin API access token of an installed app, shpat_...",
            "install the app again; for an app made in the admin copy the token of API "
            "credentials into the variable that token names",
        )  # fmt: skip
    if failure.status == 402:
        return Problem(
            where, "the shop is frozen (HTTP 402): its plan is not paid",
            "a shop with a running plan", "the owner pays the plan in Shopify, Settings, "
            "Billing; what has landed stays",
        )  # fmt: skip
    if failure.status == 403:
        return Problem(
            where, "the token may not read this (HTTP 403)", "a token with read_orders",
            f"{SCOPES}: tick the scopes of docs/connecting-shopify.md, save, update the "
            "installed app",
        )  # fmt: skip
    if failure.status == 423:
        return Problem(
            where, "the shop is locked (HTTP 423)",
            "a shop that is open to apps", "ask the owner, or Shopify's support, why it is "
            "locked; the next run goes on",
        )  # fmt: skip
    if failure.status == 404 or failure.kind == "redirect":
        return _unknown_shop(where, failure)
    if failure.kind == "not json" and failure.text.lstrip().startswith("<"):
        return _unknown_shop(where, failure)
    if failure.kind == "graphql":
        return _refused(where, failure)
    return None


def _no_grant(where: str, failure: Failure) -> Problem:
    told = failure.json.get("error") if isinstance(failure.json, dict) else None
    return Problem(
        where, f"Shopify grants no token (HTTP {failure.status}: {str(told)[:60]})",
        "client id and secret of an app that is installed in this shop and belongs to the "
        "same organisation",
        "Dev Dashboard, Apps, your app: Settings shows id and secret; install it under "
        "Home, Install app",
    )  # fmt: skip


def _lost_file(failure: Failure) -> Problem:
    return Problem(
        "Shopify, file of a bulk operation",
        f"it cannot be fetched (HTTP {failure.status})",
        "a file that Shopify keeps for seven days",
        "let this machine reach storage.googleapis.com; the next run asks for the file "
        "again, or for a new one",
    )  # fmt: skip


def _unknown_shop(where: str, failure: Failure) -> Problem:
    page = "" if failure.kind == "status" else " and shows a web page"
    status = f"HTTP {failure.status}" if failure.status else "no answer of the Admin API"
    return Problem(
        where, f"no such shop or version: {status}{page}",
        "https://<name>.myshopify.com, the shop's permanent name, not its own domain, and "
        "a version like 2026-10",
        "Shopify admin, Settings, Domains shows the myshopify.com name; write it as url. "
        "Leave version out",
    )  # fmt: skip


def _refused(where: str, failure: Failure) -> Problem | None:
    errors = failure.json if isinstance(failure.json, list) else []
    found = [error for error in errors if isinstance(error, dict)]
    codes = {(error.get("extensions") or {}).get("code") for error in found}
    denied = [str(error.get("message", "")) for error in found]
    if "ACCESS_DENIED" in codes or any("not approved to" in text for text in denied):
        return Problem(
            where, f"access denied: {denied[0][:160]}", "a token with the right to read it",
            f"{SCOPES}: tick the scopes of docs/connecting-shopify.md; for protected "
            "customer data: the app's API access requests",
        )  # fmt: skip
    if codes & {"undefinedField", "argumentNotAccepted", "undefinedType"}:
        return Problem(
            where, f"this version lacks a field: {denied[0][:160]}", "version 2026-10",
            "leave version out of the source in journey.toml, or name a supported one",
        )  # fmt: skip
    return None


def missing_orders() -> Problem:
    return Problem(
        "Shopify, scopes", "no order can be read: the app lacks read_orders, or approval "
        "for protected customer data",
        "read_orders, and read_all_orders for those older than 60 days",
        f"{SCOPES}: tick both, save, update the installed app; an app for many shops also "
        "asks for access under API access requests",
    )  # fmt: skip


def problems(shop: Shop, version: str) -> Iterator[Problem]:
    """Yield what doctor says of a shop that answers."""
    if shop.served and shop.served != version:
        yield Problem(
            "Shopify, version", f"asked for {version}, answered in {shop.served}: Shopify "
            "has retired the one that was asked for", "the version that was asked for",
            "leave version out of the source in journey.toml, or update the product",
        )  # fmt: skip
    if not shop.rights.orders:
        yield missing_orders()
        return
    for scope, (lack, fix) in WANTED.items():
        if not shop.may(scope):
            yield Problem(
                "Shopify, scopes", f"the app lacks read_{scope}: {lack}", f"read_{scope}",
                f"{SCOPES}: {fix}, save, update the installed app",
            )  # fmt: skip
    if shop.rights.refused:
        names = ", ".join(shop.rights.refused)
        yield Problem(
            "Shopify, protected customer data",
            f"refused to this app: {names}. Orders without an e-mail are no guests then, "
            "and persons cannot be matched", "approval for protected customer data",
            "Partner Dashboard, Apps, API access requests, Protected customer data; an app "
            "made in the admin needs the plan Grow or higher",
        )  # fmt: skip


def missing_checkouts() -> Problem:
    return Problem(
        "Shopify, abandoned checkouts", "the app may not read them",
        "the right to manage abandoned checkouts",
        "Shopify admin, Settings, Users: give it to the person who made the app, then "
        "install the app again; everything else is read without",
    )  # fmt: skip
