"""What a team that hosts the app relies on: headers, readiness, backup, crash, units."""

from __future__ import annotations

import configparser
import datetime as dt
import io
import re
import tarfile
import tomllib
from pathlib import Path

import duckdb
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from journey import backup, disk, incident, lock, warehouse
from journey.home import PROJECT, Home
from journey.problem import JourneyError
from journey.ui import crash, headers, ready

TOKEN = "xsrf=2|a|b; Path=/; SameSite=Lax"


def page(request: Request) -> Response:
    answer = HTMLResponse("<p>page</p>")
    answer.headers.append("set-cookie", TOKEN)
    answer.headers.append("set-cookie", "user=1; Secure; HttpOnly")
    return answer


def export(request: Request) -> Response:
    return Response("<svg/>", media_type="image/svg+xml")


ROUTES = [
    Route("/", page),
    Route("/media/x.svg", export),
    Route("/app/static/x.svg", export),
]
SERVED = TestClient(Starlette(routes=ROUTES, middleware=[Middleware(headers.Headers)]))


def policy(host: str = "dashboard.example", path: str = "/") -> dict[str, str]:
    given = SERVED.get(path, headers={"host": host}).headers["content-security-policy"]
    return {rule.split()[0]: rule.partition(" ")[2] for rule in given.split("; ")}


def test_a_page_may_run_and_ask_nothing_of_another_host() -> None:
    rules = policy()
    assert rules["default-src"] == "'none'" and rules["base-uri"] == "'none'"
    assert "unsafe-inline" not in rules["script-src"]
    assert "'unsafe-eval'" not in rules["script-src"]
    assert rules["frame-ancestors"] == "'self'"
    hosts = re.findall(r"[a-z]+://\S+", " ".join(rules.values()))
    assert set(hosts) == {"ws://dashboard.example", "wss://dashboard.example"}


def test_every_script_that_streamlit_writes_into_its_page_is_known_by_hash() -> None:
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", headers.SHELL.read_text("utf-8"))
    assert len(headers.inline_scripts()) == len(scripts) > 0
    for known in headers.inline_scripts():
        assert known in policy()["script-src"]


@pytest.mark.parametrize("host", ["x; script-src *", "a b", "x'y", "*", "x/..;", ""])
def test_no_name_of_a_host_gets_into_the_policy_by_itself(host: str) -> None:
    assert headers.page_policy(host, ()).count("script-src") == 1
    assert "connect-src 'self';" in headers.page_policy(host, ())


def test_files_opened_alone_run_nothing_and_exports_are_kept_nowhere() -> None:
    answer = SERVED.get("/media/x.svg").headers
    assert answer["cache-control"] == "private, no-store"
    assert "sandbox" in answer["content-security-policy"]
    assert policy(path="/media/x.svg")["default-src"] == "'none'"
    assert "cache-control" not in SERVED.get("/app/static/x.svg").headers


def test_https_is_kept_to_and_its_cookies_never_go_without() -> None:
    plain = SERVED.get("/").headers
    assert "strict-transport-security" not in plain
    assert plain.get_list("set-cookie")[0] == TOKEN
    behind = SERVED.get("/", headers={"x-forwarded-proto": "https"}).headers
    assert behind["strict-transport-security"].startswith("max-age=")
    assert behind.get_list("set-cookie") == [f"{TOKEN}; Secure", "user=1; Secure; HttpOnly"]


def test_every_answer_guards_type_referrer_and_window() -> None:
    for path in ("/", "/media/x.svg", "/nothing"):
        answer = SERVED.get(path).headers
        assert answer["x-content-type-options"] == "nosniff"
        assert answer["referrer-policy"] == "same-origin"
        assert answer["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in answer["permissions-policy"]


def test_only_sites_that_are_named_may_show_the_app_in_a_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "JOURNEY_EMBED_IN", "https://intranet.example * http://x.example 'none'"
    )
    headers.frames.cache_clear()
    try:
        assert policy()["frame-ancestors"] == "'self' https://intranet.example"
        assert "x-frame-options" not in SERVED.get("/").headers
    finally:
        monkeypatch.undo()
        headers.frames.cache_clear()
    assert SERVED.get("/").headers["x-frame-options"] == "SAMEORIGIN"


