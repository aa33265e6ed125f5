"""How many open pages one address may have, so that nobody keeps all others out.

A page needs a socket before anybody has signed in, and each takes memory.
"""

from __future__ import annotations

import logging
from collections import Counter

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

LOG = logging.getLogger(__name__)
READER = 200
"""Open sockets of one reader, as the proxy before the app names them: an office behind
one address has as many pages."""
PEER = 1000
"""Open sockets of one machine that connects, which may be a proxy: more than one process
answers, and the names that a reader can make up for themselves end here."""
TRY_AGAIN = 1013


class Crowd:
    """Middleware: turns one more socket of a crowded address away before it opens."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.open: Counter[tuple[str, ...]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        peer, reader = _who(scope)
        if self.open[reader] >= READER or self.open[peer] >= PEER:
            await send({"type": "websocket.close", "code": TRY_AGAIN})
            return
        self.open.update((peer, reader))
        if self.open[reader] == READER or self.open[peer] == PEER:  # not one line each
            LOG.warning("%s has as many pages open as one may", reader[-1])
        try:
            await self.app(scope, receive, send)
        finally:
            self.open.subtract((peer, reader))
            self.open += Counter()  # forgets who has none open


def _who(scope: Scope) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the machine that connects, and the reader it says it speaks for: the last
    name is the one that the nearest proxy saw itself."""
    peer = str((scope.get("client") or ("",))[0])
    told = Headers(scope=scope).getlist("x-forwarded-for")
    named = told[-1].rpartition(",")[2].strip()[:45] if told else ""
    return (peer,), (peer, named or peer)
