"""A Shopify shop on this machine: its Admin API really parses and runs the documents."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    execute_sync,
    parse,
    validate,
)

from tests.connectors.service import Answer, Call, Service
from tests.connectors.services import _shopify_schema as api
from tests.connectors.services._shopify_world import ADDRESSES, NAMES, PHONES, TEXTS, World

KIND = "shopify"
SETTINGS = """
url = "{url}"
token = "env:SHOPIFY_TOKEN"
since = 2026-08-01
"""
TOKEN = "shpat_9c41d07be2aa"
SECRETS = {"SHOPIFY_TOKEN": TOKEN}
CLIENT, SECRET, GRANTED = "c1d0aa", "shpss_77b1e09ce3", "shpat_granted_5520ab"
SIGNED = "sig-51b3e0"
SECRET_TEXTS = (TOKEN, SECRET, GRANTED, SIGNED)
PEOPLE = (*NAMES, *ADDRESSES, *PHONES, *TEXTS)

VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10")
SCOPES = ("read_orders", "read_all_orders", "read_customers", "read_products",
          "read_inventory", "read_returns")  # fmt: skip
NEEDS = {
    ("QueryRoot", "orders"): "read_orders", ("QueryRoot", "customers"): "read_customers",
    ("Order", "customer"): "read_customers", ("Order", "returns"): "read_returns",
    ("LineItem", "product"): "read_products", ("LineItem", "variant"): "read_products",
    ("ProductVariant", "inventoryItem"): "read_inventory",
    ("Order", "purchasingEntity"): "read_customers",
}  # fmt: skip
DEAREST = 1000
"""Points that one call may cost."""
MOST = 2000
"""Points that fit into the bucket."""


class Context:
    """One execution: what it may read, and whether lists come whole."""

    def __init__(self, service: ShopifyService, bulk: bool) -> None:
        self.service = service
        self.bulk = bulk
        self.warnings: list[dict[str, Any]] = []

    def allow(self, kind: str, field: str) -> None:
        scope = NEEDS.get((kind, field))
        if scope and scope not in self.service.scopes:
            raise api.denied(f"Access denied for {field} field. Required access: "
                             f"`{scope}` access scope.")  # fmt: skip
        if (kind, field) in self.service.unapproved:
            raise api.denied(f"This app is not approved to use the {field} field. See "
                             "https://shopify.dev/docs/apps/launch")  # fmt: skip

    def root(self, name: str, given: Mapping[str, Any]) -> Any:
        self.allow("QueryRoot", name)
        return getattr(self, f"_{name}")(**given)

    def _shop(self) -> dict[str, Any]:
        return {"id": "gid://shopify/Shop/1", "name": NAMES[0], "email": ADDRESSES[0],
                "currencyCode": "PLN", "ianaTimezone": "Europe/Warsaw"}  # fmt: skip

    def _currentAppInstallation(self) -> dict[str, Any]:
        handles = [{"handle": s, "description": ""} for s in sorted(self.service.scopes)]
        return {"id": "gid://shopify/AppInstallation/1", "accessScopes": handles}

    def _orders(self, **given: Any) -> Any:
        return self._list(self.service.visible(), given)

    def _customers(self, **given: Any) -> Any:
        return self._list(self.service.world.customers, given)

    def _abandonedCheckouts(self, **given: Any) -> Any:
        return self._list(self.service.world.checkouts, given)

    def _list(self, things: list[dict[str, Any]], given: Mapping[str, Any]) -> Any:
        found = api.searched(things, given.get("query"))
        first = None if self.bulk else given.get("first")
        return api.connection(found, given["sortKey"], first, given.get("after"),
                              given.get("reverse") or False)  # fmt: skip

    def _node(self, id: str) -> Any:
        return self._nodes([id])[0]

    def _nodes(self, ids: list[str]) -> list[Any]:
        known = self.service.known()
        return [known.get(gid) for gid in ids]

    def _bulkOperationRunQuery(self, query: str, groupObjects: bool) -> dict[str, Any]:
        return self.service.start(query, groupObjects)


class ShopifyService(Service):
    """Answers the Admin API and hands out the files of bulk operations."""

    def __init__(self) -> None:
        self.world = World()
        self.schema = api.schema()
        self.scopes = set(SCOPES)
        self.unapproved: set[tuple[str, str]] = set()
        self.refusal: Answer | None = None
        self.available = float(MOST)
        self.throttled = 0
        self.operations: list[dict[str, Any]] = []
        self.polls = 2
        """Times an operation says that it is still running."""
        self.ends: list[str] = []
        """How the next operations end, COMPLETED without."""
        self.busy = 0
        """Times another operation is in the way."""
        self.bulk = True
        self.scatter = False
        """Whether children stand away from their parents though grouping was asked."""
        self.now = dt.datetime.now(dt.UTC)
        super().__init__()

    # ---------------------------------------------------------------- calls

    def answer(self, call: Call) -> Answer:
        if call.path.startswith("/bulk/"):
            return self._file(call)
        found = re.fullmatch(r"/admin/api/(\d{4}-\d\d)/graphql\.json", call.path)
        if self.refusal:
            return self.refusal
        if call.path == "/admin/oauth/access_token":
            return self._grant(call.json)
        if not found or call.method != "POST" or found[1] > VERSIONS[-1]:
            return Answer({"errors": "Not Found"}, 404)
        if call.headers.get("x-shopify-access-token") not in (TOKEN, GRANTED):
            return Answer({"errors": "[API] Invalid API key or access token (unrecognized "
                           "login or wrong password)"}, 401)  # fmt: skip
        served = found[1] if found[1] in VERSIONS else VERSIONS[0]
        return Answer(self._run(call.json), headers={"X-Shopify-API-Version": served})

    def _grant(self, body: dict[str, str]) -> Answer:
        if body.get("grant_type") != "client_credentials":
            return Answer({"error": "unsupported_grant_type"}, 400)
        if (body.get("client_id"), body.get("client_secret")) != (CLIENT, SECRET):
            return Answer({"error": "invalid_client"}, 401)
        return Answer({"access_token": GRANTED, "scope": "", "expires_in": 86399})

    def _run(self, body: dict[str, Any]) -> dict[str, Any]:
        document, errors = parsed(body["query"])
        if errors:
            return {"errors": [{"message": error.message,
                                "extensions": {"code": "undefinedField"}}
                               for error in errors]}  # fmt: skip
        variables = body.get("variables") or {}
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        asked = cost(operation.selection_set.selections, variables)
        if (refused := self._too_dear(asked)) is not None:
            return refused
        context = Context(self, bulk=False)
        result = execute_sync(self.schema, document, None, context, variables)
        answer: dict[str, Any] = {"data": result.data, "extensions": self._cost(asked)}
        if result.errors:
            answer["errors"] = [
                {"message": error.message, "path": error.path,
                 "extensions": error.extensions or {"code": "INTERNAL_SERVER_ERROR"}}
                for error in result.errors]  # fmt: skip
        return answer

    def _too_dear(self, asked: float) -> dict[str, Any] | None:
        if asked > DEAREST:
            return {"errors": [{
                "message": f"Query cost is {asked:.0f}, which exceeds the single query "
                "max cost limit (1000).",
                "extensions": {"code": "MAX_COST_EXCEEDED", "cost": asked}}]}  # fmt: skip
        if asked > self.available:
            told = {"errors": [{"message": "Throttled",
                                "extensions": {"code": "THROTTLED"}}],
                    "extensions": self._cost(asked)}  # fmt: skip
            self.throttled += 1
            if self.throttled % 2 == 0:
                self.available = float(MOST)
            return told
        self.available -= asked
        return None

    def _cost(self, asked: float) -> dict[str, Any]:
        return {"cost": {"requestedQueryCost": asked, "throttleStatus": {
            "maximumAvailable": float(MOST), "currentlyAvailable": self.available,
            "restoreRate": 100.0}}}  # fmt: skip

    # ------------------------------------------------------------ what it holds

    def visible(self) -> list[dict[str, Any]]:
        """Return the orders this app sees: without read_all_orders those of 60 days."""
        if "read_all_orders" in self.scopes:
            return self.world.orders
        wall = (self.now - dt.timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return [order for order in self.world.orders if order["createdAt"] >= wall]

    def known(self) -> dict[str, dict[str, Any]]:
        orders = self.visible()
        things = [*orders, *self.operations, *self.world.customers]
        things += [refund for order in orders for refund in order["refunds"]]
        things += [back for order in orders for back in order["returns"]]
        for operation in self.operations:
            self._advance(operation)
        return {thing["id"]: thing for thing in things}

    # --------------------------------------------------------- bulk operations

    def start(self, query: str, grouped: bool) -> dict[str, Any]:
        problem = self._bulk_problem(query)
        if problem:
            error = {"field": ["query"], "message": problem[0], "code": problem[1]}
            return {"bulkOperation": None, "userErrors": [error]}
        number = 700 + len(self.operations)
        document = parse(query)
        result = execute_sync(self.schema, document, None, Context(self, True), {})
        assert not result.errors, result.errors
        operation = {
            "id": f"gid://shopify/BulkOperation/{number}", "status": "CREATED",
            "errorCode": None, "objectCount": "0", "rootObjectCount": "0", "url": None,
            "partialDataUrl": None, "query": query, "polls": self.polls,
            "end": self.ends.pop(0) if self.ends else "COMPLETED",
            "lines": list(flat(result.data, grouped and not self.scatter)),
        }  # fmt: skip
        self.operations.append(operation)
        return {"bulkOperation": operation, "userErrors": []}

    def _bulk_problem(self, query: str) -> tuple[str, str] | None:
        if not self.bulk:
            return "Bulk operations need an offline access token", "INVALID"
        if self.busy:
            self.busy -= 1
            return ("A bulk query operation for this app and shop is already in progress: "
                    "gid://shopify/BulkOperation/1.", "OPERATION_IN_PROGRESS")  # fmt: skip
        document, errors = parsed(query)
        if errors:
            return errors[0].message, "INVALID"
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        nested = list(connections(operation.selection_set.selections, 0))
        if len(nested) > 5 or max(nested) > 2:
            return "The query has too many connections, or nests them too deep", "INVALID"
        return None

    def _advance(self, operation: dict[str, Any]) -> None:
        operation["polls"] -= 1
        operation["status"] = "RUNNING" if operation["polls"] >= 0 else operation["end"]
        number, lines = operation["id"].rpartition("/")[2], operation["lines"]
        address = f"{self.url}/bulk/{number}.jsonl?signature={SIGNED}"
        if operation["status"] == "COMPLETED" and lines:
            operation["url"] = address
        if operation["status"] == "FAILED":
            operation |= {"partialDataUrl": address, "errorCode": "TIMEOUT"}
        operation["rootObjectCount"] = str(sum("__parentId" not in one for one in lines))

    def _file(self, call: Call) -> Answer:
        if "x-shopify-access-token" in call.headers or call.params["signature"] != SIGNED:
            return Answer({"error": "AccessDenied"}, 403)
        number = call.path.removeprefix("/bulk/").removesuffix(".jsonl")
        operation = next(o for o in self.operations if o["id"].endswith(f"/{number}"))
        body = "".join(json.dumps(line) + "\n" for line in operation["lines"]).encode()
        if operation["status"] == "FAILED":
            body = body[: len(body) // 2]
        begin = re.fullmatch(r"bytes=(\d+)-", call.headers.get("range", ""))
        if begin:
            return Answer(status=206, body=body[int(begin[1]) :])
        return Answer(body=body)


@functools.cache
def parsed(text: str) -> tuple[DocumentNode, list[GraphQLError]]:
    """Return a document and what is wrong with it."""
    document = parse(text)
    return document, validate(api.schema(), document)


def flat(data: Any, grouped: bool) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file: parents, and their children behind them or at the end."""
    (root,) = data.values()
    late: list[dict[str, Any]] = []
    for edge in root["edges"]:
        node = edge["node"]
        lists = {k: v for k, v in node.items() if isinstance(v, dict) and "edges" in v}
        yield {key: value for key, value in node.items() if key not in lists}
        for inner in lists.values():
            children = [{**e["node"], "__parentId": node["id"]} for e in inner["edges"]]
            if grouped:
                yield from children
            else:
                late += children
    yield from late


