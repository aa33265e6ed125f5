"""What stands in for parts of Streamlit does what they do."""

from __future__ import annotations

from copy import deepcopy

import pytest
from streamlit import config
from streamlit.cursor import RunningCursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from journey.ui import lighter

SECTIONS = [
    "theme",
    *(f"theme.{one.value}" for one in config.CustomThemeCategories),
]


@pytest.fixture
def in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_session, "_populate_theme_msg", lighter.populate)
    monkeypatch.setattr(DeltaGenerator, "__deepcopy__", DeltaGenerator.__deepcopy__)
    lighter.begin()


@pytest.mark.usefixtures("in_force")
@pytest.mark.parametrize("section", SECTIONS)
def test_each_run_is_told_the_theme_that_streamlit_would_tell_it(section: str) -> None:
    for _ in range(2):
        ours, theirs = CustomThemeConfig(), CustomThemeConfig()
        app_session._populate_theme_msg(ours.light, section)
        lighter.populate(theirs.light, section)
        assert ours.SerializeToString() == theirs.SerializeToString()
    told = CustomThemeConfig()
    app_session._populate_theme_msg(told, "theme")
    assert told.font_faces and told.heading_font_sizes[0] == "24px"


@pytest.mark.usefixtures("in_force")
def test_a_copied_place_on_the_page_stands_where_it_stood_apart_from_it() -> None:
    outer = DeltaGenerator(cursor=RunningCursor(0, (1,)), block_type="vertical")
    inner = DeltaGenerator(
        cursor=RunningCursor(0, (1, 4)), parent=outer, block_type="column"
    )
    inner._provided_cursor.lock_element()
    first, second = deepcopy((outer, inner))
    assert second._parent is first and first is not outer
    assert second._provided_cursor.delta_path == inner._provided_cursor.delta_path
    assert [dg._block_type for dg in second._ancestors] == ["column", "vertical"]
    second._provided_cursor.lock_element()
    assert second._provided_cursor.index == inner._provided_cursor.index + 1
