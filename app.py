"""Navigation and the sign-in; pages draw everything else."""

import streamlit as st

from journey import ui
from journey.home import PROJECT

if ui.server.is_drawing():
    icon, logo = PROJECT / "static" / "icon.png", PROJECT / "static" / "logo.svg"
    # Before the menu: else the browser asks a foreign host for the menu's icon.
    st.set_page_config(page_icon=str(icon), layout="wide")
    is_framed = st.context.is_embedded or not ui.gate.is_open()
    page = st.navigation(ui.menu(), position="hidden" if is_framed else "top")
    st.set_page_config(page_title=f"{page.title} · Customer journey")
    st.logo(str(logo), size="medium")
    ui.gate.admit()
    page.run()
else:
    ui.gate.refuse_to_start()
    app = st.App(
        __file__,
        lifespan=ui.server.start,
        routes=ui.server.ROUTES,
        middleware=ui.server.MIDDLEWARE,
        on_script_error=ui.crash.tell,
    )