def connections(selections: Any, depth: int) -> Iterator[int]:
    """Yield how deep each connection of a document is nested."""
    for field in selections:
        inside = getattr(field, "selection_set", None)
        if not inside:
            continue
        paged = any(getattr(one, "name", None) and one.name.value in ("edges", "nodes")
                    for one in inside.selections)  # fmt: skip
        if paged:
            yield depth
        yield from connections(inside.selections, depth + paged)


def cost(selections: Any, variables: Mapping[str, Any]) -> float:
    """Return what a document costs: a point for each object it may bring."""
    total = 0.0
    for field in selections:
        inside = getattr(field, "selection_set", None)
        if isinstance(field, InlineFragmentNode):
            total += cost(field.selection_set.selections, variables)
        elif isinstance(field, FieldNode) and inside:
            many = _size(field, variables)
            below = cost(inside.selections, variables)
            total += 1 + below if many is None else 2 + many * below
    return total


def _size(field: FieldNode, variables: Mapping[str, Any]) -> int | None:
    for argument in field.arguments or ():
        if argument.name.value in ("first", "ids"):
            value: Any = argument.value
            found = variables.get(value.name.value) if hasattr(value, "name") else None
            given = found if found is not None else int(getattr(value, "value", 0) or 0)
            return len(given) if isinstance(given, list) else given
    return None
