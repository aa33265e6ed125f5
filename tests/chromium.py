"""Debian's Chromium for the browser tests: found or installed, and how it is started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PATH = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-dev-shm-usage",
]
MISSING = """\
The browser tests need Chromium and there is none on this machine.
  found:    no chromium on the PATH, and no right to install it
  expected: the package "chromium" (Debian) or its like
  to do:    run `sudo apt-get install chromium`, then `make test` again"""


def ensure() -> str:
    """Return the path of Chromium, installed with apt when root; else exit and say so."""
    if path := shutil.which("chromium"):
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests ...", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "check": True}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], **quiet)
    return shutil.which("chromium") or sys.exit(MISSING)


if __name__ == "__main__":
    ensure()
