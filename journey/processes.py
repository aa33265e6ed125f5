"""Processes of their own for work that the app must not feel: one answers one request
after the other, is started when it is needed and can be killed at any time.

Messages are a length in 8 bytes and then that many bytes, on standard input and output.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO

from journey.home import PROJECT

KEPT = (
    "PATH", "HOME", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH",
)  # fmt: skip
"""What a process needs of the environment; secrets stay outside."""
PIPES = ((0, "rb"), (1, "wb"))
"""Standard input and output, and how a process uses them."""


class Ended(Exception):
    """The process ended before it answered."""

    def __init__(self, code: int, late: bool) -> None:
        super().__init__(f"the process ended with {code}")
        self.code = code
        """Its exit code; below zero the number of the signal that ended it."""
        self.late = late
        """Whether it was killed because its time was over."""


class Child:
    """A module that runs in a process of its own, started when needed."""

    def __init__(self, module: str, more: Mapping[str, str] | None = None) -> None:
        self.module = module
        """What is run; it calls `serve`."""
        self.more = more or {}
        """What it has in its environment beside what every such process has."""
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes, seconds: float) -> bytes:
        """Send a request and return the first message of its answer.

        Raises Ended where there is none within so many seconds, the start included.
        """
        self.start()
        try:
            return self._first(request, seconds)
        except Ended as ended:
            if ended.code:
                raise
        self.start()  # it had just ended by itself
        return self._first(request, seconds)

    def _first(self, request: bytes, seconds: float) -> bytes:
        with self._within(seconds) as (requests, answers):
            send(requests, request)
            return _whole(answers)

    def hear(self, seconds: float) -> bytes:
        """Return the next message of the answer. Raises Ended."""
        with self._within(seconds) as (_, answers):
            return _whole(answers)

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process, unless it runs."""
        if not self.runs():
            self.stop()
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                cwd=PROJECT, env={**environment(), **self.more}, close_fds=True,
            )  # fmt: skip

    def kill(self) -> None:
        """End the process; whoever waits for its answer learns it and cleans up."""
        process = self.process
        if process is not None:
            process.kill()

    def stop(self) -> int:
        """End the process and return its exit code; the next request starts another."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        return process.wait()

    @contextlib.contextmanager
    def _within(self, seconds: float) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """Give the pipes, for so many seconds."""
        process, late = self.process, threading.Event()
        if process is None or process.stdin is None or process.stdout is None:
            raise Ended(0, False)

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield process.stdin, process.stdout
        except (OSError, EOFError) as error:
            raise Ended(self.stop(), late.is_set()) from error
        except BaseException:
            self.stop()  # the rest of its answer would be taken for that of the next
            raise
        finally:
            timer.cancel()


def environment() -> dict[str, str]:
    """Return the environment of such a process."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(8, "big"))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Return one message, None when the other side is gone."""
    size = pipe.read(8)
    if len(size) < 8:
        return None
    message = pipe.read(int.from_bytes(size, "big"))
    return message if len(message) == int.from_bytes(size, "big") else None


def _whole(pipe: IO[bytes]) -> bytes:
    message = receive(pipe)
    if message is None:
        raise EOFError
    return message


# ------------------------------------------------------- inside the process


def serve(answer: Callable[[bytes], Iterable[bytes]], idle: float) -> None:
    """Send the messages that answer each request, until none comes for `idle` seconds
    or the app is gone. What is printed meanwhile is no message: it goes nowhere."""
    waiting: queue.Queue[bytes] = queue.Queue()
    requests, answers = (os.fdopen(os.dup(number), mode) for number, mode in PIPES)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number, _ in PIPES:
        os.dup2(nowhere, number)
    threading.Thread(target=_listen, args=(requests, waiting), daemon=True).start()
    with contextlib.suppress(queue.Empty, BrokenPipeError):
        while True:
            for message in answer(waiting.get(timeout=idle)):
                send(answers, message)
    os._exit(0)


def _listen(requests: IO[bytes], waiting: queue.Queue[bytes]) -> None:
    """Pass requests on; when the app is gone, end in the middle of whatever runs."""
    try:
        while (request := receive(requests)) is not None:
            waiting.put(request)
    except MemoryError:
        os._exit(1)  # at once, not when the time of the answer is over
    os._exit(0)
