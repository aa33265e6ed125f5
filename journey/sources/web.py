"""Calls over the web for connectors: credentials, pace, retries, clean errors.

Nothing that is raised or reported here holds a query string, a body or a credential.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from journey.connector import Access, Failure, JourneyError, Pause, Problem, Reply
from journey.sources import failures, signing, waits
from journey.sources.failures import problem_of, too_busy

TRIES = 5
"""Calls in all where a server fails or cannot be reached."""
MALFORMED_TRIES = 3
"""Calls in all where a body is cut off or is no JSON."""
LARGEST = 256 * 2**20
"""Bytes of one answer; more would be no page of an API."""
SHOWN = 200
"""Characters of a body that is not JSON which an explanation may look at."""
THROTTLES = 12
"""Waits for a GraphQL budget to fill, in one call."""

Explain = Callable[[Failure], Problem | None]
Report = Callable[[str], None]


STOP = threading.Event()
"""Set when the person at the keyboard stops a sync."""


def pause(seconds: float) -> None:
    """Wait; raise KeyboardInterrupt when the sync is stopped meanwhile."""
    if STOP.wait(seconds):
        raise KeyboardInterrupt


class Web:
    """One source's calls; `Http` of journey/connector.py says what each method does."""

    def __init__(
        self,
        source: str,
        access: Access,
        explain: Explain = lambda failure: None,
        report: Report = lambda line: None,
    ) -> None:
        self._source = source
        self._access = access
        self._explain = explain
        self._report = report
        self._next_call = 0.0
        self.server_ahead: dt.timedelta | None = None
        """How far the clock of the server is ahead of this machine's."""
        self._client = httpx.Client(
            headers={"Accept": "application/json", **access.headers},
            timeout=httpx.Timeout(access.timeout, connect=min(access.timeout, 15.0)),
            auth=signing.auth_of(source, access),
            follow_redirects=False,
        )

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    # ------------------------------------------------------------ the contract

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        return self._call("GET", path, params=params, headers=headers)

    def head(self, path: str, params: Mapping[str, Any] | None = None) -> Reply:
        return self._call("HEAD", path, params=params)

    def post(self, path: str, json: Any, headers: Mapping[str, str] | None = None) -> Reply:
        return self._call("POST", path, json=json, headers=headers)

    def graphql(
        self,
        path: str,
        document: str,
        variables: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        body = {"query": document, "variables": dict(variables or {})}
        for attempt in range(1, THROTTLES + 1):
            answer = self.post(path, body, headers).json
            errors = answer.get("errors") if isinstance(answer, dict) else None
            if not errors and isinstance(answer, dict) and answer.get("data") is not None:
                extensions = answer.get("extensions") or {}
                return {**answer["data"], "extensions": extensions}
            codes = {_code(error) for error in errors or () if isinstance(error, dict)}
            if "THROTTLED" in codes:
                self._wait(waits.refill(answer), "its budget of calls is used up")
            elif "INTERNAL_SERVER_ERROR" in codes and attempt < TRIES:
                self._wait(waits.backoff(attempt), "its server failed")
            else:
                raise self._failed(Failure("graphql", _path(path), 200, {}, errors))
        raise Pause(too_busy(self._where(path)))

    def wait(self, seconds: float, why: str) -> None:
        self._wait(seconds, why)

    def lines(self, url: str) -> Iterator[bytes]:
        at, fruitless = 0, 0
        while True:
            start, ended = at, True
            try:
                for line, end in self._lines_from(url, start):
                    at = end
                    yield line
            except (httpx.TransportError, httpx.StreamError) as error:
                ended, fruitless = False, fruitless + 1 if at == start else 0
                if fruitless >= TRIES:
                    raise self._failed(_unreachable(url, error)) from None
                self._wait(waits.backoff(fruitless + 1), "the file was cut off")
            if ended:
                return

    # --------------------------------------------------------------- the calls

    def _call(self, method: str, path: str, **given: Any) -> Reply:
        """Call until it works, or until the kind of failure has had its tries."""
        failed: dict[str, int] = {}
        while True:
            outcome = self._once(method, path, given)
            if isinstance(outcome, Reply):
                return outcome
            failed[outcome.kind] = tried = failed.get(outcome.kind, 0) + 1
            if outcome.status == 429:
                self._hold(outcome, tried)
            elif tried < _tries(outcome):
                why = f"HTTP {outcome.status}" if outcome.status else outcome.text
                self._wait(max(waits.asked(outcome), waits.backoff(tried)), why)
            else:
                raise self._failed(outcome)

    def _once(self, method: str, path: str, given: Mapping[str, Any]) -> Reply | Failure:
        self._keep_pace()
        url = self._url(path)
        params = {k: v for k, v in (given.get("params") or {}).items() if v is not None}
        try:
            for _ in range(3):
                response = self._send(method, url, params, given)
                step = _same_place(response, url)
                if step is None:
                    break
                url, params = step, {}
        except httpx.RemoteProtocolError as error:
            cut = "complete message body" in str(error) or "chunked" in str(error)
            kind = "not json" if cut else "no connection"
            return Failure(kind, _path(path), text=failures.words(error))  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            return replace(_unreachable(url, error), path=_path(path))
        self._set_clock(response.headers.get("date"))
        return _outcome(method, path, response)

    def _send(
        self, method: str, url: str, params: Mapping[str, Any], given: Mapping[str, Any]
    ) -> httpx.Response:
        request = self._client.build_request(
            method, url, params=params or None, headers=given.get("headers"),
            json=given.get("json"),
        )  # fmt: skip
        response = self._client.send(request, stream=True)
        try:
            body, size = [], 0
            for part in response.iter_bytes():
                size += len(part)
                if size > LARGEST:
                    raise JourneyError(failures.too_large(self._where(url), LARGEST))
                body.append(part)
        finally:
            response.close()
        return httpx.Response(
            response.status_code, headers=_plain(response.headers), content=b"".join(body)
        )

    def _url(self, path: str) -> str:
        """Return the full address; credentials go nowhere but to the source's host."""
        if path.startswith(("http://", "https://")):
            if _origin(path) != _origin(self._access.url):
                raise JourneyError(failures.other_host(self._where(path), path))
            return path
        return f"{self._access.url.rstrip('/')}/{path.lstrip('/')}"

    def _lines_from(self, url: str, at: int) -> Iterator[tuple[bytes, int]]:
        """Yield each line from byte `at` on, with the byte after it."""
        headers = {"Accept-Encoding": "identity"} | (
            {"Range": f"bytes={at}-"} if at else {}
        )
        timeout = self._access.timeout
        with httpx.stream("GET", url, headers=headers, timeout=timeout) as response:
            if response.status_code not in (200, 206):
                raise self._failed(
                    Failure("status", _path(url), response.status_code)
                )  # fmt: skip
            skip = at if response.status_code == 200 else 0
            rest, seen = b"", at - skip
            for part in response.iter_raw(2**16):
                seen += len(part)
                if skip:
                    skip, part = max(0, skip - len(part)), part[skip:]
                pieces = (rest + part).split(b"\n")
                rest = pieces.pop()
                for piece in pieces:
                    at += len(piece) + 1
                    yield piece, at
            if rest:
                yield rest, at + len(rest)

    # -------------------------------------------------------------- the waiting

    def _keep_pace(self) -> None:
        if not self._access.per_minute:
            return
        now = time.monotonic()
        wait = self._next_call - now
        if wait > 0:
            pause(wait)
        self._next_call = max(now, self._next_call) + 60.0 / self._access.per_minute

    def _hold(self, failure: Failure, tried: int) -> None:
        asked = waits.asked(failure)
        if asked > waits.MOST or tried > TRIES:
            problem = self._explain(failure) or too_busy(self._where(failure.path), asked)
            raise Pause(problem)
        self._wait(asked or waits.backoff(tried + 1), "it asks for fewer calls")

    def _wait(self, seconds: float, why: str) -> None:
        if seconds >= 5:
            self._report(f"{self._source}: waiting {seconds:.0f} s, {why}")
        pause(seconds)

    def _set_clock(self, date: str | None) -> None:
        if self.server_ahead is None and date:
            try:
                told = email.utils.parsedate_to_datetime(date)
            except ValueError:
                return
            if told.tzinfo is not None:
                self.server_ahead = told - dt.datetime.now(dt.UTC)

    # --------------------------------------------------------------- the errors

    def _failed(self, failure: Failure) -> JourneyError:
        where = self._where(failure.path)
        problem = self._explain(failure) or problem_of(failure, where, self._access.url)
        return JourneyError(self._clean(problem))

    def _where(self, path: str) -> str:
        return f"source {self._source}, {_path(path)}"

    def _clean(self, problem: Problem) -> Problem:
        """Take every credential out of an error, whatever a server has echoed."""
        access = self._access
        secrets = [*(access.basic or ()), *(access.oauth1 or ())]
        secrets += [word for value in access.headers.values() for word in value.split()]
        parts = [problem.where, problem.found, problem.expected, problem.fix]
        for word in (secret for secret in secrets if len(secret) >= 8):
            parts = [part.replace(word, "***") for part in parts]
        where, found, expected, fix = parts
        return Problem(where, found, expected, fix, problem.line)


def _outcome(method: str, path: str, response: httpx.Response) -> Reply | Failure:
    """Return the reply, or what kind of failure it is."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    place, status = _path(path), response.status_code
    if 300 <= status < 400:
        return Failure("redirect", place, status, headers)
    if method == "HEAD":
        found = None
    else:
        try:
            found = json.loads(response.content) if response.content else None
        except ValueError:
            text = response.content[:SHOWN].decode("utf-8", "replace")
            kind = "status" if status == 429 or status >= 500 else "not json"
            return Failure(kind, place, status, headers, None, text)  # type: ignore[arg-type]
    if status >= 400:
        return Failure("status", place, status, headers, found)
    if found is None and method != "HEAD" and status != 204:
        return Failure("not json", place, status, headers, None, "an empty body")
    return Reply(status, headers, found)


def _tries(failure: Failure) -> int:
    """Return how often a call that fails so is made: a wrong key stays wrong."""
    if failure.kind == "no connection":
        return 1 if "certificate" in failure.text.lower() else TRIES
    if failure.kind == "status":
        return TRIES if failure.status >= 500 or failure.status == 408 else 1
    if failure.kind == "not json":
        page = failure.text.lstrip().lower().startswith(("<!doctype", "<html"))
        return 1 if page else MALFORMED_TRIES
    return 1


def _code(error: Mapping[str, Any]) -> str:
    return str((error.get("extensions") or {}).get("code") or "")


def _path(address: str) -> str:
    return urlsplit(address).path or "/"


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _same_place(response: httpx.Response, url: str) -> str | None:
    """Return where a redirect goes on, if it stays with the host it was asked of."""
    if response.status_code not in (301, 302, 307, 308):
        return None
    target = response.headers.get("location", "")
    full = str(httpx.URL(url).join(target)) if target else ""
    return full if full and _origin(full) == _origin(url) else None


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Return the headers without those of an encoding that has been undone."""
    gone = ("content-encoding", "content-length", "transfer-encoding")
    return {name: value for name, value in headers.items() if name.lower() not in gone}


def _unreachable(url: str, error: Exception) -> Failure:
    return Failure("no connection", _path(url), text=failures.words(error))