READY = TestClient(Starlette(routes=[Route(ready.PATH, ready.answer)]))


def test_ready_says_so_only_when_warm_and_readable(
    in_sample_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready.WARM, "is_set", lambda: False)
    assert READY.get(ready.PATH).status_code == 503
    monkeypatch.setattr(ready.WARM, "is_set", lambda: True)
    answer = READY.get(ready.PATH)
    told = answer.json()
    assert answer.status_code == 200 and told["ready"] and told["as_published"]
    assert told["age_minutes"] >= 0 and told["refresh"]["failures"] == 0
    assert str(in_sample_home.root) not in answer.text and "sample" not in answer.text


def test_not_ready_without_figures_and_whatever_breaks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    monkeypatch.setattr(ready.WARM, "is_set", lambda: True)
    answer = READY.get(ready.PATH)
    assert answer.status_code == 503 and answer.json()["published"] is False

    def broken() -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(ready, "state", broken)
    answer = READY.get(ready.PATH)
    assert answer.status_code == 503 and set(answer.json()) == {"ready", "reference"}


def test_a_crash_is_told_by_a_number_that_stands_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails() -> None:
        from journey.ui import crash

        crash.tell(ValueError("select * from secret"))

    drawn = AppTest.from_function(fails).run()
    text = drawn.error[0].value
    reference = re.findall(r"\*\*([0-9A-F]{8})\*\*", text)[0]
    assert "secret" not in text
    assert reference in caplog.text and "select * from secret" in caplog.text
    assert incident.note(crash.LOG, ValueError(), "again") != reference


def home_of(root: Path, line: str = '{"text": "one"}\n') -> Home:
    place = Home(root)

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("create table snapshot as select 'UTC' as time_zone")

    warehouse.publish(place, fill, "2026-001")
    place.landing.write_bytes(b"landed" * 1000)
    (place.data / "hash.key").write_text("k" * 64)
    place.settings.write_text("public = true\n")
    place.app.mkdir()
    (place.app / "notes.ndjson").write_text(line)
    (root / "queries" / "segments").mkdir(parents=True)
    (root / "queries" / "segments" / "ours.sql").write_text("select 1")
    return place


def kept_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != "refresh.lock"
    }


def test_a_restored_home_is_the_one_that_was_backed_up(tmp_path: Path) -> None:
    place, archive = home_of(tmp_path / "one"), tmp_path / "kept" / "b.tar.gz"
    assert backup.make(place, archive) == archive.stat().st_size
    assert archive.stat().st_mode & 0o777 == 0o600
    again = Home(tmp_path / "two")
    assert backup.restore(again, archive) is None
    assert kept_of(again.root) == kept_of(place.root)
    assert warehouse.current(again) is not None
    assert (again.data / "hash.key").stat().st_mode & 0o077 == 0


def test_a_backup_waits_for_a_refresh_to_end(tmp_path: Path) -> None:
    place = home_of(tmp_path / "one")
    running = lock.refresh_lock(place)
    running.__enter__()
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        running.__exit__(None, None, None)

    assert backup.make(place, tmp_path / "b.tar.gz", sleep) > 0
    assert len(waited) == 1


