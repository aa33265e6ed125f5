"""Calls over the web for connectors: credentials, pace, retries, clean errors.

Nothing that is raised or reported here holds a query string, a body or a credential.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from journey.connector import Access, Failure, JourneyError, Pause, Problem, Reply
from journey.documents import parsed
from journey.sources import bodies, failures, secrecy, waits
from journey.sources.connection import Answer, Connection
from journey.sources.failures import problem_of, too_busy

TRIES = 5
"""Calls in all where a server fails or cannot be reached."""
MALFORMED_TRIES = 3
"""Calls in all where a body is cut off or is no JSON."""
SHOWN = 200
"""Characters of a body that is not JSON which an explanation may look at."""
PORTS = {"http": 80, "https": 443}
THROTTLES = 12
"""Waits for a GraphQL budget to fill, in one call."""
SAME = 200
"""The same answer to a path so often in a row: the pages of a list do not move."""
EMPTY = 1_000
"""Bytes of an answer that may hold no rows, and come alike for many stretches."""

Explain = Callable[[Failure], Problem | None]
Report = Callable[[str], None]


STOP = threading.Event()
"""Set when the person at the keyboard stops a sync."""


def pause(seconds: float) -> None:
    """Wait; raise KeyboardInterrupt when the sync is stopped meanwhile."""
    if waits.happens(STOP, seconds):
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
        self._secrets = secrecy.secrets_in(access)
        self._last: dict[str, bodies.Seen] = {}
        """Path, and call in full -> its last answer."""
        self.patience = TRIES
        """Calls in all where nothing answers at the address."""
        self.server_ahead: dt.timedelta | None = None
        """How far the clock of the server is ahead of this machine's."""
        failures.check_address(source, access.url)
        for library in ("httpx", "httpcore"):  # their notes hold addresses in full
            logging.getLogger(library).setLevel(logging.WARNING)
        self._connection = Connection(source, access)

    def close(self) -> None:
        self._connection.close()

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
        of: type | None = None,
    ) -> Reply:
        return self._call("GET", path, params=params, headers=headers, of=of)

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
            if (
                not errors
                and isinstance(answer, dict)
                and isinstance(answer.get("data"), dict)
            ):
                extensions = answer.get("extensions") or {}
                return {**answer["data"], "extensions": extensions}
            given = errors if isinstance(errors, list) else ()
            codes = {_code(error) for error in given if isinstance(error, dict)}
            if "THROTTLED" in codes:
                self._wait(waits.refill(answer), "its budget of calls is used up")
            elif "INTERNAL_SERVER_ERROR" in codes and attempt < TRIES:
                self._wait(waits.backoff(attempt), "its server failed")
            else:
                raise self._failed(Failure("graphql", _path(path), 200, {}, errors))
        raise Pause(too_busy(self._where(path)))

    def wait(self, seconds: float, why: str) -> None:
        self._last.clear()  # the same question is asked again on purpose
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
            if outcome.status == 429 or waits.asked(outcome) > waits.MOST:
                self._hold(outcome, tried)
            elif tried < self._tries(outcome):
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
                answer = self._send(method, url, params, given)
                step = _same_place(answer, url)
                if step is None:
                    break
                url, params = step, {}
        except bodies.TooLarge:
            raise JourneyError(
                failures.too_large(self._where(url), bodies.LARGEST)
            ) from None
        except (httpx.RemoteProtocolError, httpx.DecodingError) as error:
            cut = "complete message body" in str(error) or "chunked" in str(error)
            cut = cut or isinstance(error, httpx.DecodingError)
            kind = "not json" if cut else "no connection"
            return Failure(kind, _path(path), text=failures.words(error))  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            return replace(_unreachable(url, error), path=_path(path))
        self._set_clock(answer.headers.get("date"))
        outcome = _outcome(method, path, answer, given.get("of"))
        if isinstance(outcome, Reply) and answer.content:
            self._watch(path, repr((method, path, params, given)), answer.content)
        return outcome

    def _watch(self, path: str, call: str, content: bytes) -> None:
        """Raise JourneyError where a list gives one page, or a ring of them, for ever."""
        most = SAME if len(content) > EMPTY else 5 * SAME
        for asked, limit in ((_path(path), most), (f"{hash(call)}", 5 * SAME)):
            seen = self._last.setdefault(asked, bodies.Seen())
            if seen.again(content) >= limit:
                raise JourneyError(failures.same_page(self._where(path), seen.times))

    def _send(
        self, method: str, url: str, params: Mapping[str, Any], given: Mapping[str, Any]
    ) -> Answer:
        headers = given.get("headers")
        self._secrets |= secrecy.secrets_of_headers((headers or {}).values())
        if params:  # an address that is put together at once is taken apart only once
            url = f"{url.partition('?')[0]}?{httpx.QueryParams(params)}"
        return self._connection.send(method, url, headers, given.get("json"))

    def _url(self, path: str) -> str:
        """Return the full address; credentials go nowhere but to the source's host."""
        if path.startswith(("http://", "https://")):
            origin = _origin(path)
            if origin is None or origin != _origin(self._access.url):
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
                failure = Failure("status", _path(url), response.status_code)
                raise self._failed(failure)
            skip, rest = at - bodies.begins_at(response, at), b""
            for part in response.iter_raw(2**16):
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
            problem = self._explain(failure) or too_busy(
                self._where(failure.path), asked, failure.status
            )
            raise Pause(self._clean(problem))
        self._wait(asked or waits.backoff(tried + 1), "it asks for fewer calls")

    def _wait(self, seconds: float, why: str) -> None:
        if seconds >= 5:
            self._report(f"{self._source}: waiting {seconds:.0f} s, {why}")
        pause(seconds)

    def _set_clock(self, date: str | None) -> None:
        if self.server_ahead is None and date:
            try:
                told = email.utils.parsedate_to_datetime(date)
                if told.tzinfo is not None:
                    self.server_ahead = told - dt.datetime.now(dt.UTC)
            except (ValueError, TypeError, IndexError, OverflowError):
                return

    def _tries(self, failure: Failure) -> int:
        most = self.patience if failure.kind == "no connection" else TRIES
        return min(most, _tries(failure))

    # --------------------------------------------------------------- the errors

    def _failed(self, failure: Failure) -> JourneyError:
        where = self._where(failure.path)
        problem = self._explain(failure) or problem_of(failure, where, self._access.url)
        return JourneyError(self._clean(problem))

    def _where(self, path: str) -> str:
        return f"source {self._source}, {_path(path)}"

    def _clean(self, problem: Problem) -> Problem:
        """Take every credential out of an error, whatever a server has echoed."""
        return secrecy.without(problem, self._secrets)


