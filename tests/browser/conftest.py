"""Servers of the app in processes of their own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from journey.home import PROJECT, Home

Serve = Callable[..., contextlib.AbstractContextManager[str]]


@contextlib.contextmanager
def served(home: Home, watch: int = 10) -> Iterator[str]:
    """A new server process for this home; its address while it runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(PROJECT / "app.py"),
        "--server.port",
        str(port),
        "--server.headless",
        "true",
        "--server.address",
        "127.0.0.1",
    ]
    environment = {
        **os.environ,
        "JOURNEY_HOME": str(home.root),
        "JOURNEY_WATCH_SECONDS": str(watch),
    }
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/_stcore/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server stopped by itself"
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within 30 s")


@pytest.fixture
def fresh_server(sample_home: Home) -> Iterator[str]:
    with served(sample_home) as address:
        yield address


@pytest.fixture(scope="module")
def server(sample_home: Home) -> Iterator[str]:
    with served(sample_home) as address:
        yield address


@pytest.fixture
def serve() -> Serve:
    return served
