"""The app does not start where it would open to people who must not see it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn
from streamlit.testing.v1 import AppTest

from journey import settings, sign_in
from journey.cli import main
from journey.home import PROJECT, Home
from journey.roles import Role
from journey.settings import Settings
from journey.ui import gate

GOOD = """
[auth]
redirect_uri = "https://dashboard.example/oauth2callback"
cookie_secret = "5c1f0b6e9d2a47338e04c7b1a9f6d582"
client_id = "journey-app"
client_secret = "kept by both"
server_metadata_url = "https://id.shop.example/.well-known/openid-configuration"
"""
ROLES = Settings(roles={"team": Role(domains=("shop.example",))})


def told(text: str, chosen: Settings = ROLES, address: str | None = None) -> str:
    found = sign_in.problems(tomllib.loads(text), chosen, address)
    return "\n".join(map(str, found))


@pytest.mark.parametrize(
    "address", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]", "LOCALHOST.",
                "::ffff:127.0.0.1", "unix:/run/journey.sock"]
)  # fmt: skip
def test_this_machine_alone_needs_no_sign_in(address: str) -> None:
    assert not told("", Settings(), address)


@pytest.mark.parametrize(
    "address", [None, "", "0.0.0.0", "::", "0", "192.168.1.5", "10.0.0.1", "fe80::1%eth0",
                "::ffff:10.0.0.1", "dashboard", "localhost.evil.example", "2130706433"]
)  # fmt: skip
def test_every_other_address_does(address: str | None) -> None:
    assert "nobody has to sign in" in told("", Settings(), address)
    assert not told("", Settings(public=True), address)
    assert not told(GOOD, ROLES, address)


WRONG = {
    'cookie_secret = "5c1f0b6e9d2a47338e04c7b1a9f6d582"': {
        "": "no cookie_secret",
        'cookie_secret = ""': "no cookie_secret",
        'cookie_secret = "short"': "5 characters",
        f'cookie_secret = "{"x" * 40}"': "can be guessed",
        'cookie_secret = "a long random text that is none"': "can be guessed",
        'cookie_secret = "<write something random here>"': "can be guessed",
    },
    'redirect_uri = "https://dashboard.example/oauth2callback"': {
        "": "no redirect_uri",
        'redirect_uri = "https://dashboard.example/"': "/oauth2callback",
        'redirect_uri = "http://dashboard.example/oauth2callback"': "http only for",
        'redirect_uri = "/oauth2callback"': "the app's own address",
    },
    'client_secret = "kept by both"': {
        "": "no client_secret", 'client_secret = "xxx"': "a value of an example"
    },
    'client_id = "journey-app"': {"": "no client_id", "client_id = 5": "client_id"},
    'server_metadata_url = "https://id.shop.example/.well-known/openid-configuration"': {
        "": "no server_metadata_url",
        'server_metadata_url = "http://id.shop.example/x"': "an https address",
        'server_metadata_url = "https://login.microsoftonline.com/{tenant}/v2.0"':
            "a value of an example",
        'server_metadata_url = "https://login.microsoftonline.com/common/v2.0/x"':
            "your own tenant",
        'server_metadata_url = "https://login.microsoftonline.com/Organizations/v2.0/x"':
            "your own tenant",
    },
    "[auth]\n": {
        '[auth]\ncooky_secret = "x"\n': 'did you mean "cookie_secret"?',
        "[auth]\n[auth.my_id]\n": "without an underscore",
        "auth = 5\n[other]\n": "a table [auth]",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "instead"), [(line, new) for line, news in WRONG.items() for new in news]
)
def test_a_sign_in_that_is_none_is_refused_at_every_address(
    line: str, instead: str
) -> None:
    text = GOOD.replace(line, instead)
    assert text != GOOD
    assert WRONG[line][instead] in told(text, ROLES, "localhost")


def test_a_provider_of_the_whole_world_needs_roles() -> None:
    google = GOOD.replace("id.shop.example", "accounts.google.com")
    assert "every account in the world" in told(google, Settings())
    assert not told(google, ROLES)
    assert not told(GOOD, Settings())


def test_several_providers_stand_beside_each_other() -> None:
    shared, _, own = GOOD.partition("client_id")
    text = f"{shared}[auth.google]\nclient_id{own}[auth.okta]\nclient_id{own}"
    assert not told(text)
    assert "[auth.okta] client_secret" in told(text.replace('"kept by both"\n', '"xxx"\n'))


def test_secrets_of_the_home_win_and_a_broken_file_is_told(tmp_path: Path) -> None:
    place = Home(tmp_path)
    assert sign_in.secrets_files(place)[-1] == place.secrets
    place.secrets.parent.mkdir()
    place.secrets.write_text("[auth]\nx = \n")
    found, problems = sign_in.read([tmp_path / "none.toml", place.secrets])
    assert not found and problems[0].line == 2
    with pytest.raises(settings.JourneyError):
        sign_in.demand(place, Settings(), "localhost")


def test_the_command_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["run", "--headless", "--address", "0.0.0.0"]) == 1
    told = capsys.readouterr().err
    assert "nobody has to sign in" in told and "to do:" in told
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("server", "refused"),
    [({"host": "0.0.0.0"}, True), ({"host": "::"}, True), ({"fd": 9}, True),
     ({"host": "127.0.0.1"}, False), ({"uds": "/run/journey.sock"}, False)],
)  # fmt: skip
def test_whatever_server_loads_the_app_is_refused(
    server: dict[str, Any], refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(gate.config, "set_option", lambda *_: None)
    config = uvicorn.Config(f"{__name__}:app", log_config=None, **server)
    monkeypatch.setitem(sys.modules, __name__, Loaded(__name__))
    if not refused:
        config.load()
        return
    with pytest.raises(SystemExit) as ended:
        config.load()
    assert ended.value.code == 1


class Loaded(ModuleType):
    """A module whose app refuses as app.py does when a server loads it."""

    @property
    def app(self) -> Any:
        gate.refuse_to_start()
        return lambda scope: None


def test_streamlit_is_refused_with_one_error_on_the_console(tmp_path: Path) -> None:
    environment = {**os.environ, "JOURNEY_HOME": str(tmp_path), "HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true",
         "--server.port", "0", "--server.address", "0.0.0.0"],
        cwd=PROJECT, env=environment, timeout=60, capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "nobody has to sign in" in ended.stderr and "to do:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_page_that_is_started_in_place_of_the_app_shows_nothing() -> None:
    at = AppTest.from_file(str(PROJECT / "pages/data_page.py"), default_timeout=60).run()
    assert [error.value[:28] for error in at.error] == ["A page is not started alone."]
    assert not at.title and not at.exception
