"""Whether the app may start: the sign-in of secrets.toml, and the address it listens on.

Everything here refuses: a sign-in that is broken, half written or open to every account
of the world must not look like one that is in force.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from journey.home import PROJECT, Home
from journey.problem import JourneyError, Problem, near, toml_error
from journey.settings import Settings

SECRETS = ".streamlit/secrets.toml"
GUIDE = "docs/signing-in.md shows a whole block"
SHORTEST = 22
"""Characters of a cookie_secret, 128 random bits: who guesses it signs in as anybody."""
FEWEST = 6
"""Different characters of a cookie_secret: not one letter again and again."""
PLACEHOLDERS = (
    "xxx", "...", "<", "{", "changeme", "change me", "change-me", "change_me", "replace",
    "placeholder", "your-", "your_", "your ",
)  # fmt: skip
"""How values of examples begin, which are none."""
EXAMPLES = ("a long random text", "strong, randomly generated", "a-strong-random", "secret")
"""How a cookie_secret of an example begins."""
SHARED = ("redirect_uri", "cookie_secret", "expose_tokens")
OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
OPTIONAL = ("client_kwargs",)
WORLD = (
    "accounts.google.com", "appleid.apple.com", "www.facebook.com", "facebook.com",
    "limited.facebook.com", "www.linkedin.com", "linkedin.com", "login.yahoo.com",
    "api.login.yahoo.com", "gitlab.com", "slack.com", "id.twitch.tv", "discord.com",
    "www.amazon.com", "account.apple.com", "www.paypal.com", "www.paypalobjects.com",
    "login.salesforce.com", "token.actions.githubusercontent.com", "oauth.telegram.org",
)  # fmt: skip
"""Providers where everybody in the world may have an account."""
MICROSOFT = ("login.microsoftonline.com", "login.microsoft.com", "sts.windows.net")
TENANTS = ("common", "organizations", "consumers")
"""Addresses of Microsoft for the accounts of every organisation or person; the address
that such an account names may be anybody's."""


def demand(home: Home, settings: Settings, address: str | None) -> None:
    """Raise JourneyError where the app must not start on an address."""
    secrets, found = read(secrets_files(home))
    if found := found or problems(secrets, settings, address):
        raise JourneyError(*found)


def secrets_files(home: Home) -> list[Path]:
    """Return where secrets may lie, the one that wins last."""
    places = (Path.home(), Path.cwd(), PROJECT, home.root)
    return list(dict.fromkeys(place / SECRETS for place in places))


def read(files: Iterable[Path]) -> tuple[Mapping[str, Any], list[Problem]]:
    """Return the secrets of all files together, and what cannot be read of them."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for path in files:
        try:
            text = path.read_text("utf-8")
            found |= tomllib.loads(text)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except tomllib.TOMLDecodeError as error:
            told, line = toml_error(error, text)
            problems.append(
                Problem(SECRETS, f"not TOML: {told}", "a TOML file", "mend that line", line)
            )
        except (OSError, UnicodeDecodeError) as error:
            problems.append(
                Problem(SECRETS, f"it cannot be read: {error}", "a text file in UTF-8 "
                        "that the app may read", "give it to the user the app runs as")
            )  # fmt: skip
    return found, problems


def problems(
    secrets: Mapping[str, Any], settings: Settings, address: str | None
) -> list[Problem]:
    """Return why the app must not start; nothing where it may.

    `address`: what it listens on, as server.address has it; None: every address.
    """
    if "auth" in secrets:
        return _of_sign_in(secrets["auth"], settings)
    if settings.public or is_own_machine(address):
        return []
    listens = f"the app would listen on {address or 'every address of this machine'}"
    return [
        Problem(
            f"{SECRETS} and journey.toml", f"{listens}, and nobody has to sign in",
            "a sign-in [auth], or this machine alone (localhost)",
            "set up the sign-in (docs/signing-in.md), start with --address localhost, or "
            "write public = true at the top of journey.toml to show all to everybody",
        )
    ]  # fmt: skip


def is_own_machine(address: str | None) -> bool:
    """Whether an address is reached from this machine alone; a name other than localhost
    may be any address."""
    bare = (address or "").strip().strip("[]").rstrip(".").lower()
    if bare == "localhost" or bare.startswith(("/", "unix:")):
        return True
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def providers(auth: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the providers by name, the unnamed one as ""."""
    named = {k: v for k, v in auth.items() if isinstance(v, Mapping) and k not in OPTIONAL}
    unnamed = {k: auth[k] for k in (*OF_PROVIDER, *OPTIONAL) if k in auth}
    return {**({"": unnamed} if unnamed or not named else {}), **named}


