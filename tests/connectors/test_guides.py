"""What the page Data shows to who connects a shop can be copied, and every setting of a
source on the web is in its page of docs/."""

from __future__ import annotations

import dataclasses
import importlib
import tomllib
from types import ModuleType

import pytest

from journey.home import PROJECT, Home
from journey.settings import Source
from journey.sources.options import options_of

connect: ModuleType = importlib.import_module("journey.ui.connect")
KINDS = connect.kinds()
PAGES = {
    kind: PROJECT / "docs" / f"connecting-{kind.replace('_', '-')}.md"
    for kind in KINDS
    if kind not in ("files", "ga4_export")
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_block_can_be_copied_as_it_is(kind, tmp_path, monkeypatch):
    module = importlib.import_module(f"connectors.{kind}")
    text = connect.block(kind, module.GUIDE.name, module.GUIDE.example)
    for name in connect.secrets_of(text):
        monkeypatch.setenv(name, "given")
    (given,) = tomllib.loads(text)["sources"]
    name, of = given.pop("name"), given.pop("kind")
    assert options_of(Source(name, of, given), module.Settings, Home(tmp_path))
    assert of == kind and '"..."' not in text


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_names_every_setting_and_the_secrets_of_the_block(kind):
    module = importlib.import_module(f"connectors.{kind}")
    told = PAGES[kind].read_text("utf-8")
    rows = "\n".join(line for line in told.splitlines() if line.startswith("| `"))
    named = [field.name for field in dataclasses.fields(module.Settings)]
    assert [name for name in named if f"`{name}`" not in rows] == []
    block = connect.block(kind, module.GUIDE.name, module.GUIDE.example)
    assert all(f"env:{secret}" in told for secret in connect.secrets_of(block))
    assert f"doctor {module.GUIDE.name}" in told
