"""Query files: what is read, and how every mistake is told."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from journey import folders, settings
from journey.home import PROJECT, Home
from journey.problem import JourneyError, Problem
from journey.query.file import parse, without_comments
from journey.query.library import load

GOOD = """/*
title    = "A title"
question = "A question?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
grain    = "one row per day"
owner    = "growth"

[columns]
reason = "Why they wrote"
*/
select day, 1 as value
from orders -- the end;
"""


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(JourneyError) as caught:
        parse(text, "topic/name", "queries/topic/name.sql")
    return caught.value.problems


def told(text: str) -> Problem:
    found = problems(text)
    assert len(found) == 1, [str(p) for p in found]
    assert found[0].where == "queries/topic/name.sql"
    return found[0]


def test_a_file_is_kept_as_it_is_with_its_header_read() -> None:
    query = parse(GOOD, "topic/name")
    assert query.sql == GOOD
    assert (query.title, query.kind, query.unit) == ("A title", "measure", "percent")
    assert (query.topic, query.better, query.window_days) == ("topic", "neither", 0)
    assert query.columns["reason"].label == "Why they wrote"
    assert (query.lines["title"], query.lines["columns.reason"]) == (2, 11)


@pytest.mark.parametrize("words", ["net", "incl. VAT"])
def test_words_for_money_are_those_of_the_settings(tmp_path: Path, words: str) -> None:
    (tmp_path / "topic").mkdir()
    text = GOOD.replace('reason = "Why', 'paid = { label = "Paid, {net}" }\nreason = "Why')
    text = text.replace("A question?", "How much, {net}?")
    (tmp_path / "topic" / "own.sql").write_text(text, "utf-8")
    query = load([tmp_path], words).queries["topic/own"]
    assert query.columns["paid"].label == f"Paid, {words}"
    assert query.question == f"How much, {words}?"
    assert "{net}" in query.sql, "the text itself stays as it was written"


def test_no_file_of_the_project_says_net_of_money_that_may_be_told_with_vat() -> None:
    library = load([PROJECT / "queries"], "incl. VAT")
    said = [
        (query.name, text)
        for query in library.queries.values()
        if query.kind != "mart"
        for text in (
            query.title,
            query.question,
            query.description,
            query.caveat,
            *(column.label or "" for column in query.columns.values()),
        )
        if re.search(r"\bnet\b", text)
    ]
    assert said == []


def test_a_byte_order_mark_and_windows_lines_make_no_difference() -> None:
    other = parse("\ufeff" + GOOD.replace("\n", "\r\n"), "topic/name")
    assert other.sha == parse(GOOD, "topic/name").sha


@pytest.mark.parametrize(
    ("old", "new", "line", "found", "expected"),
    [
        ("title    =", "titel    =", 2, 'unknown key "titel"', 'did you mean "title"?'),
        ('"measure"', '"meassure"', 4, 'kind = "meassure"', '"measure"'),
        ('"percent"', "3", 5, "unit = 3", '"percent"'),
        ('"percent"', '"procent"', 5, 'unit = "procent"', '"percent"'),
        ('"proportion"', '"wilson"', 6, 'interval = "wilson"', '"proportion"'),
        ('"growth"', '"growth"\nheadline = 5', 9, "headline = 5", "1 to 4"),
        ('"growth"', '"growth"\nheadline = true', 9, "headline = true", "1 to 4"),
        ('"growth"', '"growth"\nwindow_days = -1', 9, "window_days = -1", "days"),
        ('"growth"', '"growth"\ntags = "a"', 9, 'tags = "a"', "list"),
        ('"growth"', '"growth"\nbenchmark = 0.3', 9, "without benchmark_source", "where"),
        ('"growth"', '"growth"\n[chart]\ntype = "bar"', 9, "chart in a query of kind",
         "chart"),
        ('"growth"', '" "', 8, 'owner = " "', "a text"),
        ("reason =", "reason.lable =", 11, 'unknown key "lable"', 'did you mean "label"?'),
        ('"Why they wrote"', '{ format = "pct" }', 11, 'format = "pct"', '"percent"'),
        ('"Why they wrote"', "4", 11, "reason = 4", "label"),
        ('title    = "A title"', 'title    = "A title', 2, "not TOML", "title"),
        ("\nkind     =", "\nowner = 1\nkind     =", 9, "a second time", "title"),
        ("-- the end;", ";", 14, "a ; at the end", "without ;"),
        ("select day, 1 as value\nfrom orders -- the end;", "-- nothing", 14, "no SQL",
         "SELECT"),
        ("/*\ntitle", "title", 1, "title", "between /* and */"),
        ("*/", "", 1, "/* without */", "*/"),
        ("A title", "A /* title", 2, "/* inside", "without comments"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_line_found_expected_and_fix(
    old: str, new: str, line: int, found: str, expected: str
) -> None:
    assert old in GOOD
    problem = next(p for p in problems(GOOD.replace(old, new, 1)) if found in p.found)
    assert problem.line == line
    assert expected in problem.expected
    assert problem.fix


def test_every_mistake_is_told_at_once() -> None:
    text = (
        GOOD.replace("title ", "titel ")
        .replace("question", "qestion")
        .replace("-- the end", "")
    )
    assert [p.line for p in problems(text)] == [2, 3, 1, 1, 14]


def test_a_missing_key_is_named() -> None:
    assert told(GOOD.replace('owner    = "growth"\n', "")).found == "no owner"
    assert told(GOOD.replace('kind     = "measure"\n', "")).found == "no kind"


def test_a_semicolon_in_a_text_or_comment_is_no_end() -> None:
    parse(GOOD.replace("1 as value", "';' as value"), "topic/name")
    parse(GOOD.replace("-- the end;", "/* ; /* ; */ ; */"), "topic/name")
    assert without_comments("a -- b\nc /* d\ne */ f 'g -- h'") == (
        "a     \nc     \n     f 'g -- h'"
    )


def folder(tmp_path: Path, name: str, files: dict[str, str | bytes]) -> Path:
    for file, text in files.items():
        path = tmp_path / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path / name


def test_a_broken_file_disables_only_itself(tmp_path: Path) -> None:
    own = folder(
        tmp_path, "queries",
        {"a/good.sql": GOOD, "a/bad.sql": "select 1", "a/latin.sql": GOOD.encode()
         + "-- zł".encode("iso-8859-2")},
    )  # fmt: skip
    library = load([own])
    assert list(library.queries) == ["a/good"]
    assert sorted(library.broken) == ["a/bad", "a/latin"]
    latin = library.broken["a/latin"]
    assert (latin.where, latin.line) == ("queries/a/latin.sql", 15)
    assert "0xb3" in latin.found


def test_names_of_two_folders_may_not_meet_and_the_first_stays(tmp_path: Path) -> None:
    own = folder(tmp_path, "queries", {"a/one.sql": GOOD})
    other = folder(
        tmp_path / "x", "queries",
        {"a/one.sql": GOOD.replace("A title", "B"), "a/two.sql": GOOD},
    )  # fmt: skip
    library = load([own, other])
    assert library.queries["a/one"].title == "A title"
    assert [q.own for q in library.queries.values()] == [True, False]
    assert [p.found for p in library.problems] == ['a second query named "a/one"']


def test_marts_belong_to_the_project(tmp_path: Path) -> None:
    mart = '/*\ntitle = "M"\nkind = "mart"\ngrain = "g"\nkey = "a, b"\n*/\nselect 1'
    own = folder(tmp_path, "queries", {"marts/m.sql": mart})
    other = folder(tmp_path / "x", "queries", {"marts/n.sql": mart})
    library = load([own, other])
    assert library.queries["marts/m"].key == ("a", "b")
    assert [p.found for p in library.problems] == ['kind = "mart"']


def test_folders_of_all_kinds_are_read_and_none_takes_the_others_down(
    tmp_path: Path,
) -> None:
    own, ours = tmp_path / "own", tmp_path / "shared" / "ours"
    text = (
        '/*\ntitle = "T"\nquestion = "Q?"\nkind = "table"\nowner = "o"\n*/\nselect 1 as a'
    )
    for name in ("a/b.sql", "a/.hidden.sql", "a/UPPER.SQL", "a/d.txt"):
        (ours / name).parent.mkdir(parents=True, exist_ok=True)
        (ours / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (ours / "ring").symlink_to(ours, target_is_directory=True)
    (ours / "a" / "gone.sql").symlink_to(tmp_path / "nothing.sql")
    (ours / "linked").symlink_to(ours / "a", target_is_directory=True)
    (ours / "large.sql").write_bytes(b" " * 1_000_001)
    own.mkdir()
    found = load([own, ours, tmp_path / "missing"])
    assert set(found.queries) == {"a/UPPER", "a/b", "linked/UPPER", "linked/b"}
    told = "\n".join(map(str, found.problems))
    assert "missing" in told and "more than a megabyte" in told
    assert len(found.problems) == 2


def test_the_settings_name_folders(tmp_path: Path) -> None:
    place = Home(tmp_path)
    assert place.queries == (PROJECT / "queries",)
    (tmp_path / "queries").mkdir()
    assert place.queries == (PROJECT / "queries", tmp_path / "queries")
    place.settings.write_text('queries = ["ours", "queries", "ours"]', "utf-8")
    assert place.queries[1:] == (tmp_path / "ours", tmp_path / "queries")
    place.settings.write_text("queries = [", "utf-8")
    folders._named.cache_clear()
    assert place.queries[1:] == (tmp_path / "queries",)


TABLE = '/*\ntitle = "T"\nquestion = "Q?"\nkind = "table"\nowner = "o"\n*/\nselect 1 as a'


def written(root: Path, *names: str, text: str = "") -> Path:
    return folder(root.parent, root.name, {f"{name}.sql": text or TABLE for name in names})


def test_a_folder_with_the_whole_disk_below_it_is_refused_before_it_is_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = written(tmp_path / "own", "a/own")
    disk = written(tmp_path / "disk", *(f"d{n}/x{m}" for n in range(99) for m in range(9)))
    ours = written(tmp_path / "ours", "a/ours")
    looked, scan = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (looked.append(path), scan(path))[1])
    monkeypatch.setattr(folders, "MOST", 500)

    def walked() -> list[Path]:
        return [path for path in looked if Path(path).is_relative_to(disk)]

    found = load([own, disk, ours])
    assert set(found.queries) == {"a/own", "a/ours"}
    (told,) = found.problems
    assert f'"{disk}"' in told.found and "more than 500" in told.found
    assert "path/to/ours" in told.fix
    assert 0 < len(walked()) < 99
    looked.clear()
    (tmp_path / "journey.toml").write_text(
        f'queries = ["{disk.as_posix()}"]\n[targets]\n"advocacy/nps" = 40\n', "utf-8"
    )
    assert settings.load(Home(tmp_path)).targets == {"advocacy/nps": 40}
    assert 0 < len(walked()) < 99


def test_a_closed_folder_of_queries_is_named_and_keeps_no_other_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, ours = written(tmp_path / "own", "a/own"), tmp_path / "home" / "ours"
    written(ours, "a/x", "b/y")
    scan = os.scandir

    def scandir(path: Path) -> object:
        if Path(path) == ours / "a":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = load([own, ours])
    assert set(found.queries) == {"a/own", "b/y"}
    assert [p.where for p in found.problems] == ["home/ours/a"]
    assert "chmod" in found.problems[0].fix


def test_copies_of_the_products_own_files_are_one_sentence(tmp_path: Path) -> None:
    names = [f"a/q{n}" for n in range(9)]
    own, ours = written(tmp_path / "own", *names), tmp_path / "home" / "queries"
    windows = "\ufeff" + TABLE.replace("\n", "\r\n")
    written(ours, *names, "b/of_the_team", text=windows)
    found = load([own, ours])
    assert set(found.queries) == {*names, "b/of_the_team"}
    (told,) = found.problems
    assert told.where == "home/queries" and "copies of 9 files" in told.found
    assert "changed" not in f"{told.found}{told.fix}" and "delete" in told.fix
    written(ours, "a/q4", text=TABLE.replace('"o"', '"us"'))
    (told,) = load([own, ours]).problems
    assert "copies of 9 files" in told.found and "1 of them changed: a/q4" in told.found
    assert "name of its own" in told.fix
    written(ours, *names, text="select 1")
    (told,) = load([own, ours]).problems
    assert "9 of them changed: a/q0, a/q1, a/q2 and 6 more" in told.found