def _of_sign_in(auth: object, settings: Settings) -> list[Problem]:
    if not isinstance(auth, Mapping):
        return [_problem("auth", f"auth = {auth!r}", "a table [auth]", GUIDE)]
    found = [*_of_keys(auth), *_of_cookie(auth), *_of_redirect(auth)]
    for name, provider in providers(auth).items():
        found += _of_provider(name, provider, settings)
    if importlib.util.find_spec("authlib") is None:
        found.append(_problem("[auth]", "the package authlib is not installed",
                              "authlib 1.3.2 or newer", "pip install authlib"))  # fmt: skip
    return found


def _of_keys(auth: Mapping[str, Any]) -> list[Problem]:
    known = (*SHARED, *OF_PROVIDER, *OPTIONAL)
    return [
        _problem(f"[auth] {key}", f'unknown key "{key}"', near(key, known),
                 "correct the name; another provider is a table [auth.name]")
        for key, value in auth.items()
        if key not in known and not isinstance(value, Mapping)
    ]  # fmt: skip


def _of_cookie(auth: Mapping[str, Any]) -> list[Problem]:
    secret = auth.get("cookie_secret")
    expected = f"at least {SHORTEST} random characters"
    fix = "write the output of: python3 -c 'import secrets; print(secrets.token_hex(32))'"
    if not isinstance(secret, str) or not secret:
        return [_problem("[auth] cookie_secret", "no cookie_secret", expected, fix)]
    if len(secret) < SHORTEST:
        found = f"a cookie_secret of {len(secret)} characters"
        return [_problem("[auth] cookie_secret", found, expected, fix)]
    is_example = _is_placeholder(secret) or secret.lower().startswith(EXAMPLES)
    if is_example or len(set(secret)) < FEWEST:
        found = "a cookie_secret that can be guessed"
        return [_problem("[auth] cookie_secret", found, expected, fix)]
    return []


def _of_redirect(auth: Mapping[str, Any]) -> list[Problem]:
    given = auth.get("redirect_uri")
    expected = "the app's own address, https://dashboard.example/oauth2callback"
    fix = "write the address that people open, and the same one at the provider"
    if not isinstance(given, str) or not given:
        return [_problem("[auth] redirect_uri", "no redirect_uri", expected, fix)]
    host = _host(given.replace("{port}", "8501"))
    is_secure = given.startswith("https://") or is_own_machine(host)
    if not host or not given.endswith("/oauth2callback") or not is_secure:
        found = f"redirect_uri = {given!r}"
        return [_problem("[auth] redirect_uri", found, f"{expected}; http only for "
                         "localhost", fix)]  # fmt: skip
    return []


def _of_provider(
    name: str, provider: Mapping[str, Any], settings: Settings
) -> list[Problem]:
    where = f"[auth.{name}]" if name else "[auth]"
    found = []
    if "_" in name:
        found.append(_problem(where, f'a provider named "{name}"',
                              "a name without an underscore", "rename it"))  # fmt: skip
    for key in OF_PROVIDER:
        value = provider.get(key)
        if not isinstance(value, str) or not value or _is_placeholder(value):
            told = f"no {key}" if not value else f"{key} = a value of an example"
            found.append(_problem(f"{where} {key}", told, f"the {key} that the provider "
                                  "gave this app", GUIDE))  # fmt: skip
    url = provider.get("server_metadata_url")
    if isinstance(url, str) and url and not _is_placeholder(url):
        found += _of_metadata(where, url, settings)
    return found


def _of_metadata(where: str, url: str, settings: Settings) -> list[Problem]:
    host, key = _host(url), f"{where} server_metadata_url"
    if not host or not (url.startswith("https://") or is_own_machine(host)):
        return [_problem(key, f"server_metadata_url = {url!r}", "an https address that "
                         "ends in /.well-known/openid-configuration", GUIDE)]  # fmt: skip
    tenant = urlsplit(url).path.strip("/").partition("/")[0].lower()
    if host in MICROSOFT and tenant in TENANTS:
        return [_problem(key, f'the tenant "{tenant}": accounts of every organisation, '
                         "whose addresses nobody has checked", "your own tenant",
                         f"write its id in place of {tenant}")]  # fmt: skip
    if host in WORLD and not settings.roles:
        return [
            Problem(
                f"{SECRETS}, {key}",
                f"{host} lets in every account in the world, and journey.toml has no roles",
                "a role that says who may see the app",
                'write [roles.team] with domains = ["your-shop.example"] into journey.toml',
            )
        ]  # fmt: skip
    return []


def _is_placeholder(value: str) -> bool:
    lowered = value.lower()
    return lowered.startswith(PLACEHOLDERS) or "{" in lowered or "<" in lowered


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _problem(where: str, found: str, expected: str, fix: str) -> Problem:
    return Problem(f"{SECRETS}, {where}", found, expected, fix)
