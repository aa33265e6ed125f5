"""Bodies of answers: bounded in size and time however they are packed, strict JSON."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

LARGEST = 256 * 2**20
"""Bytes of one answer, unpacked; more would be no page of an API."""
LONGEST = 300.0
"""Seconds for one answer, however steadily it trickles in."""
PACKED = "gzip, deflate"
"""What a source may pack its answers with."""
STEP = 2**20
"""Bytes that are unpacked at a time: a small packet may hold a thousand times as much."""
EDGE = 4_096
"""Bytes at each end of a body that tell most pages from the page before."""

LONE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""Half of a character, as a text cut by bytes ends; no database takes it."""


class TooLarge(Exception):
    """The answer has more than LARGEST bytes."""


def content_of(response: httpx.Response) -> bytes:
    """Return the whole body, unpacked.

    Raises TooLarge, httpx.ReadTimeout for one that does not come to its end, and
    httpx.DecodingError for one that is packed in another way or cut off.
    """
    until = time.monotonic() + LONGEST
    parts, size = [], 0
    for part in _unpacked(response):
        size += len(part)
        if size > LARGEST:
            raise TooLarge
        if time.monotonic() > until:
            raise httpx.ReadTimeout("an answer without an end")
        parts.append(part)
    return b"".join(parts)


def _unpacked(response: httpx.Response) -> Iterator[bytes]:
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing in ("", "identity", "none", "utf-8"):
        yield from response.iter_raw()
    elif packing in ("gzip", "x-gzip", "deflate"):
        yield from _inflated(response)
    else:
        raise httpx.DecodingError("packed in a way that was not asked for")


def _inflated(response: httpx.Response) -> Iterator[bytes]:
    undo, begun = zlib.decompressobj(zlib.MAX_WBITS | 32), False
    for part in response.iter_raw():
        while part:
            try:
                piece = undo.decompress(part, STEP)
            except zlib.error as error:
                if begun:
                    raise httpx.DecodingError(str(error)) from None
                undo, begun = zlib.decompressobj(-zlib.MAX_WBITS), True
                continue  # some servers send "deflate" without its head
            part, begun = undo.unconsumed_tail, True
            yield piece
    if begun:
        yield undo.flush()
        if not undo.eof:
            raise httpx.DecodingError("cut off")


def begins_at(response: httpx.Response, asked: int) -> int:
    """Return the byte of the file that an answer begins with.

    Raises httpx.RemoteProtocolError where bytes between it and the asked one are missing.
    """
    if response.status_code != 206:
        return 0
    told = re.match(r"bytes (\d+)-", response.headers.get("content-range", ""))
    start = int(told[1]) if told else asked
    if start > asked:
        raise httpx.RemoteProtocolError("a later part than was asked for")
    return start


@dataclass(slots=True)
class Seen:
    """The last body that came for one question."""

    times: int = 0
    """How often in a row it came."""
    _edges: int = 0
    _digest: bytes | None = None

    def again(self, content: bytes) -> int:
        """Return how often in a row this body came by now."""
        edges, digest = hash((len(content), content[:EDGE], content[-EDGE:])), None
        same = edges == self._edges
        if same:  # the whole is looked at only where its ends are the same
            digest = hashlib.sha256(content).digest()
            same = self._digest in (None, digest)
        self._edges, self._digest = edges, digest
        self.times = self.times + 1 if same else 1
        return self.times


def json_of(content: bytes, of: type | None = None) -> Any:
    """Return what the body says; ValueError where it is no JSON.

    With `of`, the things of a list come as that type; one that does not fit stays as it
    is. Bytes that are no text and halves of characters become U+FFFD: one spoilt title
    must not keep a page from being read.
    """
    with contextlib.suppress(ValueError, RecursionError):
        return _decoder(of).decode(content)
    found = _plain(content)
    if of is None or not isinstance(found, list):
        return found
    return [_fitted(thing, of) for thing in found]


@functools.cache
def _decoder(of: type | None) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Any if of is None else list[of])  # type: ignore[valid-type]


def _plain(content: bytes) -> Any:
    with contextlib.suppress(ValueError, RecursionError):
        return _decoder(None).decode(content)
    if b"\\ud" in content or b"\\uD" in content:
        content = LONE.sub(rb"\\ufffd", content)
    text = content.decode(json.detect_encoding(content), "replace")
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _fitted(thing: Any, of: type) -> Any:
    """Return the thing as that type; what is empty in it counts as not given."""
    for given in (thing, _without_empty(thing)):
        with contextlib.suppress(msgspec.ValidationError):
            return msgspec.convert(given, of, strict=False)
    return thing


def _without_empty(thing: Any) -> Any:
    """Return the thing as its vendor means it.

    PHP writes an empty list for an empty object, false for what is not there, and an
    object of numbers for a list out of which something was taken.
    """
    if isinstance(thing, dict) and thing and all(map(str.isdigit, thing)):
        thing = list(thing.values())
    if isinstance(thing, dict):
        return {k: _without_empty(v) for k, v in thing.items() if _told(v)}
    return [_without_empty(item) for item in thing] if isinstance(thing, list) else thing


def _told(value: Any) -> bool:
    return bool(value) or (value == 0 and value is not False)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
