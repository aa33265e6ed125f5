"""Links that are longer than Streamlit reads: it would take them for ones without any
parameters, and leave them in the browser."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.state.query_params import sanitize_query_string

KEY = "too_long"
"""Name in the address of what is left of such a link."""


class Shorter:
    """Middleware: lead a link that is too long to the page alone, which tells it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        if scope["type"] != "http" or not query or sanitize_query_string(query):
            await self.app(scope, receive, send)
            return
        # More than one slash at the beginning would be another host.
        path = quote(scope["path"].lstrip("/\\"))
        await RedirectResponse(f"/{path}?{KEY}=yes", 303)(scope, receive, send)
