"""Charts as SVG and SVG as PNG, made in a process of its own.

The converter is a browser's engine in a library: it holds the interpreter for as long as
it draws, a second for the first picture and a tenth for the next, and 100 MB. In a
process of its own no other reader waits, and the memory goes when nobody draws.

The process reads one JSON request a line from its standard input and writes one JSON
answer a line to its standard output.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from typing import IO, Any

from journey.home import PROJECT
from journey.problem import JourneyError, Problem

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
        self.process: subprocess.Popen[bytes] | None = None
        self.idle: threading.Timer | None = None

    def wake(self) -> None:
        """Start the process with its engine, unless it runs or is busy."""
        if self.process is None and not self.lock.locked():
            with contextlib.suppress(JourneyError):
                self.ask({"spec": SMALLEST})

    def ask(self, request: dict[str, Any]) -> str:
        if not self.lock.acquire(timeout=SECONDS):
            raise _problem("others are having pictures made")
        try:
            told = self._exchange(json.dumps(request, allow_nan=False).encode() + b"\n")
        finally:
            self._rest()
            self.lock.release()
        if "answer" not in told:
            raise _problem(str(told.get("problem", "the picture was not finished")))
        return str(told["answer"])

    def _exchange(self, request: bytes) -> dict[str, Any]:
        process = self._alive()
        timer = threading.Timer(SECONDS, process.kill)
        timer.daemon = True
        timer.start()
        try:
            _pipe(process.stdin).write(request)
            _pipe(process.stdin).flush()
            line = _pipe(process.stdout).readline()
        except OSError:
            line = b""
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            self.stop()
            return {}
        return dict(json.loads(line))

    def _alive(self) -> subprocess.Popen[bytes]:
        if self.idle is not None:
            self.idle.cancel()
        if self.process is None or self.process.poll() is not None:
            self.stop()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "journey.output.painter"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                cwd=PROJECT, env=_environment(),
            )  # fmt: skip
        return self.process

    def _rest(self) -> None:
        self.idle = threading.Timer(IDLE, self._end_if_free)
        self.idle.daemon = True
        self.idle.start()

    def _end_if_free(self) -> None:
        if self.lock.acquire(blocking=False):
            try:
                self.stop()
            finally:
                self.lock.release()

    def stop(self) -> None:
        """End the process; the next picture starts another."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


_painter = Painter()
atexit.register(_painter.stop)


def _environment() -> dict[str, str]:
    """Return what the process needs of the environment; secrets stay outside."""
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH", "HOME")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _problem(found: str) -> JourneyError:
    return JourneyError(
        Problem("the picture", found[:300], f"a picture in {SECONDS:.0f} seconds",
                "try again; CSV, Excel and Parquet need no picture")
    )  # fmt: skip


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("the process has no pipe")
    return pipe


# ------------------------------------------------------- inside the process


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until there are no more."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    for line in requests:
        answers.write(json.dumps(_answered(json.loads(line), vl_convert)).encode() + b"\n")
        answers.flush()


def _answered(request: dict[str, Any], vl_convert: Any) -> dict[str, str]:
    try:
        if "spec" in request:
            return {"answer": _svg(request["spec"], vl_convert)}
        return {"answer": _png(request["svg"], vl_convert)}
    except (ValueError, OSError) as error:
        return {"problem": str(error)}


def _svg(spec: dict[str, Any], vl_convert: Any) -> str:
    # no data of a chart lie elsewhere, so that nothing may be fetched
    return str(vl_convert.vegalite_to_svg(spec, VEGA_LITE, allowed_base_urls=[]))


def _png(picture: str, vl_convert: Any) -> str:
    from PIL import Image

    drawn = Image.open(io.BytesIO(vl_convert.svg_to_png(picture, SCALE))).convert("RGB")
    small = io.BytesIO()
    drawn.save(small, "PNG", optimize=True, dpi=(144, 144))
    return base64.b64encode(small.getvalue()).decode()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
