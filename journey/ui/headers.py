"""What every answer of the server tells the browser to refuse.

Pure ASGI: nothing of a page is read or changed, only the head of each answer.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

LOG = logging.getLogger(__name__)
SHELL = Path(streamlit.__file__).parent / "static" / "index.html"
"""The one HTML page; Streamlit fills it from JavaScript."""
KEPT = "/app/static/"
"""Fonts and icons of the app, which the browser may keep."""
FILES = ("/media/", KEPT, "/api/")
"""Paths whose answers are files: opened alone, they must not run anything."""
HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:]+\](:\d{1,5})?")
SITE = re.compile(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?")
YEAR = 365 * 24 * 60 * 60
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # An address may hold the token of a share link: no other host is told it.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "camera", "display-capture", "geolocation", "gyroscope",
            "magnetometer", "microphone", "midi", "payment", "usb",
        )
    ),
}  # fmt: skip
FILE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
)


class Headers:
    """Middleware: security headers on every answer, `Secure` on every cookie of https."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(scope=message), scope)
            await send(message)

        await self.app(scope, receive, told)


def _complete(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in ALWAYS.items():
        headers[name] = value
    asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
    path = scope["path"].removeprefix(base_path())
    if path.startswith(FILES):
        headers["Content-Security-Policy"] = FILE_POLICY
    elif headers.get("content-type", "").startswith("text/html"):
        headers["Content-Security-Policy"] = page_policy(asked.get(b"host", ""), frames())
        if not frames():
            headers["X-Frame-Options"] = "SAMEORIGIN"
    # Exports and figures stay out of every cache; the fonts of the app may be kept.
    if path.startswith(FILES) and not path.startswith(KEPT):
        headers["Cache-Control"] = "private, no-store"
    if _is_https(scope, asked):
        headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        _secure(headers)


@cache
def base_path() -> str:
    """Return "/shop" where the app lies below an address of its own, else nothing."""
    given = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{given}" if given else ""


def page_policy(host: str, embedders: Sequence[str]) -> str:
    """Return the Content-Security-Policy of the page.

    Streamlit writes styles into the page as it draws, runs the code of components from
    addresses it makes itself (blob:) and its messages through WebAssembly. Its sockets
    are named beside 'self', which older Safari does not take for them. Nothing comes
    from another host.
    """
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob: 'wasm-unsafe-eval' {' '.join(inline_scripts())}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "worker-src 'self' blob:",
            "media-src 'self'",
            "manifest-src 'self'",
            "frame-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            " ".join(("frame-ancestors 'self'", *embedders)),
        )
    )


@cache
def inline_scripts() -> tuple[str, ...]:
    """Return the hash of each script that stands in Streamlit's own page."""
    found = re.findall(r"<script>(.*?)</script>", SHELL.read_text("utf-8"), re.DOTALL)
    return tuple(_hash(script) for script in found)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@cache
def frames() -> tuple[str, ...]:
    """Return the sites of JOURNEY_EMBED_IN, whose pages may show the app in a frame.

    One that is no plain https address is told in the log and left out.
    """
    sites = os.environ.get("JOURNEY_EMBED_IN", "").lower().split()
    for site in sites:
        if not SITE.fullmatch(site):
            LOG.warning("JOURNEY_EMBED_IN: %r is not like https://intranet.example", site)
    return tuple(site for site in sites if SITE.fullmatch(site))


def _is_https(scope: Scope, asked: dict[bytes, str]) -> bool:
    """Whether the reader speaks https, to us or to a proxy before us.

    Who lies about it in a header only makes the answer to themselves stricter.
    """
    return "https" in (scope["scheme"], asked.get(b"x-forwarded-proto", ""))


def _secure(headers: MutableHeaders) -> None:
    cookies: Iterable[str] = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        is_secure = "secure" in (part.strip().lower() for part in cookie.split(";"))
        headers.append("set-cookie", cookie if is_secure else f"{cookie}; Secure")
