"""docs/connecting-files.md explains every setting; the words of the errors are real."""

from __future__ import annotations

import dataclasses

from connectors import files
from journey.home import PROJECT

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
