"""Before a page is drawn: who reaches the server at all, and the way back to a page
after the sign-in.

Streamlit's sign-in always ends at the first page, and one browser can have one under way.
The page and filters that somebody came for are kept in a signed cookie for some minutes,
and beside it what Streamlit knows of this sign-in: a pair for each that is under way.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import auth_util, config
from streamlit.web.server import server_util
from streamlit.web.server.starlette import starlette_app_utils
from streamlit.web.server.starlette.starlette_server_config import (
    SESSION_COOKIE_NAME,
    USER_COOKIE_NAME,
)

from journey import access, address, audit, data, shares, signed_out
from journey.problem import JourneyError
from journey.sign_in import is_own_machine
from journey.ui.navigation import ENTRIES

PAGE, FLOW = "journey_return_", "journey_sign_in_"
SALT = "journey.return"
MINUTES = 10
"""How long a sign-in may take."""
SIDE_BY_SIDE = 5
"""Sign-ins of one browser that may be under way at once."""
LONGEST = 2000
"""Characters of the filters that are kept; a cookie holds about 4,000."""
PAGES = frozenset(entry.url_path for entry in ENTRIES)
GUARDED = (
    "/media/", "/_stcore/upload_file", "/_stcore/metrics", "/_stcore/agent/",
    "/_stcore/script-health-check",
)  # fmt: skip
"""What is served beside the pages and may hold figures, or tells of visitors."""
HEALTH = "/_stcore/health"
FOREIGN = (
    "This app was started for its own machine: it has no sign-in, so that it answers "
    "nobody else.\nTo do: set up the sign-in as docs/signing-in.md shows, or write "
    "public = true at the top of journey.toml to show everything to everybody.\n"
)
CLOSED = "Sign in to fetch this.\n"


class Doorway:
    """Middleware: nobody from elsewhere without a sign-in, no files without one, and
    after it back to where somebody came from."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path = _path(scope)
        if not data.asks_for_sign_in():
            if path != HEALTH and is_foreign(scope) and not _is_public():
                await _refuse(FOREIGN, scope, receive, send)
                return
        elif path.startswith(GUARDED) and not _may_fetch(scope):
            await _refuse(CLOSED, scope, receive, send)
            return
        elif scope["type"] == "http" and path == "/auth/login":
            send = _remembering(scope, send)
        elif scope["type"] == "http" and path == "/oauth2callback":
            send = _returning(scope, send)
        elif scope["type"] == "http" and path == "/auth/logout":
            if _is_from_elsewhere(scope):
                await RedirectResponse(f"{_base()}/")(scope, receive, send)
                return
            _end(scope)
        await self.app(scope, receive, send)


# ------------------------------------------------------------------ who reaches it


def is_foreign(scope: Scope) -> bool:
    """Whether somebody comes from another machine, or through a proxy that answers under
    a name of its own: a page of another host could read an app that answers to it."""
    headers = Headers(scope=scope)
    ends = [scope.get(end) for end in ("client", "server")]
    if any(end and _is_remote(str(end[0])) for end in ends):
        return True
    host = _hostname(headers.get("host", ""))
    named = _hostname(headers.get("x-forwarded-host", ""))
    if _is_name_of_others(host) or _is_name_of_others(named):
        return True
    told = [*headers.getlist("x-forwarded-for"), *headers.getlist("x-real-ip")]
    if any(_is_remote(one.strip()) for text in told for one in text.split(",")):
        return True
    return "forwarded" in headers


def _is_name_of_others(host: str) -> bool:
    """Whether a host may be reached by others. Names without a dot are those that a proxy
    of this machine makes up; no foreign page can have one."""
    if host.endswith(".localhost") or not ("." in host or ":" in host):
        return False
    return not is_own_machine(host)


def _is_remote(text: str) -> bool:
    """Whether a text is an IP address, and not of this machine."""
    try:
        ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return not is_own_machine(text)


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return "not.a.host"


def _is_public() -> bool:
    try:
        return data.settings().public
    except JourneyError:
        return False


