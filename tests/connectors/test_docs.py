"""docs/connecting-files.md explains every setting; the words of the errors are real."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import types

import pytest

from connectors import files
from journey import connector, settings
from journey.home import PROJECT, Home
from journey.settings import ORDER_STATUSES, Reporting
from journey.sources import kinds

TEXT = (PROJECT / "docs" / "connecting-files.md").read_text("utf-8")


def test_every_setting_has_a_heading():
    names = {
        field.name
        for shape in (files.Settings, files.Table)
        for field in dataclasses.fields(shape)
    }
    headings = {line[4:] for line in TEXT.splitlines() if line.startswith("### ")}
    assert headings == names


def test_every_setting_says_what_it_is():
    for shape in (files.Settings, files.Table):
        for field in dataclasses.fields(shape):
            assert field.metadata["help"], field.name


def test_the_first_mapping_lands_and_shows_the_defaults(shop):
    shop.write("journey.toml", TEXT.split("```toml\n")[1].split("```")[0])
    header = "Order no.;Date;Total;E-mail;Status"
    row = "7;01.10.2026 12:30;99,90;anna@mail.example;paid"
    shop.write("exports/orders-1.csv", f"{header}\n{row}\n")
    assert shop.fine().rows == 1
    found = shop.rows("select order_id, gross_total::varchar, status from sales_order")
    assert found == [("7", "99.9000", "paid")]
    assert settings.load(shop.home).reporting == Reporting()


def test_every_known_status_is_listed(tmp_path):
    rows = dict(re.findall(r"^\| `(counts|waits|lost)` \| (.*) \|$", TEXT, re.MULTILINE))
    listed = {
        status: standing
        for standing, told in rows.items()
        for status in re.findall(r"`([^`]+)`", told)
    }
    assert listed == ORDER_STATUSES
    example = next(part for part in TEXT.split("```toml\n") if "zrealizowane" in part)
    (tmp_path / "journey.toml").write_text(example.split("```")[0], "utf-8")
    found = settings.load(Home(tmp_path)).order_statuses
    assert found["zrealizowane"] == "counts"


GUIDE = (PROJECT / "docs" / "writing-a-connector.md").read_text("utf-8")
MODULE, FRAMES, LATER, TEST = (
    part.split("```")[0] for part in GUIDE.split("```python\n")[1:]
)


@pytest.fixture(params=["rows", "frames", "later"])
def till(request, monkeypatch):
    """The connector that the guide shows, in all ways, among those of the project."""
    module = types.ModuleType("connectors.till")
    monkeypatch.setitem(sys.modules, "connectors.till", module)
    monkeypatch.setattr(kinds, "kinds", lambda: ["files", "till"])
    exec(compile(MODULE, "till.py", "exec"), module.__dict__)
    if request.param != "rows":
        exec(compile(FRAMES, "till.py", "exec"), module.__dict__)
    if request.param == "later":
        exec(compile(LATER, "till.py", "exec"), module.__dict__)


TESTS = types.ModuleType("test_till")
exec(compile(TEST, "test_till.py", "exec"), TESTS.__dict__)


till_service = TESTS.till_service


@pytest.mark.parametrize("name", [name for name in vars(TESTS) if name.startswith("test_")])
def test_the_tests_of_the_guide_pass_on_its_connector(
    shop, till, till_service, monkeypatch, name
):
    given = {"shop": shop, "till_service": till_service, "monkeypatch": monkeypatch}
    test = getattr(TESTS, name)
    test(**{key: given[key] for key in inspect.signature(test).parameters})


def test_the_guide_names_every_batch():
    for batch in connector.Batch.__args__:
        assert f"`{batch.__name__}(" in GUIDE


@pytest.mark.parametrize("till", ["frames", "later"], indirect=True)
def test_a_receipt_of_another_shape_is_told_and_the_others_land(shop, till, till_service):
    odd = till_service.receipts[0] | {"number": "6"}
    del odd["sum"]
    till_service.receipts.append(odd)
    (result,) = shop.sync()
    assert shop.rows("select count(*) from sales_order") == [(5,)]
    (told,) = result.unreadable
    assert told.where == "source till, sales_order, number 6"
    assert told.found == "it has no sum"
