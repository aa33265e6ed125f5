"""Navigation and the sign-in; pages draw everything else."""

import streamlit as st

from journey import ui
from journey.home import PROJECT

if ui.server.is_drawing():
    icon, logo = PROJECT / "static" / "icon.png", PROJECT / "static" / "logo.svg"
    page = st.navigation(ui.menu(), position="top")
    title = f"{page.title} · Customer journey"
    st.set_page_config(page_title=title, page_icon=str(icon), layout="wide")
    st.logo(str(logo), size="medium")
    ui.gate.admit()
    page.run()
else:
    app = st.App(__file__, lifespan=ui.server.start, routes=ui.server.ROUTES)
