"""Calls of the Admin API: one version, errors inside answers, what the token may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.shopify.documents import SHOP, Rights, protected
from journey.connector import Flag, Http, Since

VISIBLE = dt.timedelta(days=60)
"""How far back an app sees orders without read_all_orders."""
GRANT = "/admin/oauth/access_token"
PROBES = 6
"""Tries of the first calls while the budget of calls is used up."""

Node = Mapping[str, Any]


class TooDear(Exception):
    """A document that costs more than Shopify allows in one call."""


@dataclass(frozen=True)
class Shop:
    """What the first calls tell of the shop and of the app."""

    currency: str
    zone: str
    scopes: frozenset[str]
    rights: Rights
    served: str
    """The version that answered; another one than asked has "fallen forward"."""

    def may(self, scope: str) -> bool:
        return f"read_{scope}" in self.scopes or f"write_{scope}" in self.scopes


class Calls:
    """The Admin API of one shop in one version."""

    def __init__(
        self, http: Http, version: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.http = http
        self.headers = headers
        """A granted token; None where the address carries one already."""
        self.path = f"/admin/api/{version}/graphql.json"
        self.served = ""

    def ask(
        self, document: str, variables: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Return `data` with `extensions`; raise TooDear where smaller pages may help."""
        answer = self._post(document, variables)
        if "MAX_COST_EXCEEDED" in codes(answer):
            raise TooDear
        if "THROTTLED" in codes(answer):
            self.http.wait(1.0, "its budget of calls is used up")
        if answer.get("errors") or answer.get("data") is None:
            return self.strict(document, variables)
        return {**answer["data"], "extensions": answer.get("extensions") or {}}

    def strict(
        self, document: str, variables: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Return `data` and wait as long as it costs; every other error is a failure."""
        return self.http.graphql(self.path, document, variables, self.headers)

    def tolerant(self, document: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """Return `data` and the fields that Shopify refuses to this app."""
        for _ in range(PROBES):
            answer = self._post(document, None)
            if "THROTTLED" not in codes(answer):
                break
            self.http.wait(2.0, "its budget of calls is used up")
        refused = [_refused(error) for error in _errors(answer)]
        if not refused and answer.get("data") is not None:
            return answer["data"], ()
        if not refused or None in refused:
            return self.strict(document), ()
        return answer.get("data") or {}, tuple(sorted({name for name in refused if name}))

    def _post(self, document: str, variables: Mapping[str, Any] | None) -> dict[str, Any]:
        body = {"query": document, "variables": dict(variables or {})}
        reply = self.http.post(self.path, body, self.headers)
        self.served = reply.headers.get("x-shopify-api-version", "") or self.served
        return reply.json if isinstance(reply.json, dict) else {}

    def shop(self) -> Shop:
        """Ask what the token may read; two calls."""
        data = self.ask(SHOP)
        handles = data["currentAppInstallation"]["accessScopes"]
        scopes = frozenset(scope["handle"] for scope in handles)
        shop = Shop(data["shop"]["currencyCode"], data["shop"]["ianaTimezone"], scopes,
                    Rights(), self.served)  # fmt: skip
        refused: tuple[str, ...] = ()
        if shop.may("orders"):
            refused = self.tolerant(protected(shop.may("customers")))[1]
        return Shop(shop.currency, shop.zone, scopes, _rights(shop, refused), self.served)


def granted(http: Http, client_id: str, client_secret: str) -> dict[str, str]:
    """Return the header with a token for an app of the Dev Dashboard; it lasts a day."""
    asked = {"client_id": client_id, "client_secret": client_secret,
             "grant_type": "client_credentials"}  # fmt: skip
    answer = http.post(GRANT, asked).json
    return {"X-Shopify-Access-Token": str(answer.get("access_token") or "")}


class Sized:
    """Asks with pages as large as Shopify's limit for one call allows."""

    def __init__(self, calls: Calls, sizes: Sequence[tuple[int, int]]) -> None:
        self.calls = calls
        self.sizes = sizes
        """Things of a page and what is nested in each, from many to few."""
        self.at = 0

    @property
    def size(self) -> tuple[int, int]:
        return self.sizes[self.at]

    def ask(self, document: str, variables: Callable[[int, int], Node]) -> Node:
        while True:
            asked = variables(*self.size)
            try:
                return self.calls.ask(document, asked)
            except TooDear:
                if self.at + 1 == len(self.sizes):
                    return self.calls.strict(document, asked)
                self.at += 1


def pages(
    sized: Sized, document: str, root: str, after: str | None, **fixed: Any
) -> Iterator[tuple[list[Any], str | None]]:
    """Yield each page of a list and the cursor after it, None at the end."""
    while True:
        cursor = after

        def variables(first: int, lines: int, cursor: str | None = cursor) -> Node:
            nested = {"lines": lines} if "$lines" in document else {}
            return {"after": cursor, "first": first, **nested, **fixed}

        found = sized.ask(document, variables)[root]
        info = found["pageInfo"]
        after = info["endCursor"] if info["hasNextPage"] else None
        yield found["nodes"], after
        if after is None or after == cursor:
            return


def is_named(node: Any) -> bool:
    """Whether a node is an object with an id."""
    return isinstance(node, dict) and isinstance(node.get("id"), str)


def rest(calls: Calls, document: str, key: str, owner: Node, **fixed: Any) -> list[Node]:
    """Return all of a nested list: what came with its owner, and what did not fit."""
    found = owner.get(key) or {}
    nodes, info = list(found.get("nodes") or ()), found.get("pageInfo") or {}
    while info.get("hasNextPage"):
        asked = {"id": owner["id"], "after": info["endCursor"], "first": 25, **fixed}
        found = (calls.ask(document, asked)["node"] or {}).get(key) or {}
        nodes += found.get("nodes") or ()
        info = found.get("pageInfo") or {}
    return nodes


# ------------------------------------------------------------- the errors


def codes(answer: Mapping[str, Any]) -> set[str]:
    """Return the codes of the errors inside an answer."""
    extensions = (error.get("extensions") or {} for error in _errors(answer))
    return {str(extension.get("code") or "") for extension in extensions}


def _errors(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = answer.get("errors")
    if not isinstance(errors, list):
        return []
    return [error for error in errors if isinstance(error, dict)]


def _refused(error: Mapping[str, Any]) -> str | None:
    """Return the field that an error is about, None if it is another kind of error."""
    code = (error.get("extensions") or {}).get("code")
    message = str(error.get("message", ""))
    if code != "ACCESS_DENIED" and "not approved to" not in message:
        return None
    names = [step for step in error.get("path") or () if isinstance(step, str)]
    return names[-1] if names else "orders"


# ------------------------------------------------------------- the rights

PARTS = {
    "email": ("email", "emailAddress", "defaultEmailAddress"), "phone": ("phone",),
    "address": ("shippingAddress", "countryCodeV2"), "customers": ("customer",),
    "journey": ("customerJourneySummary", "ready", "lastVisit", "source"),
    "orders": ("orders", "nodes"),
}  # fmt: skip
"""Right -> the fields whose refusal takes it away."""


def _rights(shop: Shop, refused: tuple[str, ...]) -> Rights:
    denied = {part for part, names in PARTS.items() if set(names) & set(refused)}
    customers = shop.may("customers") and "customers" not in denied
    return Rights(
        orders=shop.may("orders") and "orders" not in denied,
        all_orders=shop.may("all_orders"), customers=customers,
        email="email" not in denied, phone="phone" not in denied,
        address="address" not in denied, journey="journey" not in denied,
        products=shop.may("products"), costs=shop.may("inventory"),
        returns=shop.may("returns"), refused=tuple(sorted(denied)),
    )  # fmt: skip


# -------------------------------------------------------------- the times


def text(moment: dt.datetime) -> str:
    """Return a moment as Shopify's searches want it."""
    return f"'{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}'"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def remark(since: Since, flag: str, **detail: Any) -> Flag:
    """Return a remark on the whole period that is being read."""
    last = (since.before or now()).date()
    first = min((since.first or since.before or now()).date(), last)
    return Flag(flag, first, last, None, detail)
