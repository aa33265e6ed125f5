"""Navigation and the sign-in; pages draw everything else."""

import streamlit as st

from journey.home import PROJECT
from journey.ui import entries, gate

st.set_page_config(
    page_title="Customer journey",
    page_icon=str(PROJECT / "static" / "icon.png"),
    layout="wide",
)
st.logo(str(PROJECT / "static" / "logo.svg"), size="medium")
sections: dict[str, list[st.Page]] = {}
for entry in entries():
    sections.setdefault(entry.section, []).append(
        st.Page(
            entry.file, title=entry.title, url_path=entry.url_path, help=entry.question,
            icon=f":material/{entry.icon}:", default=entry.url_path == "journey",
        )
    )  # fmt: skip
page = st.navigation(sections, position="top")
gate.admit()
page.run()
