"""A vendor's API on this machine, with the faults that real ones have.

Subclass `Service` in tests/connectors/services/<kind>.py, answer calls there, and name
beside it KIND, SETTINGS, SECRETS, PEOPLE and SECRET_TEXTS: tests/connectors/
test_services.py then drives the real connector against it.
"""

from __future__ import annotations

import abc
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HTML = (
    b"<!DOCTYPE html><html><head><title>Just a moment</title></head><body>x</body></html>"
)
REFUSALS = {
    "401": (401, {"message": "Unauthorized"}, {}),
    "403": (403, {"message": "Forbidden"}, {}),
    "429": (429, {"message": "Too many requests"}, {}),
    "429 later": (429, {"message": "Too many requests"}, {"Retry-After": "2"}),
    "429 much later": (429, {"message": "Too many requests"}, {"Retry-After": "7200"}),
    "500": (500, {"message": "Internal error"}, {}),
    "503": (503, {"message": "Unavailable"}, {}),
}
BRIEFLY = ("429", "429 later", "500", "503", "cut", "timeout", "malformed", "truncated")
"""Faults after which the same call works when it is made again."""
FOR_GOOD = ("401", "403", "html", "500", "cut", "malformed")
"""Faults that a run must tell where they stay."""


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""

    @property
    def params(self) -> dict[str, str]:
        return dict(self.query)

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Answer:
    json: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Instead of `json`."""

    @property
    def content(self) -> bytes:
        if self.body is not None:
            return self.body
        return b"" if self.json is None else json.dumps(self.json).encode()


class Service(abc.ABC):
    """Serves `answer` on a port of this machine until it is closed."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults: dict[int, str] = {}
        """Number of a call, from 1 on -> what goes wrong with it, once."""
        self.cut_after: int | None = None
        """Calls after this many get no answer at all."""
        self.broken: str | None = None
        """What goes wrong with every call after `cut_after`, else they are cut."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        ).start()

    @abc.abstractmethod
    def answer(self, call: Call) -> Answer:
        """Return what the vendor answers this call."""

    def begin(self) -> None:
        """Forget the calls and the faults, not what the service holds."""
        self.calls, self.faults = [], {}
        self.cut_after = self.broken = None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fault(self) -> str | None:
        """Return what goes wrong with the call that came last."""
        number = len(self.calls)
        if self.cut_after is not None and number > self.cut_after:
            return self.broken or "cut"
        return self.faults.get(number)


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every answer waits 40 ms for an ack

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(
                self.command, parts.path, tuple(parse_qsl(parts.query, True)), headers,
                self.rfile.read(length),
            )  # fmt: skip
            service.calls.append(call)
            fault = service.fault()
            if fault is None or fault in ("malformed", "truncated"):
                self._send(service.answer(call), fault)
            elif fault == "html":
                self._send(Answer(None, 200, {"Content-Type": "text/html"}, HTML))
            elif fault in REFUSALS:
                status, body, more = REFUSALS[fault]
                self._send(Answer(body, status, more))
            else:
                if fault == "timeout":
                    time.sleep(0.6)
                self.close_connection = True

        def _send(self, answer: Answer, fault: str | None = None) -> None:
            content = answer.content
            if fault == "malformed":
                content = content[: len(content) // 2] + b'"'
            self.send_response_only(answer.status)
            given = {"Content-Type": "application/json", "Date": self.date_time_string()}
            given |= dict(answer.headers)
            for name, value in given.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if fault == "truncated":
                content = content[: len(content) // 2]
                self.close_connection = True
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_HEAD = _serve

        def log_message(self, *told: object) -> None:
            return

    return Handler
