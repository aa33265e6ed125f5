"""The address holds what a reader picked, and survives whatever people write into it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope
from streamlit.testing.v1 import AppTest

from journey import address, cli, settings
from journey.home import Home
from journey.problem import JourneyError
from journey.ui import turning
from journey.ui.navigation import ENTRIES
from journey.ui.shorter import Shorter
from tests.pages.test_filters import notices
from tests.pages.test_pages import PROJECT, components, opened

pytestmark = pytest.mark.usefixtures("in_sample_home")

PICKS = {
    "measure": "conversion/checkout_completion", "by": "country",
    "moved": "conversion/checkout_completion", "moved_by": "country",
}  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>[x](http://evil.example)", "\0%00%ff%zz'; drop ../../etc",
    "źdźbło їжак \u202e\ud7ff" + "x" * 5000,
)  # fmt: skip


def everywhere(at: AppTest) -> set[str]:
    return {key for key in at.query_params if key not in ("embed", "embed_options")}


def test_an_untouched_page_has_no_parameter_at_all() -> None:
    for page in ("", "drop_offs_page.py"):
        at = opened(page, days="28", compare="previous", sales_channel="own_shop")
        assert not everywhere(at), page
        assert not notices(at)


def test_what_is_picked_in_a_page_is_linked_and_opens_again() -> None:
    at = opened("conversion_page.py", **PICKS)
    assert not at.exception and not notices(at)
    assert at.selectbox(key="measure").value == PICKS["measure"]
    assert at.selectbox(key="moved_figure").value == PICKS["moved"]
    assert {key: at.query_params[key] for key in PICKS} == PICKS
    at.selectbox(key="measure").set_value("conversion/conversion_rate").run()
    assert "measure" not in at.query_params, "the usual one leaves no parameter"
    at.multiselect(key="device").set_value(["mobile"]).run()
    assert at.query_params["moved"] == PICKS["moved"]
    at.switch_page("pages/retention_page.py").run()
    assert at.query_params["device"] == "mobile"


def test_a_drawer_stands_in_the_address_while_it_is_open() -> None:
    at = opened("conversion_page.py", open="conversion/conversion_rate", open_by="device")
    assert not at.exception and not notices(at)
    assert at.query_params["open"] == "conversion/conversion_rate"
    assert len(at.get("dialog")) == 1
    for wrong in ("data/who_without_purchase", "a"):
        at = opened("conversion_page.py", open=wrong)
        assert "opens no figure" in notices(at)[0] and "open" not in at.query_params
        assert not at.get("dialog")


def test_a_column_that_only_a_link_names_becomes_a_filter() -> None:
    at = opened(basket_band="100-200")
    assert not notices(at) and at.query_params["basket_band"] == "100-200"
    assert at.multiselect(key="basket_band").value == ["100-200"]
    at.multiselect(key="basket_band").set_value([]).run()
    assert "basket_band" not in {one.key for one in at.run().multiselect}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_people_write_into_an_address_fails_a_page(hostile: str) -> None:
    page = "conversion_page.py"
    keys = [
        *address.known("conversion") - {"share", "too_long", "turn"},
        "unheard",
        hostile,
    ]
    at = opened(page, **dict.fromkeys(keys, hostile))
    assert not at.exception
    (notice,) = notices(at)
    assert not re.search(r"(?<!\\)<script|\]\(http|\0|\u202e", notice)
    assert len(notice) < 4000
    assert not everywhere(at), "what cannot be used leaves the address"


def test_a_link_that_is_followed_inside_the_app_is_told_as_well() -> None:
    at = opened(device="mobile")
    at.switch_page("pages/retention_page.py")
    at.query_params["device"] = "fridge"
    at.query_params["days"] = "abc"
    at.run()
    (notice,) = notices(at)
    assert "Device fridge" in notice and "no choice: abc" in notice
    assert not notices(at.run()), "told once"


def test_what_a_filter_just_wrote_never_undoes_the_next_click() -> None:
    at = opened()
    at.multiselect(key="device").set_value(["mobile"]).run()
    at.multiselect(key="device").set_value(["desktop"]).run()
    at.query_params["device"] = "mobile"  # the address of the click before
    at.run()
    assert at.multiselect(key="device").value == ["desktop"]
    assert at.query_params["device"] == "desktop"


def test_what_a_link_holds_for_another_page_waits_for_it() -> None:
    at = opened(query="conversion/conversion_rate", colour="red", utm_source="mail")
    (notice,) = notices(at)
    assert "colour" in notice and "query" in notice and "utm" not in notice
    assert not everywhere(at)
    at.switch_page("pages/queries_page.py").run()
    assert at.query_params["query"] == "conversion/conversion_rate"


def test_many_values_and_keys_are_told_in_one_short_notice() -> None:
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.query_params["device"] = [*map(str, range(900)), "mobile", "mobile"]
    at.run()
    (notice,) = notices(at)
    assert "other values" in notice and len(notice) < 300


def test_a_value_outside_of_the_rows_of_a_role_reads_like_one_that_is_not_there(
    in_sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(in_sample_home.data / name)
    (tmp_path / "journey.toml").write_text('[roles.poles]\nrows = { country = ["PL"] }\n')
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    told = []
    for country in ("CZ", "XX"):
        at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
        at.user = {"is_logged_in": True, "groups": ["poles"]}
        at.query_params["country"] = country
        at.run()
        assert not at.exception and components(at)
        told.append(notices(at)[0].replace(country, "").replace("Czechia", ""))
        assert "country" not in at.query_params
    assert told[0] == told[1]


def test_two_readers_share_nothing_that_they_chose() -> None:
    one = opened(device="mobile", days="7")
    other = opened()
    assert other.multiselect(key="device").value == []
    assert one.run().multiselect(key="device").value == ["mobile"]
    assert other.segmented_control(key="days").value == "28"


# ------------------------------------------------------------------ public parameters


def test_every_parameter_that_the_app_uses_is_known_and_documented() -> None:
    text = "\n".join(p.read_text("utf-8") for p in (PROJECT / "journey/ui").glob("*.py"))
    used = set(re.findall(r'query_params(?:\.get(?:_all)?\(|\[)"(\w+)"', text))
    bound = re.findall(r"key=\"(\w+)\"[^()]*bind=\"query-params\"", text)
    known = {one.key for one in address.PARAMETERS}
    assert {*used, *bound} <= known
    documented = (PROJECT / "docs" / "sharing.md").read_text("utf-8")
    assert not [key for key in known if f"`{key}`" not in documented]


def test_pages_of_the_list_are_pages_of_the_menu() -> None:
    pages = {entry.url_path for entry in ENTRIES}
    assert {page for one in address.PARAMETERS for page in one.pages} <= pages


@pytest.mark.parametrize(
    ("url", "page", "base"),
    [
        ("https://a.example/conversion", "conversion", "https://a.example"),
        ("https://a.example/shop/conversion/", "conversion", "https://a.example/shop"),
        ("http://a.example:8501/", "journey", "http://a.example:8501"),
        ("http://u:p@a.example/x?y=1#z", "", "http://a.example/x"),
        ("javascript:alert(1)", "", ""),
        ("http://[", "", ""),
    ],
)
def test_where_the_app_stands_is_read_of_any_page(url: str, page: str, base: str) -> None:
    assert address.base(url, page) == base


@pytest.mark.parametrize(
    ("url", "is_right"),
    [
        ("https://dashboard.example", True),
        ("https://dashboard.example/shop/", True),
        ("http://localhost:8501", True),
        ("http://127.0.0.1:8501", True),
        ("http://dashboard.example", False),
        ("https://u:p@dashboard.example", False),
        ("https://dashboard.example/?a=b", False),
        ("https://", False),
        ("https://a b", False),
        ("ftp://dashboard.example", False),
        (7, False),
        ("javascript:alert(1)", False),
    ],
)
def test_the_apps_own_address_is_https_or_of_this_machine(
    tmp_path: Path, url: object, is_right: bool
) -> None:
    written = f"{url}" if isinstance(url, int) else f'"{url}"'
    (tmp_path / "journey.toml").write_text(f"url = {written}\n")
    if is_right:
        assert settings.load(Home(tmp_path)).url == str(url).rstrip("/")
        return
    with pytest.raises(JourneyError, match="the app's own address"):
        settings.load(Home(tmp_path))


def test_the_command_line_prints_links(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["link", "journey", "--where", "device=mobile", "--days", "28"]
    assert cli.main(asked) == 0
    assert capsys.readouterr().out == "http://localhost:8501/?device=mobile\n"
    assert cli.main(["link", "conversion", "--days", "90", "--compare", "year"]) == 0
    out = capsys.readouterr().out
    assert out == "http://localhost:8501/conversion?compare=year&days=90\n"
    assert cli.main(["link", "convertion"]) == 2
    assert 'did you mean "conversion"?' in capsys.readouterr().err


# ------------------------------------------------------------------ the server


def answered(path: str, query: bytes) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def app(scope: Scope, receive_: object, send_: object) -> None:
        await PlainTextResponse("page")(scope, receive, send)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query,
             "headers": []}  # fmt: skip
    asyncio.run(Shorter(app)(scope, receive, send))
    return sent


@pytest.mark.parametrize("path", ["/conversion", "//evil.example", "/\\evil.example/ż"])
def test_a_link_longer_than_streamlit_reads_leads_to_the_page(
    path: str,
) -> None:
    start = answered(path, b"&".join([b"device=x"] * 2000))[0]
    location = dict(start["headers"])[b"location"]
    assert start["status"] == 303
    assert location.startswith(b"/") and not location.startswith((b"//", b"/\\"))
    assert answered(path, b"device=x")[0]["status"] == 200


def test_a_link_that_was_too_long_is_told() -> None:
    assert "too long" in notices(opened(too_long="yes"))[0]


# ------------------------------------------------------------------ a screen on a wall


@pytest.mark.parametrize("wrong", ["9", "3601", "٣٠"])
def test_seconds_that_make_no_sense_are_told(wrong: str) -> None:
    at = opened(turn=wrong)
    assert "Pages turn after" in notices(at)[0] and "turn" not in at.query_params


def test_pages_turn_in_the_order_of_the_menu_and_begin_again() -> None:
    order, page = [], "journey"
    for _ in range(10):
        page = turning._next(page).url_path
        order.append(page)
    assert order[:3] == ["awareness", "consideration", "conversion"]
    assert order[-2:] == ["journey", "awareness"]
    assert not {"queries", "data"} & set(order)
