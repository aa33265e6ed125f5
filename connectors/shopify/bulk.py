"""Bulk operations: Shopify runs a document by itself and hands out a file of lines.

An operation is started, asked after until it ends, and its file is read line by line;
nothing of it is written to disk. The file lives for seven days.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from connectors.shopify.calls import Calls
from connectors.shopify.documents import OPERATION, START
from journey.connector import JourneyError, Pause, Problem

BUSY = ("OPERATION_IN_PROGRESS", "LIMIT_REACHED")
BUSY_WAITS = (10.0, 20.0, 30.0, 60.0)
"""Waits for other operations of the app to end, before pages are read instead."""
LONGEST = 3600.0
"""Seconds of waiting for one operation; then the next run goes on with it."""


class Gone(Exception):
    """An operation without a result any more: cancelled, expired, or unknown."""


@dataclass
class Result:
    """What an operation has left to read."""

    url: str | None
    """None where there was nothing to write."""
    whole: bool
    """False after a failure, when the file holds only a part."""
    error: str = ""


@dataclass
class Reader:
    """Reads orders out of the lines of a file; children stand behind their parent."""

    late: set[str] = field(default_factory=set)
    """Orders whose children stood elsewhere; to be asked for by their ids."""

    def orders(self, lines: Iterator[bytes], whole: bool) -> Iterator[Any]:
        order: dict[str, Any] | None = None
        for line in lines:
            if not line.strip():
                continue
            try:
                thing = _thing(line)
            except ValueError:
                if whole:
                    raise JourneyError(_broken()) from None
                break
            if not isinstance(thing, dict):
                yield thing  # to be told
                continue
            parent = thing.get("__parentId")
            if parent is None:
                if order is not None:
                    yield order
                order = thing | {"lineItems": {"nodes": []}}
            elif order is not None and parent == order.get("id"):
                order["lineItems"]["nodes"].append(thing)
            else:
                self.late.add(parent)
        if order is not None:
            yield order


def _thing(line: bytes) -> Any:
    """Return what a line says; ValueError where it is no JSON."""
    try:
        return msgspec.json.decode(line)
    except ValueError:  # half of a character, which no database takes, becomes "?"
        text = json.dumps(json.loads(line), ensure_ascii=False)
        return msgspec.json.decode(text.encode("utf-8", "replace"))


def start(calls: Calls, document: str) -> str | None:
    """Start an operation; None where Shopify runs none, so that pages are read."""
    for wait in (*BUSY_WAITS, None):
        answer = calls.ask(START, {"query": document})["bulkOperationRunQuery"]
        operation = answer.get("bulkOperation")
        if operation and not answer["userErrors"]:
            return str(operation["id"])
        if wait is None or not _busy(answer["userErrors"]):
            return None
        calls.http.wait(wait, "another bulk operation runs")
    return None


def _busy(errors: list[dict[str, Any]]) -> bool:
    return any(
        error.get("code") in BUSY or "already in progress" in str(error.get("message"))
        for error in errors
    )


def finished(calls: Calls, gid: str) -> Result:
    """Wait for an operation and return where its file is; raise Gone or Pause."""
    waited, wait = 0.0, 1.0
    while True:
        found = calls.ask(OPERATION, {"id": gid})["node"]
        state = found["status"] if found else "EXPIRED"
        if state == "COMPLETED":
            return Result(found["url"], whole=True)
        if state == "FAILED":
            return Result(found["partialDataUrl"], False, str(found["errorCode"] or ""))
        if state in ("CANCELED", "CANCELING", "EXPIRED"):
            raise Gone(state)
        if waited >= LONGEST:
            raise Pause(_slow(found))
        calls.http.wait(wait, f"Shopify has written {found['rootObjectCount']} orders")
        waited, wait = waited + wait, min(30.0, wait * 2)


def _slow(found: dict[str, Any]) -> Problem:
    return Problem(
        "Shopify, bulk operation",
        f"still {found['status'].lower()} after an hour, {found['rootObjectCount']} orders",
        "a file of orders",
        "nothing: what came is kept, and the next run asks for the file again",
    )


def _broken() -> Problem:
    return Problem(
        "Shopify, bulk operation", "a line of its file is no JSON",
        "one order or line on each", "run again later; what has landed is untouched",
    )  # fmt: skip
