"""What the address holds beside the page: read when it is new, written when it is picked.

Filter clicks are faster than the address: a run may still be told of values that the run
before has replaced. So a value counts as new only where this page has not written it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

import streamlit as st

from journey import address, data
from journey.ui import problems, shorter, visit

PAGE, WRITTEN, PICKED = "address_page", "address_written", "address_picked"
"""In `held`: the page, what was read or written on it, what was picked on any."""
KEPT, IS_NEW = "address_kept", "address_is_new"
"""In `held`: what stays on the way to another page, and whether this is one."""
WAITING = "address_waiting"
"""In `held`: what a link held for another page than the one it opened."""
NOTICES, PLACE = "address_notices", "address_place"
"""In `held`: what must be said in this run, and where."""
T = TypeVar("T")
SHARED = frozenset({visit.KEY})
"""All that stands in the address of a signed link."""
YES = "yes"
"""What the address holds of a switch that is on."""
TOLD = 60
"""Characters of a value that a notice repeats."""
NAMED = 3
"""Values that a notice names."""


def begin(page: str) -> None:
    """Take in the address of a run: what this page does not know leaves it, and is told
    where a link brought it."""
    state = data.held().address
    state[NOTICES], state[PLACE] = [], None
    is_first = PAGE not in state
    state[IS_NEW] = state.get(PAGE) != page
    if state[IS_NEW]:
        state[PAGE], state[WRITTEN] = page, {}
    if visit.is_one():
        for key in [key for key in st.query_params if key not in SHARED]:
            del st.query_params[key]
        return
    _clear(page, is_first)
    if is_first and not st.query_params.to_dict():
        st.query_params.clear()  # what is too long for Streamlit stays in the browser
    if shorter.KEY in st.query_params:
        del st.query_params[shorter.KEY]
        misread("The link is too long to be read.")


def _clear(page: str, is_first: bool) -> None:
    """Take out what the page does not know. What another page knows waits for it, where
    a link brought it."""
    waiting = data.held().address.setdefault(WAITING, {})
    known = address.known(page)
    unknown = [key for key in st.query_params if key not in known] if page else []
    strange = [k for k in unknown if not (address.is_foreign(k) or _is_of_a_page(k))]
    others = [key for key in unknown if _is_of_a_page(key)] if is_first else []
    if strange or others:
        misread(f"This page has nothing called {named([*strange, *others])}.")
    waiting |= {key: st.query_params.get_all(key) for key in others}
    for key in unknown:
        del st.query_params[key]
    for key in [key for key in waiting if key in known]:
        values = waiting.pop(key)
        if key not in st.query_params:
            st.query_params[key] = values


def _is_of_a_page(key: str) -> bool:
    return any(key == one.key for one in address.PARAMETERS)


def page() -> str:
    """Return the url_path of the page that is drawn; "" before one began."""
    return str(data.held().address.get(PAGE, ""))


def given(key: str) -> tuple[str, ...]:
    """Return the values that a link, or the way back, put into the address just now;
    none where it holds nothing new. Told once."""
    values = held(key)
    written = data.held().address.setdefault(WRITTEN, {}).setdefault(key, set())
    if not values or values in written:
        return ()
    written.add(values)
    return values


def held(key: str) -> tuple[str, ...]:
    """Return the values that the address, or the signed link, holds; each once."""
    if visit.is_one():
        found = visit.link()
        return found.picks.get(key, ()) if found else ()
    values = dict.fromkeys(st.query_params.get_all(key))
    return tuple(v[: address.LONGEST] for v in values if v)[: address.MOST]


def tell(key: str, *values: str) -> None:
    """Write values into the address; none of them leaves no parameter."""
    if visit.is_one():
        return
    data.held().address.setdefault(WRITTEN, {}).setdefault(key, set()).add(tuple(values))
    if st.query_params.get_all(key) == list(values):
        return
    if values:
        st.query_params[key] = values if len(values) > 1 else values[0]
    else:
        del st.query_params[key]


def keep(key: str, value: T) -> T:
    """Keep a choice of the filters on the way to other pages; return it."""
    data.held().address.setdefault(KEPT, {})[key] = value
    return value


def now(key: str, default: Any) -> Any:
    """Return a choice of the filters: that of its widget, whose key it is, else the one
    kept. The widget of the page before may leave an empty value to a new page."""
    known = data.held().address
    kept = known.get(KEPT, {}).get(key, default)
    return kept if known.get(IS_NEW) else st.session_state.get(key, kept)


def pick(key: str, widget: str, options: Iterable[str], usual: str, noun: str) -> str:
    """Let a widget begin with what a link names, else with what was picked before.

    What is no option is told as no such `noun`; the widget then begins with the usual.
    """
    state, known = st.session_state, list(options)
    kept = data.held().address.setdefault(PICKED, {}).get((page(), key))
    if asked := given(key):
        if asked[-1] in known:
            state[widget] = asked[-1]
        else:
            misread(f"There is no {noun} {named(asked[-1:])} here.")
    elif widget not in state and kept in known:
        state[widget] = kept
    if state.get(widget) not in known:
        state[widget] = usual
    return str(state[widget])


def flag(key: str, widget: str) -> None:
    """Let a switch begin with what a link says, else with what it was before: on where
    the address has the parameter."""
    state = st.session_state
    kept = data.held().address.setdefault(PICKED, {}).get((page(), key)) == YES
    state[widget] = bool(given(key)) or bool(state.get(widget, kept))


def picked(key: str, value: str, usual: str) -> None:
    """Keep what was picked: in the address, where it is not the usual, and for the way
    back to the page."""
    data.held().address.setdefault(PICKED, {})[(page(), key)] = value
    tell(key, *([value] if value != usual else []))


def base() -> str:
    """Return where the app stands: as it is set up, else as the reader opened it."""
    return data.settings().url or address.base(st.context.url or "", page())


def here() -> str:
    """Return the address of this page as it is, for texts that others read."""
    own = (visit.KEY, "turn")
    held = {key: st.query_params.get_all(key) for key in st.query_params if key not in own}
    return address.link(base(), page(), held)


# ------------------------------------------------------------------ what must be said


def misread(text: str) -> None:
    """Say what of a link could not be used, in one notice with all the rest."""
    notices: list[str] = data.held().address.setdefault(NOTICES, [])
    if text not in notices:
        notices.append(text)
    show(data.held().address.get(PLACE))


def show(place: Any) -> None:
    """Draw the notice, and all that is said later in this run, in this place."""
    data.held().address[PLACE] = place
    notices = data.held().address.get(NOTICES)
    if place is not None and notices:
        place.info(" ".join(notices), icon=":material/link_off:")


def named(values: Sequence[Hashable]) -> str:
    """Return values of a link as a notice repeats them: few, short, never as markup."""
    few = [_printable(str(value))[:TOLD] for value in values[:NAMED]]
    more = len(values) - len(few)
    return problems.plain(", ".join(few)) + (f" and {more} more" if more else "")


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)
