"""What Streamlit works out anew for every run of every session, worked out once.

These stand in for parts of Streamlit that are not made to be exchanged: the tests hold
both against what the installed version does by itself.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from streamlit import config
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

populate = app_session._populate_theme_msg


def begin() -> None:
    """Put both in force, for the whole process; doing it again changes nothing."""
    app_session._populate_theme_msg = theme
    DeltaGenerator.__deepcopy__ = copied  # type: ignore[assignment,method-assign]
    config.on_config_parsed(_theme.cache_clear, force_connect=True)


def theme(msg: CustomThemeConfig, section: str = "theme") -> None:
    """Write a section of the theme, which each run tells its browser, into a message."""
    told = _theme(section)
    if told.ByteSize():
        msg.MergeFrom(told)


@cache
def _theme(section: str) -> CustomThemeConfig:
    """Return a section as it is until the settings are read again."""
    told = CustomThemeConfig()
    populate(told, section)
    return told


def copied(self: DeltaGenerator, memo: dict[int, Any]) -> DeltaGenerator:
    """Return a place on the page with all those around it, each of them copied once.

    A fragment copies the places that it stands in, each of which knows the one around it:
    copied anew for each, they take ten times as long where fragments stand deep.
    """
    copy = DeltaGenerator(
        root_container=self._root_container,
        cursor=deepcopy(self._cursor, memo),
        parent=deepcopy(self._parent, memo),
        block_type=self._block_type,
    )
    copy._form_data = deepcopy(self._form_data, memo)
    copy._creating_fragment_id = self._creating_fragment_id
    return copy
