"""Who reaches the server, and the way back after the sign-in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import streamlit as st
from streamlit.runtime.secrets import Secrets
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from journey import audit, signed_out
from journey.access import sign_in_id
from journey.home import Home
from journey.ui import doorway
from journey.ui.doorway import Doorway, is_foreign, way_back

from .provider import SECRET

ADDRESS = "https://dashboard.example/oauth2callback"
USER = {"is_logged_in": True, "sub": "1", "iss": "x", "email": "lead@shop.example"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    return Home(tmp_path)


@pytest.fixture
def asks(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose app has a sign-in."""
    secrets = Secrets()
    secrets._secrets = {"auth": {"cookie_secret": SECRET, "redirect_uri": ADDRESS}}
    monkeypatch.setattr(st, "secrets", secrets)
    for module in ("auth_util", "web.server.server_util"):
        monkeypatch.setattr(f"streamlit.{module}.secrets_singleton", secrets)
    return home


def scope(path: str = "/", headers: Mapping[str, str] | None = None,
          **more: Any) -> dict[str, Any]:  # fmt: skip
    sent = {"host": "localhost:8501", **(headers or {})}
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    parts = urlsplit(path)
    return {
        "type": "http", "method": "GET", "path": parts.path, "headers": pairs,
        "query_string": parts.query.encode(), "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8501), "scheme": "http", **more,
    }  # fmt: skip


def ask(asked: dict[str, Any], answer: Mapping[str, str] | None = None) -> Any:
    """Send a request through the doorway; return the request as the app saw it (None
    where it never came), status and headers of the answer."""
    seen: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        pairs = [(k.encode(), v.encode()) for k, v in (answer or {}).items()]
        status = 302 if answer else 200
        await send({"type": "http.response.start", "status": status, "headers": pairs})

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Doorway(app)(asked, receive, send))  # type: ignore[arg-type]
    pairs = [(k.decode(), v.decode()) for k, v in sent[0].get("headers", [])]
    return (seen[0] if seen else None), sent[0].get("status"), pairs


def cookie(claims: Mapping[str, Any], secret: str = SECRET) -> str:
    value = json.dumps({**claims, "origin": "https://dashboard.example"})
    return (
        "_streamlit_user=" + create_signed_value(secret, "_streamlit_user", value).decode()
    )


# ------------------------------------------------------------------ without a sign-in


@pytest.mark.parametrize(
    "asked",
    [
        scope(headers={"host": "dashboard.example"}),
        scope(headers={"host": "10.0.0.7:8501"}),
        scope(headers={"host": "[2001:db8::1]:8501"}),
        scope(headers={"host": "localhost.evil.example"}),
        scope(headers={"host": "127.0.0.1.evil.example"}),
        scope(headers={"host": "[::1"}),
        scope(headers={"x-forwarded-for": "203.0.113.9"}),
        scope(headers={"x-forwarded-for": "127.0.0.1, 203.0.113.9"}),
        scope(headers={"x-forwarded-host": "dashboard.example"}),
        scope(headers={"x-real-ip": "203.0.113.9"}),
        scope(headers={"forwarded": "for=203.0.113.9"}),
        scope(client=("192.168.1.9", 5)),
        scope(server=("192.168.1.2", 8501)),
    ],
)
def test_without_a_sign_in_nobody_from_elsewhere_gets_in(
    home: Home, asked: dict[str, Any]
) -> None:
    assert is_foreign(asked)
    seen, status, _ = ask(asked)
    assert seen is None and status == 403
    socket = {**asked, "type": "websocket", "path": "/_stcore/stream"}
    assert ask(socket)[0] is None
    (home.root / "journey.toml").write_text("public = true\n")
    doorway.data.kept.disk.cache.clear()
    assert ask(asked)[0] is not None


@pytest.mark.parametrize(
    "headers",
    [{}, {"host": "127.0.0.1:8501"}, {"host": "[::1]:8501"}, {"host": "backend"},
     {"host": "journey.localhost:8501"}, {"x-forwarded-for": "127.0.0.1"}],
)  # fmt: skip
@pytest.mark.usefixtures("home")
def test_without_a_sign_in_this_machine_gets_in(headers: dict[str, str]) -> None:
    assert ask(scope(headers=headers))[0] is not None


@pytest.mark.usefixtures("home")
def test_the_health_check_answers_everybody() -> None:
    assert ask(scope("/_stcore/health", {"host": "10.0.0.7"}))[0] is not None


# ------------------------------------------------------------------ with one


@pytest.mark.parametrize(
    "path", ["/media/abc.csv", "/_stcore/upload_file/1/2", "/_stcore/metrics",
             "/_stcore/agent/interact"]
)  # fmt: skip
def test_files_need_a_sign_in_that_counts(asks: Home, path: str) -> None:
    good = USER | {"iat": time.time()}
    for refused in (
        "", "_streamlit_user=forged", cookie(good, "another secret of 32 letters"),
        cookie(good)[:-3] + "xyz", cookie(USER | {"iat": time.time() - 1e6}), cookie(USER),
    ):  # fmt: skip
        assert ask(scope(path, {"cookie": refused}))[1] == 403
    assert ask(scope(path, {"cookie": cookie(good)}))[0] is not None
    signed_out.end(asks, sign_in_id(good))
    assert ask(scope(path, {"cookie": cookie(good)}))[1] == 403


