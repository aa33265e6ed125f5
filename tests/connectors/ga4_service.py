"""The Data API on this machine, over gRPC and REST, of the client's own messages.

It keeps the API's habits: pages without an order come in any order, all-zero rows are
absent, an incompatible set is an error, blocked metrics are zeros without one.
"""

from __future__ import annotations

import base64
import json
import random
import re
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
from google.analytics.data_v1beta import types

from tests.connectors.ga4_world import DIMENSIONS, METRICS, World

SERVICE = "google.analytics.data.v1beta.BetaAnalyticsData"
HTTP = {
    "INVALID_ARGUMENT": 400, "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404, "RESOURCE_EXHAUSTED": 429, "INTERNAL": 500, "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503, "DEADLINE_EXCEEDED": 504,
}  # fmt: skip
MONEY = ("Revenue", "Cost", "Amount")


@dataclass
class Fault(Exception):
    """An error of the API: its status and what it says."""

    status: str
    message: str = "made for a test"


@dataclass
class Ga4:
    """One property and everything that can be wrong with it."""

    world: World
    number: str = "123456789"
    time_zone: str = "Europe/Warsaw"
    currency: str = "PLN"
    page_rows: int = 250_000
    """Most rows of one answer, whatever is asked for."""
    quota: dict[str, int] = field(default_factory=dict)
    faults: deque[Fault | None] = field(default_factory=deque)
    """What the next calls of RunReport meet; None is no fault."""
    any_faults: dict[str, Fault] = field(default_factory=dict)
    """Method -> what every call of it meets."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Name of a field today -> its deprecated name."""
    missing: set[str] = field(default_factory=set)
    blocked: dict[str, str] = field(default_factory=dict)
    """Metric -> NO_REVENUE_METRICS or NO_COST_METRICS."""
    incompatible: list[set[str]] = field(default_factory=list)
    """Sets of fields that cannot stand in one report."""
    edit: Callable[[Any, Any], None] = lambda request, answer: None
    """May change an answer before it goes out."""
    requests: list[Any] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    claims: list[dict[str, Any]] = field(default_factory=list)
    """What the tokens that came over REST say."""

    # ------------------------------------------------------------- the methods

    def run_report(self, request: Any) -> Any:
        self._begin("RunReport", request.property)
        self.requests.append(request)
        if self.faults and (fault := self.faults.popleft()):
            raise fault
        dimensions = [self._old(item.name) for item in request.dimensions]
        metrics = [self._old(item.name) for item in request.metrics]
        self._together({*dimensions, *metrics})
        rows = []
        for period in request.date_ranges:
            events = tuple(request.dimension_filter.filter.in_list_filter.values)
            rows += self.world.report(
                dimensions, metrics, period.start_date, period.end_date, events
            )
        self._order(rows, request, dimensions)
        limit = min(request.limit or 10_000, 250_000, self.page_rows)
        page = rows[request.offset : request.offset + limit]
        answer = types.RunReportResponse(
            dimension_headers=[{"name": item.name} for item in request.dimensions],
            metric_headers=[
                {"name": item.name, "type_": _type(item.name)} for item in request.metrics
            ],
            rows=[
                {
                    "dimension_values": [{"value": text} for text in key],
                    "metric_values": [
                        {"value": "0" if name in self.blocked else text}
                        for name, text in zip(metrics, values, strict=True)
                    ],
                }
                for key, values in page
            ],
            row_count=len(rows),
            metadata={"currency_code": self.currency, "time_zone": self.time_zone},
            property_quota={
                name: {"consumed": 1, "remaining": left}
                for name, left in self.quota.items()
            } if request.return_property_quota and self.quota else None,
        )  # fmt: skip
        self.edit(request, answer)
        return answer

    def get_metadata(self, request: Any) -> Any:
        self._begin("GetMetadata", request.name.removesuffix("/metadata"))

        def described(name: str) -> dict[str, Any]:
            today = {old: new for new, old in self.renamed.items()}.get(name)
            if today is None:
                return {"api_name": name}
            return {"api_name": today, "deprecated_api_names": [name]}

        return types.Metadata(
            name=request.name,
            dimensions=[described(n) for n in DIMENSIONS if n not in self.missing],
            metrics=[
                described(n)
                | ({"blocked_reasons": [self.blocked[n]]} if n in self.blocked else {})
                for n in METRICS
                if n not in self.missing
            ],
        )

    def check_compatibility(self, request: Any) -> Any:
        self._begin("CheckCompatibility", request.property)
        self._together(
            {self._old(item.name) for item in (*request.dimensions, *request.metrics)}
        )
        return types.CheckCompatibilityResponse()

    # --------------------------------------------------------------- the habits

    def _begin(self, method: str, name: str) -> None:
        self.calls[method] += 1
        if fault := self.any_faults.get(method) or self.any_faults.get("*"):
            raise fault
        if name != f"properties/{self.number}":
            said = "User does not have sufficient permissions for this property."
            raise Fault("PERMISSION_DENIED", said)

    def _old(self, name: str) -> str:
        found = self.renamed.get(name, name)
        if found in self.missing or found not in (*DIMENSIONS, *METRICS):
            raise Fault("INVALID_ARGUMENT", f"Field {name} is not a valid field.")
        return found

    def _together(self, names: set[str]) -> None:
        for kept_apart in self.incompatible:
            if kept_apart <= names:
                said = ", ".join(sorted(kept_apart))
                raise Fault(
                    "INVALID_ARGUMENT", f"Please remove one of {said} to make the request "
                    "compatible. The request's dimensions & metrics are incompatible.",
                )  # fmt: skip

    def _order(self, rows: list[Any], request: Any, dimensions: list[str]) -> None:
        """Sort as asked; without an order for every dimension rows come in any."""
        named = [self._old(item.dimension.dimension_name) for item in request.order_bys]
        if set(dimensions) <= set(named):
            places = [dimensions.index(name) for name in named if name in dimensions]
            rows.sort(key=lambda row: [row[0][place] for place in places])
        else:
            random.Random(len(self.requests)).shuffle(rows)