def test_a_restore_overwrites_nothing_and_believes_no_damaged_archive(
    tmp_path: Path,
) -> None:
    place, archive = home_of(tmp_path / "one"), tmp_path / "b.tar.gz"
    backup.make(place, archive)
    before = kept_of(place.root)
    with pytest.raises(JourneyError, match="empty folder"):
        backup.restore(place, archive)
    data = archive.read_bytes()
    for damaged in (data[: len(data) // 2], b"", data[:300] + b"\0" + data[301:]):
        archive.write_bytes(damaged)
        with pytest.raises(JourneyError):
            backup.restore(place, archive, replace=True)
        assert kept_of(place.root) == before
    archive.write_bytes(data)
    (place.app / "notes.ndjson").write_text("newer\n")
    aside = backup.restore(place, archive, replace=True)
    assert aside is not None
    assert (aside / "data" / "app" / "notes.ndjson").read_text() == "newer\n"
    assert (place.app / "notes.ndjson").read_bytes() == before["data/app/notes.ndjson"]


@pytest.mark.parametrize("name", ["../x", "data/app/../../../x", "/etc/x", "data/current2"])
def test_no_path_of_an_archive_leads_out_of_the_home(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        about = tarfile.TarInfo(name)
        about.size = 1
        archive.addfile(about, io.BytesIO(b"x"))
    with pytest.raises(JourneyError, match="none of its files"):
        backup.restore(Home(tmp_path / "deep" / "home"), tmp_path / "b.tar.gz")
    assert not list(tmp_path.rglob("x")) and not list(tmp_path.rglob("current2"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_an_archive_holds_files_alone(tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        about = tarfile.TarInfo("queries/x.sql")
        about.type, about.linkname = kind, "/etc/hostname"
        archive.addfile(about)
    with pytest.raises(JourneyError, match="none of its files"):
        backup.restore(Home(tmp_path / "home"), tmp_path / "b.tar.gz")
    assert not list(tmp_path.rglob("x.sql"))


def test_what_the_app_wrote_before_moves_into_its_folder_and_no_line_is_lost(
    tmp_path: Path,
) -> None:
    place = Home(tmp_path)
    place.data.mkdir()
    for name in ("notes.ndjson", "audit.ndjson"):
        (place.data / name).write_text(f"old {name}\n")
    place.app.mkdir()
    (place.app / "audit.ndjson").write_text("new\n")
    for _ in range(2):
        disk.move_in(place)
    assert (place.app / "audit.ndjson").read_text() == "old audit.ndjson\nnew\n"
    assert (place.app / "notes.ndjson").read_text() == "old notes.ndjson\n"
    assert not list(place.data.glob("*.ndjson"))


def test_hosted_settings_tell_visitors_nothing_and_other_sites_no() -> None:
    config = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["client"]["showErrorDetails"] == "none"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["showEmailPrompt"] is False  # a first run would wait for it
    assert config["logger"]["hideWelcomeMessage"] is True  # and its offer over the page
    server = config["server"]
    assert server["enableCORS"] and server["enableXsrfProtection"]
    assert server["maxUploadSize"] <= 5 and server["maxMessageSize"] <= 50
    assert server["address"] == "localhost"


def test_units_keep_the_app_from_what_it_need_not_touch() -> None:
    def unit(name: str) -> configparser.SectionProxy:
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read(PROJECT / "deploy" / name)
        return parser["Service"]

    for name in ("journey-app@.service", "journey-refresh.service"):
        assert unit(name)["ProtectSystem"] == "strict"
        assert unit(name)["NoNewPrivileges"] == "true" and unit(name)["User"] == "journey"
    app = unit("journey-app@.service")
    assert set(app["ReadWritePaths"].split()) == {"/srv/shop/data/app", "/srv/shop/queries"}
    assert "landing.duckdb" in app["InaccessiblePaths"]


def test_the_image_holds_no_data_no_secret_and_runs_as_nobody_special() -> None:
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    taken = [line for line in ignored if line.startswith("!")]
    assert not [line for line in taken if "secret" in line or "data" in line]
    steps = (PROJECT / "Dockerfile").read_text()
    assert "USER 10001:10001" in steps and "deploy/ready.py" in steps
    for name in re.findall(r"^!(\S+)", (PROJECT / ".dockerignore").read_text(), re.M):
        assert (PROJECT / name).exists(), name


def test_a_clock_set_back_makes_no_negative_age() -> None:
    assert ready._minutes_since(dt.datetime(2999, 1, 1, tzinfo=dt.UTC)) == 0
