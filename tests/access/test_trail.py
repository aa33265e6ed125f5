"""What is written down of a visit, who reads it, and what happens when it cannot be."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from journey import audit, kept, lines
from journey.access import sign_in_id
from journey.audit import Entry
from journey.cli import main
from journey.home import PROJECT, Home
from journey.ui.trail import Refused

ROLES = """
[roles.boss]
level = "admin"
[roles.numbers]
level = "analyst"
[roles.team]
[roles.half]
level = "admin"
rows = { country = ["PL"] }
"""


@pytest.fixture
def home(sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    (tmp_path / "journey.toml").write_text(ROLES)
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    return Home(tmp_path)


def entry(**changes: Any) -> Entry:
    made = Entry(audit.now(), "lead@shop.example", "page", "support", {}, "", 0)
    return replace(made, **changes)


def drawn(script: str, role: str) -> AppTest:
    at = AppTest.from_string(script, default_timeout=60)
    at.user = {"is_logged_in": True, "groups": [role], "email": f"{role}@shop.example"}
    return at.run()


def visit(page: str, role: str) -> AppTest:
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.user = {"is_logged_in": True, "groups": [role], "email": f"{role}@shop.example"}
    return at.run().switch_page(f"pages/{page}_page.py").run()


def test_only_admins_of_all_rows_read_what_was_done(home: Home) -> None:
    audit.write(home, entry(who="somebody@shop.example"))
    shown = {}
    for role in ("boss", "numbers", "team", "half"):
        at = drawn("from journey import ui\nui.audited()", role)
        assert not at.exception
        shown[role] = any(toggle.key == "audit_shown" for toggle in at.toggle)
        if shown[role]:
            at.toggle(key="audit_shown").set_value(True).run()
            assert not at.exception
            assert "somebody@shop.example" in at.selectbox(key="audit_who").options
            at.selectbox(key="audit_who").set_value("somebody@shop.example").run()
            (table,) = [json.loads(c.proto.json)[0] for c in at.get("bidi_component")
                        if "somebody@shop.example" in c.proto.json]  # fmt: skip
            assert len(table["rows"]) == 1
    assert shown == {"boss": True, "numbers": False, "team": False, "half": False}


def test_a_page_is_written_once_and_waits_for_no_disk(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = visit("support", "team")
    at.run()
    audit.settle()
    pages = [line for line in audit.read(home) if line["page"] == ""]
    assert {line["who"] for line in pages} == {"team@shop.example"}
    count = len(audit.read(home))
    at.run()
    audit.settle()
    assert len(audit.read(home)) == count

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(lines, "append", full)
    assert not visit("support", "team").exception
    audit.settle()


def test_who_has_lost_the_role_sees_nothing_at_the_next_run(home: Home) -> None:
    at = visit("conversion", "team")
    assert at.get("bidi_component")
    (home.root / "journey.toml").write_text("[roles.boss]\n")

    kept.disk.cache.clear()
    at.run()
    assert not at.get("bidi_component")
    assert any("you have none of the roles" in part.value for part in at.markdown)


def test_a_file_is_not_given_once_the_sign_in_has_ended(home: Home) -> None:
    at = drawn(
        "import streamlit as st\n"
        "from journey.ui import trail\n"
        "st.session_state['taken'] = trail.export('conversion/orders', None, 'csv')\n",
        "team",
    )
    taken = at.session_state["taken"]
    taken.write(7)
    (line,) = audit.read(home)
    assert (line["action"], line["who"], line["count"]) == (
        "export",
        "team@shop.example",
        7,
    )
    (home.root / "journey.toml").write_text("[roles.boss]\n")

    kept.disk.cache.clear()
    with pytest.raises(Refused):
        taken.write(7)
    assert len(audit.read(home)) == 1


def test_a_full_disk_is_told_before_a_file_is_asked_for(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert audit.refusal(home) == ""
    monkeypatch.setattr(audit, "NEEDED", 2**63)
    assert "no space" in audit.refusal(home)
    monkeypatch.undo()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert audit.refusal(home) == "Permission denied"


def test_a_failed_refresh_tells_no_row_to_a_role_of_some(home: Home) -> None:
    status = json.loads((home.status).read_text())
    problem = {"where": "orders.csv", "found": '"12,x" is no number', "expected": "",
               "fix": "mend it", "line": 7}  # fmt: skip
    failed = {**status["runs"][0], "ok": False, "problems": [problem], "what": "sync"}
    home.status.unlink()
    home.status.write_text(json.dumps({**status, "runs": [failed, *status["runs"][1:]]}))
    told = {}
    for role in ("boss", "half"):
        at = visit("data", role)
        assert not at.exception
        parts = [*at.warning, *at.get("bidi_component")]
        told[role] = " ".join(str(part.proto) for part in parts)
    assert "12,x" in told["boss"] and "12,x" not in told["half"]


@pytest.mark.usefixtures("home")
def test_only_analysts_read_sql() -> None:
    script = (
        "from journey import data\n"
        "from journey.ui import drawer, query_file\n"
        "query = data.query('conversion/orders')\n"
        "query_file._text(query)\n"
        "drawer.provenance(query, data.answer(query.name, data.unfiltered(data.EVER)))\n"
    )
    for role, texts in (("team", 0), ("numbers", 2)):
        at = drawn(script, role)
        assert not at.exception
        assert len(at.code) == texts, role


def test_the_log_is_turned_over_and_the_oldest_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    monkeypatch.setattr(audit, "LARGE", 400)
    monkeypatch.setattr(audit, "OLDER", 3)
    for number in range(40):
        audit.write(home, entry(count=number))
    files = sorted(path.name for path in home.app.glob("audit*"))
    assert files == ["audit.1.ndjson", "audit.2.ndjson", "audit.3.ndjson", "audit.ndjson"]
    assert all((home.app / name).stat().st_size < 800 for name in files)
    counts = [line["count"] for line in audit.read(home)]
    assert counts == list(range(counts[0], 40)) and 4 < len(counts) < 20
    assert [line["count"] for line in audit.newest(home, 3)] == [39, 38, 37]
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in home.app.glob("audit*"))


def test_a_folder_that_may_only_be_read_sends_lines_to_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def read_only(*_: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(lines, "append", read_only)
    audit.write(Home(tmp_path), entry())
    assert "lead@shop.example" in caplog.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("select day from orders -- ask lead@shop.example", "select day from orders"),
        ("select 1 where order_id = 'A-1001'", "select 1 where order_id = '…'"),
        ("select $$a 'b$$, $x$ y $x$", "select '…', '…'"),
        ("select 'it''s' || 'x", "select '…' || '…'"),
        ("select 48123456789, 28 /* 555 */", "select …, 28"),
    ],
)
def test_typed_texts_are_kept_without_what_may_be_a_customers(
    typed: str, kept: str
) -> None:
    assert audit.masked(typed) == kept


def test_the_command_line_prints_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    home = Home(tmp_path)
    audit.write(home, entry(who="=cmd()", scope={"device": ["mobile", "tablet"]}))
    audit.write(home, entry(who="b@shop.example"))
    assert main(["audit", "--format", "csv"]) == 0
    told = capfdbinary.readouterr().out.decode("utf-8-sig").splitlines()
    assert told[0].startswith("at,who,action") and "b@shop.example" in told[1]
    assert "'=cmd()" in told[2] and '"device=mobile,tablet"' in told[2]
    assert main(["audit", "--who", "b@shop.example"]) == 0
    assert b"=cmd" not in capfdbinary.readouterr().out


def test_a_sign_in_has_one_id_wherever_it_is_read() -> None:
    claims = {"iss": "x", "sub": "1", "iat": 5, "nonce": "n"}
    assert sign_in_id(claims) == sign_in_id({**claims, "is_logged_in": True, "tokens": {}})
    assert sign_in_id(claims) != sign_in_id({**claims, "nonce": "m"})
