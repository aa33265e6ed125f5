"""The connection to a source: sends a call as it is, and receives its whole answer.

Calls go straight to the transport of httpx. Its client would follow redirects, undo
packing and keep cookies in its own way, and make a call cost a quarter more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx

from journey.connector import Access
from journey.sources import bodies, signing


@dataclass(frozen=True)
class Answer:
    """What came back for one call, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes
    """The whole body, unpacked."""


class Connection:
    """Keeps connections to the host of a source open between calls."""

    def __init__(self, source: str, access: Access) -> None:
        self._auth = signing.auth_of(source, access)
        self._headers = httpx.Headers(
            {"Accept": "application/json", "Accept-Encoding": bodies.PACKED,
             "Connection": "keep-alive", "User-Agent": f"python-httpx/{httpx.__version__}",
             **access.headers}
        )  # fmt: skip
        timeout = httpx.Timeout(access.timeout, connect=min(access.timeout, 15.0))
        self._extensions = {"timeout": timeout.as_dict()}
        self._cookies = httpx.Cookies()
        self._transport = httpx.HTTPTransport(proxy=_proxy_for(httpx.URL(access.url)))

    def close(self) -> None:
        self._transport.close()

    def send(
        self, method: str, url: str, headers: Mapping[str, str] | None, json: Any
    ) -> Answer:
        """Return the answer to one call; a redirect is not followed.

        Raises httpx.HTTPError where none comes, bodies.TooLarge for one that is no page.
        """
        request = self._request(method, url, headers, json)
        response = self._transport.handle_request(request)
        try:
            content = bodies.content_of(response)
        finally:
            response.close()
        if "set-cookie" in response.headers:
            response.request = request
            self._cookies.extract_cookies(response)
        return Answer(response.status_code, dict(response.headers.items()), content)

    def _request(
        self, method: str, url: str, headers: Mapping[str, str] | None, json: Any
    ) -> httpx.Request:
        given = self._headers
        if headers:
            given = given.copy()
            given.update(headers)
        request = httpx.Request(
            method, url, headers=given, json=json, extensions=self._extensions
        )
        if self._cookies:
            self._cookies.set_cookie_header(request)
        return next(self._auth.sync_auth_flow(request)) if self._auth else request


def _proxy_for(url: httpx.URL) -> str | None:
    """Return the proxy that the environment names for calls of this host."""
    if proxy_bypass(url.host):
        return None
    named = getproxies()
    proxy = named.get(url.scheme) or named.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"
