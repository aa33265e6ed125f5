"""How calls prove who makes them: user and password, or OAuth 1.0a signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.oauth1 import SIGNATURE_TYPE_QUERY, ClientAuth
from authlib.oauth1.rfc5849.signature import generate_signature_base_string
from authlib.oauth1.rfc5849.util import escape

from journey.connector import Access, JourneyError, Problem

HERE = ("localhost", "127.0.0.1", "::1")
SHA256 = "HMAC-SHA256"


def auth_of(source: str, access: Access) -> httpx.Auth | None:
    """Return what signs each call; None where headers do, or nothing.

    Raises JourneyError where a password would travel in the clear.
    """
    if access.oauth1:
        return _Signed(*access.oauth1)
    parts = urlsplit(access.url)
    private = access.basic or access.headers
    if private and parts.scheme != "https" and parts.hostname not in HERE:
        raise JourneyError(
            Problem(
                f"source {source}", f"an address that begins with {parts.scheme}:",
                "https, because the credentials would travel in the clear",
                "write the address with https:// in journey.toml",
            )
        )  # fmt: skip
    return httpx.BasicAuth(*access.basic) if access.basic else None


class _Signed(httpx.Auth):
    """Signs every call anew: a nonce works once, so a retry needs another."""

    def __init__(self, key: str, secret: str) -> None:
        self._client = ClientAuth(
            key, secret, signature_method=SHA256, signature_type=SIGNATURE_TYPE_QUERY
        )

    def auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        url, _, _ = self._client.prepare(request.method, str(request.url), {}, b"")
        request.url = httpx.URL(url)
        yield request


def _sign_sha256(client: ClientAuth, request: Any) -> str:
    key = f"{escape(client.client_secret or '')}&{escape(client.token_secret or '')}"
    text = generate_signature_base_string(request)
    made = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(made).decode()


ClientAuth.register_signature_method(SHA256, _sign_sha256)
