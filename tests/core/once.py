"""A process that answers one request, then ends by itself; it falls silent at "hush" and
is ended as by the kernel at "die"."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

from journey import processes


def answers(request: bytes) -> Iterator[bytes]:
    if request == b"hush":
        signal.pause()
    if request == b"die":
        os.kill(os.getpid(), signal.SIGXCPU)
    yield request
    os._exit(0)


if __name__ == "__main__":
    processes.serve(answers, 600)
