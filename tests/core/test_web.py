"""Calls over the web: what is tried again, what is not, and what is never told."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from journey.connector import Access, Failure, JourneyError, Pause, Problem
from journey.settings import Source
from journey.sources import bodies, web
from journey.sources.kinds import unforeseen
from journey.sources.web import Web
from tests.connectors.service import Answer, Call, Service

KEY = "key-5d1f0a9b"


class Till(Service):
    """Answers every path with what the test has put there."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Any] = {}

    def answer(self, call: Call) -> Answer:
        found = self.answers.get(call.path, {"path": call.path, "params": call.params})
        if isinstance(found, list) and found and isinstance(found[0], Answer):
            return found.pop(0) if len(found) > 1 else found[0]
        return found if isinstance(found, Answer) else Answer(found)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr(web, "pause", seconds.append)
    return seconds


@pytest.fixture
def till(waits: list[float]) -> Iterator[Till]:
    served = Till()
    yield served
    served.close()


def calls(till: Till, **more: Any) -> Web:
    return Web("till", Access(till.url, headers={"X-Key": KEY}, **more))


def test_what_is_none_is_not_asked_and_the_key_goes_along(till: Till) -> None:
    answer = calls(till).get("things", {"page": 2, "after": None}).json
    assert answer == {"path": "/things", "params": {"page": "2"}}
    assert till.calls[0].headers["x-key"] == KEY


@pytest.mark.parametrize(("fault", "made"), [("500", 5), ("cut", 5), ("malformed", 3),
                                             ("truncated", 3), ("401", 1), ("403", 1),
                                             ("html", 1)])  # fmt: skip
def test_each_kind_of_failure_has_its_number_of_tries(
    till: Till, fault: str, made: int
) -> None:
    till.cut_after, till.broken = 0, fault
    with pytest.raises(JourneyError) as error:
        calls(till).get("things", {"q": "whispered"})
    assert len(till.calls) == made
    assert "whispered" not in str(error.value) and KEY not in str(error.value)


def test_a_wait_that_the_source_asks_for_is_kept(till: Till, waits: list[float]) -> None:
    till.faults = {1: "429 later"}
    calls(till).get("things")
    assert waits == [2.0]


def test_a_wait_of_hours_is_left_to_the_next_run(till: Till, waits: list[float]) -> None:
    till.faults = {1: "429 much later"}
    with pytest.raises(Pause) as pause:
        calls(till).get("things")
    assert "2 hours" in pause.value.problems[0].found and waits == []


