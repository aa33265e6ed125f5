"""Bodies of answers: bounded in size and time however they are packed."""

from __future__ import annotations

import hashlib
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

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
