"""Charts as SVG and SVG as PNG, made in a process of its own.

The converter is a browser's engine in a library: it holds the interpreter for as long as
it draws, a second for the first picture and a tenth for the next, and 100 MB. In a
process of its own no other reader waits, and the memory goes when nobody draws.

JSON comes in, JSON goes out.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import io
import json
import threading
from typing import Any

from journey import processes
from journey.home import PROJECT
from journey.problem import JourneyError, Problem
from journey.processes import Child, Ended

FONTS = PROJECT / "static"
SECONDS = 30.0
"""A picture that takes longer is given up; the first one starts the process as well."""
IDLE = 600.0
"""Seconds without a picture after which the process ends."""
VEGA_LITE = "6.4"
SMALLEST: dict[str, Any] = {"mark": "point", "data": {"values": [{}]}}
SCALE = 2.0
"""Pixels of a PNG for each of the SVG: sharp on a slide."""


def svg(spec: dict[str, Any]) -> str:
    """Return a Vega-Lite chart as SVG. Raises JourneyError when it cannot be drawn."""
    return str(_painter.ask({"spec": spec}))


def png(picture: str) -> bytes:
    """Return an SVG as PNG, twice its size. Raises JourneyError."""
    return base64.b64decode(_painter.ask({"svg": picture}))


def start() -> None:
    """Let the process be ready by the time somebody wants a picture."""
    threading.Thread(target=_painter.wake, daemon=True).start()


class Painter:
    """One process, started when needed, ended when idle or stuck."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.child = Child("journey.output.painter")

    def wake(self) -> None:
        """Start the process with its engine, unless it runs or is busy."""
        if not self.child.runs() and not self.lock.locked():
            with contextlib.suppress(JourneyError):
                self.ask({"spec": SMALLEST})

    def ask(self, request: dict[str, Any]) -> str:
        if not self.lock.acquire(timeout=SECONDS):
            raise _problem("others are having pictures made")
        try:
            sent = json.dumps(request, allow_nan=False).encode()
            told = json.loads(self.child.ask(sent, SECONDS))
        except Ended as ended:
            raise _problem("the picture was not finished") from ended
        finally:
            self.lock.release()
        if "answer" not in told:
            raise _problem(str(told["problem"]))
        return str(told["answer"])


_painter = Painter()
atexit.register(_painter.child.stop)


def _problem(found: str) -> JourneyError:
    return JourneyError(
        Problem("the picture", found[:300], f"a picture in {SECONDS:.0f} seconds",
                "try again; CSV, Excel and Parquet need no picture")
    )  # fmt: skip


# ------------------------------------------------------- inside the process


def answers(request: bytes) -> list[bytes]:
    return [json.dumps(_answered(json.loads(request))).encode()]


def _answered(request: dict[str, Any]) -> dict[str, str]:
    try:
        if "spec" in request:
            return {"answer": _svg(request["spec"])}
        return {"answer": _png(request["svg"])}
    except (ValueError, OSError) as error:
        return {"problem": str(error)}


def _svg(spec: dict[str, Any]) -> str:
    import vl_convert

    # no data of a chart lie elsewhere, so that nothing may be fetched
    return str(vl_convert.vegalite_to_svg(spec, VEGA_LITE, allowed_base_urls=[]))


def _png(picture: str) -> str:
    import vl_convert
    from PIL import Image

    drawn = Image.open(io.BytesIO(vl_convert.svg_to_png(picture, SCALE))).convert("RGB")
    small = io.BytesIO()
    drawn.save(small, "PNG", optimize=True, dpi=(144, 144))
    return base64.b64encode(small.getvalue()).decode()


def _prepare() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


if __name__ == "__main__":
    _prepare()
    processes.serve(answers, IDLE)