def test_a_retry_after_with_a_date_is_understood(till: Till, waits: list[float]) -> None:
    past = {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
    till.answers["/things"] = [Answer({}, 429, past), Answer({"ok": 1})]
    assert calls(till).get("things").json == {"ok": 1}
    assert 0 < waits[0] < 5


def test_a_key_that_a_server_echoes_is_not_told(till: Till) -> None:
    till.answers["/things"] = Answer({"message": f"bad key {KEY}"}, 401)
    with pytest.raises(JourneyError) as error:
        calls(till).get("things")
    assert "bad key ***" in str(error.value)


def test_credentials_go_to_no_other_host(till: Till) -> None:
    with pytest.raises(JourneyError) as error:
        calls(till).get("https://elsewhere.example/next?key=1")
    assert "elsewhere.example" in str(error.value) and till.calls == []
    till.answers["/things"] = Answer(
        None, 301, {"Location": "https://www.shop.example/things"}
    )
    with pytest.raises(JourneyError) as error:
        calls(till).get("things")
    assert 'url = "https://www.shop.example"' in str(error.value)


def test_a_redirect_on_the_same_host_is_followed(till: Till) -> None:
    till.answers["/things"] = Answer(None, 308, {"Location": "/things/"})
    assert calls(till).get("things", {"page": 1}).json["path"] == "/things/"


def test_a_cookie_that_a_guard_hands_out_comes_with_the_calls_after_it(till: Till) -> None:
    till.answers["/things"] = [
        Answer(None, 307, {"Location": "/things", "Set-Cookie": "seen=1"}), Answer({})
    ]  # fmt: skip
    reached = calls(till)
    reached.get("things")
    reached.get("others")
    sent = [call.headers.get("cookie") for call in till.calls]
    assert sent == [None, "seen=1", "seen=1"]


@pytest.mark.parametrize("spared", [False, True])
def test_calls_go_by_the_proxy_that_the_environment_names(
    till: Till, monkeypatch: pytest.MonkeyPatch, spared: bool
) -> None:
    monkeypatch.setenv("http_proxy", till.url.removeprefix("http://"))
    monkeypatch.setenv("no_proxy", "127.0.0.1" if spared else "")
    with contextlib.suppress(JourneyError):
        Web("till", Access("http://127.0.0.1:9")).get("things")  # where nothing answers
    assert bool(till.calls) != spared


def test_credentials_in_the_clear_are_refused_before_any_call() -> None:
    for access in (Access("http://shop.example", basic=("a", "b")),
                   Access("http://shop.example", headers={"X-Key": KEY})):  # fmt: skip
        with pytest.raises(JourneyError) as error:
            Web("shop", access)
        assert "https" in str(error.value)


def test_the_words_of_the_vendor_come_first(till: Till) -> None:
    def explain(failure: Failure) -> Problem | None:
        told = failure.json["message"] if failure.json else ""
        return Problem("till", told, "a plan with an API", "upgrade")

    till.answers["/things"] = Answer({"message": "not on this plan"}, 402)
    with pytest.raises(JourneyError) as error:
        Web("till", Access(till.url), explain).get("things")
    assert error.value.problems[0].found == "not on this plan"


def test_a_throttled_query_waits_as_long_as_it_costs(
    till: Till, waits: list[float]
) -> None:
    cost = {"requestedQueryCost": 700, "throttleStatus": {"currentlyAvailable": 100,
            "restoreRate": 100}}  # fmt: skip
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    till.answers["/graphql"] = [
        Answer({"errors": errors, "extensions": {"cost": cost}}),
        Answer({"data": {"shop": {"name": "x"}}}),
    ]
    assert calls(till).graphql("graphql", "{shop{name}}")["shop"] == {"name": "x"}
    assert waits == [6.0]


def test_an_error_inside_http_200_is_a_failure(till: Till) -> None:
    till.answers["/graphql"] = {"errors": [{"message": "Field 'x' doesn't exist"}]}
    with pytest.raises(JourneyError) as error:
        calls(till).graphql("graphql", "{x}")
    assert "doesn't exist" in str(error.value)


def test_a_file_that_is_cut_off_goes_on_at_its_last_line(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b"".join(b'{"n": %d}\n' % number for number in range(5000))

    def answer(call: Call) -> Answer:
        asked = call.headers.get("range", "bytes=0-")
        return Answer(None, 206, {}, whole[int(asked[6:].rstrip("-")) :])

    monkeypatch.setattr(till, "answer", answer)
    till.faults = {1: "truncated", 2: "cut"}
    lines = list(calls(till).lines(f"{till.url}/file?signature=x"))
    assert b"".join(line + b"\n" for line in lines) == whole
    assert "x-key" not in till.calls[0].headers


def test_the_clock_of_the_server_is_known(till: Till) -> None:
    reached = calls(till)
    till.answers["/things"] = Answer({}, 200, {"Date": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert reached.server_ahead is None
    reached.get("things")
    assert reached.server_ahead is not None and reached.server_ahead.days < -3000


@pytest.mark.parametrize("form", [KEY, "dGlsbDprZXktNWQxZjBhOWI=", "key-5d1f0a9b%2F%3D",
                                  "key-5d1f0a9b\\/=", "s3c"])  # fmt: skip
def test_no_form_of_a_credential_is_told(till: Till, form: str) -> None:
    till.answers["/things"] = Answer({"message": f"refused: {form} !"}, 401)
    for access in (Access(till.url, basic=("till", KEY)),
                   Access(till.url, basic=("till", KEY + "/=")),
                   Access(till.url, basic=("s3c", KEY), headers={"X": KEY})):  # fmt: skip
        with pytest.raises(JourneyError) as error:
            Web("till", access).get("things", headers={"X-Token": form})
        told = str(error.value)
    assert form not in told and "***" in told


@pytest.mark.parametrize("url", [
    "https://me:w0rd@shop.example", "shop.example", "file:///x", "https://shop.example:x",
    "https://shop.example?key=w0rd", "https://[shop.example", "",
])  # fmt: skip
def test_an_address_that_is_none_is_refused_and_not_told(url: str) -> None:
    with pytest.raises(JourneyError) as error:
        Web("till", Access(url))
    assert "w0rd" not in str(error.value) and "journey.toml" in str(error.value)


@pytest.mark.parametrize("next_page", [
    "https://till.example@evil.example/x", "https://till.example:8443/x",
    "https://user@till.example/x", "http://till.example/x", "https://till.example./x",
    "https://evil.example\\@till.example/x", "https://[till.example/x",
    "https://till.example:x/", "https://tіll.example/x",
])  # fmt: skip
def test_a_next_page_elsewhere_is_not_called(next_page: str, waits: list[float]) -> None:
    reached = Web("till", Access("https://TILL.example/base"))
    with pytest.raises(JourneyError) as error:
        reached.get(next_page)
    assert "next page" in str(error.value)


@pytest.mark.parametrize(("location", "told"), [
    (None, "without saying where"), ("http://[x", "without saying where"),
    ("file:///etc/passwd", "without saying where"), ("/things", "in a circle"),
    ("https://www.shop.example:8443/x", 'url = "https://www.shop.example:8443"'),
])  # fmt: skip
def test_a_redirect_that_leads_nowhere_is_told(
    till: Till, location: str | None, told: str
) -> None:
    till.answers["/things"] = Answer(None, 302, {"Location": location} if location else {})
    with pytest.raises(JourneyError) as error:
        calls(till).get("things")
    assert told in str(error.value) and len(till.calls) <= 3


@pytest.mark.parametrize(("body", "packing"), [
    (gzip.compress(b"[" + b"0," * 10**6 + b"0]"), "gzip"), (b"x", "gzip, gzip"),
    (b"[" * 200_000, ""), (b'{"total": NaN}', ""), (gzip.compress(b"[1]" * 9)[:-9], "gzip"),
], ids=["bomb", "packed twice", "deep", "no number", "cut off"])  # fmt: skip
def test_a_bomb_or_a_body_that_is_no_json_ends_with_an_error(
    till: Till, monkeypatch: pytest.MonkeyPatch, body: bytes, packing: str
) -> None:
    monkeypatch.setattr(bodies, "LARGEST", 10**6)
    headers = {"Content-Encoding": packing} if packing else {}
    till.answers["/things"] = Answer(None, 200, headers, body)
    with pytest.raises(JourneyError) as error:
        calls(till).get("things")
    assert "more than" in str(error.value) or "no JSON" in str(error.value)


def test_texts_that_are_spoilt_are_read_all_the_same(till: Till) -> None:
    body = (
        b'\xef\xbb\xbf{"a": "\\ud83d x \\udc4d", "b": "\xb3", "c": "\\ud83d\\udc4d\\u0142"}'
    )
    for packed, how in ((gzip.compress(body), "gzip"), (zlib.compress(body), "deflate"),
                        (zlib.compress(body)[2:-4], "deflate")):  # fmt: skip
        till.answers["/things"] = Answer(None, 200, {"Content-Encoding": how}, packed)
        found = calls(till).get("things").json
        assert found == {"a": "\ufffd x \ufffd", "b": "\ufffd", "c": "👍ł"}


def test_an_answer_that_trickles_for_ever_is_given_up(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LONGEST", -1.0)
    with pytest.raises(JourneyError) as error:
        calls(till).get("things")
    assert "no answer in time" in str(error.value)


def test_a_list_that_gives_one_page_for_ever_is_left(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SAME", 5)
    till.answers["/things"] = Answer({"rows": "x" * 2000})
    reached = calls(till)
    with pytest.raises(JourneyError) as error:
        for page in range(9):
            reached.get("things", {"page": page})
    assert "the same page 5 times" in str(error.value) and len(till.calls) == 5


def test_pages_that_differ_in_their_middle_alone_are_a_list(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SAME", 3)
    ends = "x" * bodies.EDGE
    till.answers["/things"] = [Answer([ends, page % 2, ends]) for page in range(9)]
    reached = calls(till)
    for page in range(9):
        assert reached.get("things", {"page": page}).json[1] == page % 2
    with pytest.raises(JourneyError):
        reached.get("things", {"page": 9})
        reached.get("things", {"page": 10})


@pytest.mark.parametrize("later", ["inf", "nan", "-5", "1e400", "soon", "Wed, 99 Xxx 20x"])
def test_a_retry_after_that_is_odd_breaks_nothing(
    till: Till, waits: list[float], later: str
) -> None:
    till.answers["/things"] = [Answer({}, 503, {"Retry-After": later}), Answer({"ok": 1})]
    try:
        assert calls(till).get("things").json == {"ok": 1}
    except Pause as pause:
        assert "HTTP 503" in str(pause)
    assert all(0 < wait < 130 for wait in waits)


def test_what_a_library_quotes_of_a_row_is_not_told() -> None:
    for error in (ValueError("no number: 'Jan Kowalski'"), KeyError("Jan Kowalski")):
        assert "Kowalski" not in unforeseen(Source("till", "till"), error).found
    assert "created_at" in unforeseen(Source("till", "till"), KeyError("created_at")).found


def test_a_part_that_begins_before_the_asked_byte_doubles_no_line(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b"".join(b'{"n": %d}\n' % number for number in range(5000))

    def answer(call: Call) -> Answer:
        start = int(call.headers.get("range", "bytes=0-")[6:].rstrip("-")) // 4096 * 4096
        told = {"Content-Range": f"bytes {start}-{len(whole) - 1}/{len(whole)}"}
        return Answer(None, 206, told, whole[start:])

    monkeypatch.setattr(till, "answer", answer)
    till.faults = {1: "truncated", 2: "truncated"}
    lines = list(calls(till).lines(f"{till.url}/file"))
    assert b"".join(line + b"\n" for line in lines) == whole
