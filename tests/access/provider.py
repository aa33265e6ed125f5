"""A provider of sign-ins for tests: OpenID Connect, with accounts as a test needs them."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "journey-app"
KEY = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """A provider that runs; its sign-in page offers a link for each account."""

    url: str = ""
    accounts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What is read on the link -> claims of the account."""
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Code -> account and nonce of a sign-in that is under way."""
    age: float = 0.0
    """Seconds ago at which it says a sign-in began."""

    def block(self, app: str, name: str = "") -> str:
        """Return the block [auth] for an app at this address."""
        shared = f'redirect_uri = "{app}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
        own = (
            f'client_id = "{CLIENT}"\nclient_secret = "kept by both"\n'
            f'server_metadata_url = "{self.url}/.well-known/openid-configuration"\n'
        )
        return f"[auth]\n{shared}" + (f"\n[auth.{name}]\n{own}" if name else own)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }  # fmt: skip

    def page(self, asked: Mapping[str, str]) -> str:
        """Return the sign-in page: a link for each account, and one to give up."""
        links = []
        for account in self.accounts:
            code = secrets.token_urlsafe()
            self.codes[code] = account, asked.get("nonce", "")
            links.append((account, {"code": code, "state": asked["state"]}))
        links.append(("Give up", {"error": "access_denied", "state": asked["state"]}))
        back = asked["redirect_uri"]
        return "".join(f'<p><a href="{back}?{urlencode(q)}">{a}</a></p>' for a, q in links)

    def token(self, code: str) -> dict[str, Any]:
        account, nonce = self.codes.pop(code)
        now = int(time.time() - self.age)
        claims = {
            "iss": self.url, "aud": CLIENT, "sub": account, "iat": now, "nonce": nonce,
            "exp": int(time.time()) + 600, **self.accounts[account],
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "test"}, claims, KEY)
        return {"access_token": "none", "token_type": "Bearer", "id_token": signed}


SECRET = "5c1f0b6e9d2a47338e04c7b1a9f6d582"
"""A cookie_secret like one that somebody made for the purpose."""


@contextlib.contextmanager
def running(accounts: Mapping[str, Mapping[str, Any]]) -> Iterator[Provider]:
    """A provider with these accounts, at an address of this machine."""
    provider = Provider(accounts=dict(accounts))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.answer("text/html", provider.page(asked))
            elif parts.path == "/jwks":
                keys = {"keys": [KEY.as_dict(private=False)]}
                self.answer("application/json", json.dumps(keys))
            else:
                self.answer("application/json", json.dumps(provider.metadata()))

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            code = parse_qs(text)["code"][0]
            self.answer("application/json", json.dumps(provider.token(code)))

        def answer(self, kind: str, text: str) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