def test_a_sign_out_ends_the_sign_in_wherever_its_cookie_went(asks: Home) -> None:
    good = USER | {"iat": time.time(), "sub": "2"}
    elsewhere = {"cookie": cookie(good), "sec-fetch-site": "cross-site"}
    assert ask(scope("/auth/logout", elsewhere))[0] is None
    assert sign_in_id(good) not in signed_out.known(asks)
    ask(scope("/auth/logout", {"cookie": cookie(good)}))
    assert sign_in_id(good) in signed_out.known(asks)
    audit.settle()
    (line,) = audit.read(asks)
    assert (line["action"], line["who"]) == ("sign out", "lead@shop.example")


def begin(page: str, state: str, cookies: str = "") -> dict[str, str]:
    """Begin a sign-in on a page; return the cookies that the browser is given."""
    referer = {"referer": f"https://dashboard.example{page}", "cookie": cookies}
    answer = {
        "location": f"https://id.example/authorize?state={state}",
        "set-cookie": f"_streamlit_session={state}; path=/",
    }
    _, _, headers = ask(scope("/auth/login?provider=t", referer), answer)
    given = [value for name, value in headers if name == "set-cookie"][1:]
    assert all("HttpOnly" in one and "SameSite=Lax" in one and "Secure" in one
               for one in given)  # fmt: skip
    return dict(one.partition(";")[0].split("=", 1) for one in given)


def end(state: str, cookies: Mapping[str, str]) -> tuple[dict[str, Any], str, list[str]]:
    """Come back from the provider; return the request the app saw, the address that the
    browser is sent to and the cookies it drops."""
    header = {"cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    seen, _, headers = ask(scope(f"/oauth2callback?code=c&state={state}", header),
                           {"location": "/"})  # fmt: skip
    dropped = [value for name, value in headers if "Max-Age=0" in value]
    return seen, dict(headers)["location"], dropped


@pytest.mark.usefixtures("asks")
def test_the_page_and_its_filters_survive_and_the_cookies_go() -> None:
    cookies = begin("/conversion?device=mobile&device=tablet&embed=true", "s1")
    _, location, dropped = end("s1", cookies)
    assert location == "/conversion?device=mobile&device=tablet&embed=true"
    assert len(dropped) == len(cookies) == 2
    assert end("s1", {})[1] == "/"
    assert end("s2", cookies)[1] == "/", "of another sign-in"
    forged = {name: value[:-2] + "zz" for name, value in cookies.items()}
    assert end("s1", forged)[1] == "/"


@pytest.mark.usefixtures("asks")
def test_two_tabs_sign_in_side_by_side() -> None:
    first = begin("/support", "s1")
    second = begin("/retention", "s2", "; ".join(f"{k}={v}" for k, v in first.items()))
    both = {**first, **second, "_streamlit_session": "s2"}
    seen, location, _ = end("s1", both)
    assert location == "/support"
    assert b"_streamlit_session=s1" in dict(seen["headers"])[b"cookie"]
    assert end("s2", both)[1] == "/retention"


@pytest.mark.usefixtures("asks")
def test_a_browser_keeps_few_of_them() -> None:
    cookies: dict[str, str] = {}
    for number in range(9):
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
        cookies |= begin("/support", f"s{number}", sent)
        cookies = {name: value for name, value in cookies.items() if value}
    assert len(cookies) == 2 * doorway.SIDE_BY_SIDE


@pytest.mark.parametrize(
    ("url", "back"),
    [
        ("https://dashboard.example/", "/"),
        ("/conversion", "/conversion"),
        ("/conversion/?device=mobile", "/conversion?device=mobile"),
        ("/?days=90&evil=1&utm_source=x", "/?days=90"),
        ("https://dashboard.example//evil.example/", ""),
        ("https://dashboard.example//evil.example", ""),
        ("/\\evil.example", ""),
        ("//evil.example", "/"),
        ("javascript:alert(1)", ""),
        ("/conversion/../../evil", ""),
        ("/conversion%2f..", ""),
        ("/media/abc", ""),
        ("/support?device=a%0d%0aSet-Cookie:x", "/support"),
        ("/support?device=a%00", "/support"),
        ("/support?measure=x", "/support?measure=x"),
        ("/data?measure=x", "/data"),
        ("https://[::1", ""),
        ("", "/"),
    ],
)
def test_the_way_back_is_a_page_of_this_app_and_nothing_else(url: str, back: str) -> None:
    assert way_back(url) == back


def test_the_way_back_is_bounded() -> None:
    long = "&".join(f"campaign=name{number}" for number in range(5000))
    assert len(way_back(f"/awareness?device=mobile&{long}")) < 2100
    assert way_back(f"/awareness?campaign={'x' * 5000}&device=mobile").startswith(
        "/awareness"
    )