async def _refuse(text: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse(text, 403)(scope, receive, send)


def _is_from_elsewhere(scope: Scope) -> bool:
    """Whether a page of another site sends the reader here."""
    site = Headers(scope=scope).get("sec-fetch-site", "none")
    return site not in ("none", "same-origin")


# ------------------------------------------------------------------ who signed in


def user(scope: Scope) -> dict[str, Any]:
    """Return the claims of the sign-in whose cookie a request carries; none without."""
    cookies = _cookies(scope)
    secret = server_util.get_cookie_secret()

    def one(name: str) -> bytes | None:
        value = cookies.get(name, "").encode("latin-1", "replace")
        return starlette_app_utils.decode_signed_value(secret, name, value)

    try:
        found = json.loads(auth_util.get_cookie_with_chunks(one, USER_COOKIE_NAME) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _may_fetch(scope: Scope) -> bool:
    """Whether a request comes with a sign-in that counts, or from the page of a signed
    link that is open."""
    home, shown = data.home(), Headers(scope=scope).get("referer", "")
    tokens = [value for key, value in _pairs(_query(shown)) if key == "share"]
    try:
        settings, ended = data.settings(), signed_out.known(home)
        found = access.admission(user(scope), True, settings, ended, time.time())
        if found.reader == access.NOBODY and len(tokens) == 1:
            found = shares.admission(home, tokens[0], settings)
    except JourneyError:
        return False
    return found.reader != access.NOBODY


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def _end(scope: Scope) -> None:
    """Let the sign-in of a request never count again, wherever its cookie went."""
    found = user(scope)
    if found and not _has_ended(found):
        try:
            signed_out.end(data.home(), access.sign_in_id(found))
        except OSError:
            return  # this process keeps to it; the log of the disk tells the rest
        finally:
            _tell("sign out", found)


def _has_ended(found: Mapping[str, Any]) -> bool:
    try:
        return access.sign_in_id(found) in signed_out.known(data.home())
    except JourneyError:  # closed to the app, which lets nobody in then
        return False


def _tell(action: str, found: Mapping[str, Any]) -> None:
    who = access.named(found)
    audit.write_later(data.home(), audit.Entry(audit.now(), who, action, "", {}, "", 0))


# ------------------------------------------------------------------ the way back


def way_back(url: str) -> str:
    """Return path and query of a page of this app, of what a browser says it shows: known
    pages and parameters alone, "" for anything else. Never another host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = parts.path.removeprefix(_base()).strip("/")
    if path and path not in PAGES:
        return ""
    known = address.known(path or ENTRIES[0].url_path) | set(address.EMBED)
    kept: list[tuple[str, str]] = []
    for key, value in _pairs(parts.query):
        more = [*kept, (key, value)]
        if key in known and value.isprintable() and len(urlencode(more)) <= LONGEST:
            kept = more
    query = urlencode(kept)
    return f"/{path}{'?' if query else ''}{query}"


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query[: 4 * LONGEST], keep_blank_values=True, max_num_fields=500)
    except ValueError:
        return []


def _remembering(scope: Scope, send: Send) -> Send:
    """Return a `send` that keeps the page somebody came from while they sign in."""
    page = way_back(Headers(scope=scope).get("referer", ""))

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if state := _state(urlsplit(headers.get("location", "")).query):
                _forget_oldest(headers, scope)
                begun = _set_cookies(headers).get(SESSION_COOKIE_NAME, "")
                _set(headers, _name(FLOW, state), begun, MINUTES * 60)
                value = str(_signer().dumps([state, page]))
                _set(headers, _name(PAGE, state), value, MINUTES * 60)
        await send(message)

    return told


def _returning(scope: Scope, send: Send) -> Send:
    """Return a `send` that leads back to the page which was kept for this sign-in, and
    let Streamlit see this sign-in alone."""
    state = _state(scope["query_string"].decode("latin-1"))
    cookies = _cookies(scope)
    page = _kept(cookies, state)
    if begun := cookies.get(_name(FLOW, state)):
        cookies[SESSION_COOKIE_NAME] = begun
        rest = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
        scope["headers"] = [*rest, (b"cookie", _joined(cookies))]

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if page and headers.get("location") == f"{_base()}/":
                headers["location"] = f"{_base()}{page}"
            for kind in (PAGE, FLOW):
                if _name(kind, state) in cookies:
                    _drop(headers, _name(kind, state))
            if found := user({"headers": [(b"cookie", _joined(_set_cookies(headers)))]}):
                _tell("sign in", found)
        await send(message)

    return told


def _set_cookies(headers: Headers) -> dict[str, str]:
    """Return the cookies that an answer sets."""
    return cookie_parser(
        "; ".join(line.partition(";")[0] for line in headers.getlist("set-cookie"))
    )


def _joined(cookies: Mapping[str, str]) -> bytes:
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return header.encode("latin-1", "replace")


def _forget_oldest(headers: MutableHeaders, scope: Scope) -> None:
    for name in _open(_cookies(scope))[SIDE_BY_SIDE - 1 :]:
        _drop(headers, name)
        _drop(headers, FLOW + name.removeprefix(PAGE))


def _kept(cookies: Mapping[str, str], state: str) -> str:
    """Return the page that was kept for a sign-in, looked at again; "" without one."""
    try:
        found = _signer().loads(cookies.get(_name(PAGE, state), ""), max_age=MINUTES * 60)
    except BadData:
        return ""
    is_its = isinstance(found, list) and len(found) == 2 and found[0] == state
    return way_back(str(found[1])) if is_its else ""


def _open(cookies: Mapping[str, str]) -> list[str]:
    """Return the cookies of sign-ins under way, the newest first; those that nobody here
    signed are the oldest."""

    def since(name: str) -> float:
        try:
            _, begun = _signer().loads(cookies[name], return_timestamp=True)
        except BadData:
            return 0.0
        return float(begun.timestamp())

    names = [name for name in cookies if name.startswith(PAGE)]
    return sorted(names, key=since, reverse=True)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(server_util.get_cookie_secret(), salt=SALT)


def _name(kind: str, state: str) -> str:
    return kind + hashlib.sha256(state.encode()).hexdigest()[:16]


def _state(query: str) -> str:
    return (parse_qs(query[: 4 * LONGEST]).get("state") or [""])[0][:200]


def _set(headers: MutableHeaders, name: str, value: str, seconds: int) -> None:
    secure = "; Secure" if _is_https() else ""
    headers.append(
        "set-cookie",
        f"{name}={value}; Max-Age={seconds}; Path={_base() or '/'}; HttpOnly; "
        f"SameSite=Lax{secure}",
    )


def _drop(headers: MutableHeaders, name: str) -> None:
    _set(headers, name, "", 0)


def _is_https() -> bool:
    return str(auth_util.get_redirect_uri(auth_util.get_secrets_auth_section())).startswith(
        "https://"
    )


def _cookies(scope: Mapping[str, Any]) -> dict[str, str]:
    return cookie_parser("; ".join(Headers(raw=scope["headers"]).getlist("cookie")))


def _path(scope: Scope) -> str:
    """Return the path below the app's own address."""
    return str(scope["path"]).removeprefix(scope.get("root_path", "")).removeprefix(_base())


def _base() -> str:
    given = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{given}" if given else ""
