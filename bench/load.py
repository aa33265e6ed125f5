"""Many visitors for minutes, with refreshes meanwhile: alone, and on two replicas.

What a refresh publishes is shown to each of them as soon as it is offered.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from bench.pages import Server, free_port, serving
from bench.shop import heading, p95
from bench.visitors import Crowd

MINUTES = 5.0
REFRESHES = 3
SETTLE = 20.0
"""Seconds after the last visitor has left, before memory is looked at again."""
FAULTS = 10
"""Different faults that are told."""
BALANCER = """
pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  upstream replicas {{ hash $cookie_visitor consistent; {servers} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://replicas; proxy_http_version 1.1; proxy_read_timeout 1d;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade; proxy_set_header Host $host;
    }}
  }}
}}
"""


def measure(minutes: float = MINUTES) -> None:
    heading(f"Under load, {minutes:g} minutes each, {REFRESHES} builds meanwhile")
    print("An interaction: from the click sent to the end of the page's script, after its")
    print("last element. CPU: of the servers, of the visitors and of the builds, in ms.")
    print(f"{'':42}{'n':>6}{'median':>8}{'p95':>7}{'most':>7}{'faults':>8}"
          f"{'MB before, full, after':>25}{'CPU for each of them':>25}")  # fmt: skip
    with serving() as server:
        _until_warm(server)
        _crowd("20 visitors thinking 5 s, one process", server.address, [server],
               20, 5.0, minutes)  # fmt: skip
    if shutil.which("nginx") is None:
        print("Two replicas were left out: nginx is not installed.")
        return
    with serving() as first, serving() as second:
        replicas = [first, second]
        for one in replicas:
            _until_warm(one)
        with balanced(replicas) as address:
            _crowd("50 visitors thinking 10 s, two behind nginx", address, replicas,
                   50, 10.0, minutes)  # fmt: skip


def _crowd(
    label: str, address: str, servers: Sequence[Server], size: int, think: float,
    minutes: float,
) -> None:  # fmt: skip
    with Crowd(address, 2, 1.0).visiting():
        time.sleep(5)
    before, spent = _memory(servers), _spent(servers)
    crowd = Crowd(address, size, think)
    with crowd.visiting():
        for _ in range(REFRESHES):
            time.sleep(60 * minutes / (REFRESHES + 1))
            with _building():
                pass
        time.sleep(60 * minutes / (REFRESHES + 1))
        full = _memory(servers)
    spent = [now - then for now, then in zip(_spent(servers), spent, strict=True)]
    time.sleep(SETTLE)
    memory = ", ".join(f"{mb:.0f}" for mb in (before, full, _memory(servers)))
    taken = [1000 * seconds for seconds in crowd.taken]
    each = ", ".join(f"{1000 * seconds / len(taken):.0f}" for seconds in spent)
    print(f"{label:42}{len(taken):6}{median(taken):8.0f}{p95(taken):7.0f}{max(taken):7.0f}"
          f"{len(crowd.faults):8}{memory:>25}{each:>25}", flush=True)  # fmt: skip
    for fault, times in Counter(crowd.faults).most_common(FAULTS):
        print(f"  {times} x {fault}")


def _until_warm(server: Server) -> None:
    """Wait as a load balancer does, until the server says that it is ready."""
    while True:
        with contextlib.suppress(OSError), urlopen(f"{server.address}/api/ready"):
            return
        time.sleep(1)


@contextlib.contextmanager
def _building() -> Iterator[None]:
    build = subprocess.Popen(
        [sys.executable, "-m", "journey", "build"], stdout=subprocess.DEVNULL
    )
    yield
    if build.wait():
        print("  a build failed")


def _spent(servers: Sequence[Server]) -> list[float]:
    """Return the seconds of processor time of servers, of this process and of builds."""
    per_second, here = os.sysconf("SC_CLK_TCK"), os.times()
    told = (Path(f"/proc/{one.pid}/stat").read_text().rpartition(")")[2] for one in servers)
    ticks = sum(int(part) for text in told for part in text.split()[11:13])
    return [
        ticks / per_second,
        here.user + here.system,
        here.children_user + here.children_system,
    ]


def _memory(servers: Sequence[Server]) -> float:
    """Return the resident memory of the servers together, in MB."""
    pages = (Path(f"/proc/{one.pid}/statm").read_text().split()[1] for one in servers)
    return sum(4096 * int(resident) for resident in pages) / 1e6


@contextlib.contextmanager
def balanced(servers: Sequence[Server]) -> Iterator[str]:
    """Yield the address of nginx, which sends a visitor to the same server each time."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        told = " ".join(f"server {s.address.removeprefix('http://')};" for s in servers)
        file = Path(folder, "nginx.conf")
        file.write_text(BALANCER.format(folder=folder, servers=told, port=port))
        nginx = subprocess.Popen(
            ["nginx", "-c", str(file), "-p", folder], stderr=subprocess.DEVNULL
        )
        try:
            time.sleep(1)
            yield f"http://127.0.0.1:{port}"
        finally:
            nginx.terminate()
            nginx.wait(10)