def _outcome(method: str, path: str, answer: Answer, of: type | None) -> Reply | Failure:
    """Return the reply, or what kind of failure it is."""
    place, status, headers = _path(path), answer.status, answer.headers
    if 300 <= status < 400:
        return Failure("redirect", place, status, headers)
    if method == "HEAD":
        found = None
    else:
        try:
            found = parsed(answer.content, of) if answer.content else None
        except ValueError:
            text = answer.content[:SHOWN].decode("utf-8", "replace")
            kind = "status" if status == 429 or status >= 500 else "not json"
            return Failure(kind, place, status, headers, None, text)  # type: ignore[arg-type]
    if status >= 400:
        return Failure("status", place, status, headers, found)
    if found is None and method != "HEAD" and status != 204:
        return Failure("not json", place, status, headers, None, "an empty body")
    return Reply(status, headers, found, answer.content)


def _tries(failure: Failure) -> int:
    """Return how often a call that fails so is made: a wrong key stays wrong."""
    if failure.kind == "no connection":
        return 1 if failure.text in failures.SETTLED else TRIES
    if failure.kind == "status":
        return TRIES if failure.status >= 500 or failure.status == 408 else 1
    if failure.kind == "not json":
        page = failure.text.lstrip().lower().startswith(("<!doctype", "<html"))
        return 1 if page else MALFORMED_TRIES
    return 1


def _code(error: Mapping[str, Any]) -> str:
    extensions = error.get("extensions")
    return str(extensions.get("code") or "") if isinstance(extensions, dict) else ""


def _path(address: str) -> str:
    try:
        return urlsplit(address).path or "/"
    except ValueError:
        return "/"


def _origin(address: str) -> tuple[str, bytes, int | None] | None:
    """Return scheme, host and port as they would be called; None: not to be called.

    The library that calls reads the address, so that no two readings of it differ.
    """
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError):
        return None
    if url.userinfo or not url.host:
        return None
    return url.scheme, url.raw_host, url.port or PORTS.get(url.scheme)


def _same_place(answer: Answer, url: str) -> str | None:
    """Return where a redirect goes on, if it stays with the host it was asked of."""
    target = answer.headers.get("location", "")
    if answer.status not in (301, 302, 307, 308) or not target:
        return None
    try:
        full = str(httpx.URL(url).join(target))
    except (httpx.InvalidURL, ValueError):
        return None
    return full if _origin(full) == _origin(url) else None


def _unreachable(url: str, error: Exception) -> Failure:
    return Failure("no connection", _path(url), text=failures.words(error))