def _type(name: str) -> str:
    if any(part in name for part in MONEY):
        return "TYPE_CURRENCY"
    return "TYPE_SECONDS" if name.endswith("Duration") else "TYPE_INTEGER"


# --------------------------------------------------------------------- transports


@contextmanager
def serving(ga4: Ga4, transport: str) -> Iterator[str]:
    """Serve the property on a free port; yield the address for `api_endpoint`."""
    with _grpc(ga4) if transport == "grpc" else _rest(ga4) as address:
        yield address


@contextmanager
def _grpc(ga4: Ga4) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(2), options=[("grpc.so_reuseport", 0)])
    handlers = {
        "RunReport": _unary(
            ga4.run_report, types.RunReportRequest, types.RunReportResponse
        ),
        "GetMetadata": _unary(ga4.get_metadata, types.GetMetadataRequest, types.Metadata),
        "CheckCompatibility": _unary(
            ga4.check_compatibility, types.CheckCompatibilityRequest,
            types.CheckCompatibilityResponse,
        ),
    }  # fmt: skip
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(SERVICE, handlers),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def _unary(method: Callable[[Any], Any], asked: Any, answered: Any) -> Any:
    def handle(request: Any, context: Any) -> Any:
        try:
            return method(request)
        except Fault as fault:
            context.abort(grpc.StatusCode[fault.status], fault.message)

    return grpc.unary_unary_rpc_method_handler(
        handle,
        request_deserializer=asked.deserialize,
        response_serializer=answered.serialize,
    )


@contextmanager
def _rest(ga4: Ga4) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet, so that no answer waits for an acknowledgement

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            found = re.fullmatch(r"/v1beta/(properties/\d+):(\w+)", self.path.split("?")[0])
            asked, method = {
                "runReport": (types.RunReportRequest, ga4.run_report),
                "checkCompatibility": (
                    types.CheckCompatibilityRequest, ga4.check_compatibility
                ),
            }[found[2]]  # fmt: skip
            request = asked.from_json(body.decode())
            request.property = found[1]
            self._answer(method, request)

        def do_GET(self) -> None:
            name = self.path.split("?")[0].removeprefix("/v1beta/")
            self._answer(ga4.get_metadata, types.GetMetadataRequest(name=name))

        def _answer(self, method: Callable[[Any], Any], request: Any) -> None:
            self._note_token()
            try:
                answer = method(request)
                status, text = 200, type(answer).to_json(
                    answer, always_print_fields_with_no_presence=False
                )  # fmt: skip
            except Fault as fault:
                status, text = HTTP.get(fault.status, 500), fault.message
                if not text.startswith("<"):
                    error = {"code": status, "message": text, "status": fault.status}
                    text = json.dumps({"error": error})
                if fault.status == "PAGE":
                    status = 200
            content = text.encode()
            self.send_response(status)
            kind = "text/html" if text.startswith("<") else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def _note_token(self) -> None:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            if token.count(".") == 2:
                middle = token.split(".")[1]
                padded = middle + "=" * (-len(middle) % 4)
                ga4.claims.append(json.loads(base64.urlsafe_b64decode(padded)))

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
