"""How many pages one address may have open."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope, Send

from journey.ui import crowd


async def opened(several: list[tuple[str, str]]) -> list[bool]:
    """Return which of these sockets, of (machine, header), are let in side by side."""
    inside: list[Scope] = []
    go = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        inside.append(scope)
        await go.wait()

    guard = crowd.Crowd(app)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        assert message == {"type": "websocket.close", "code": crowd.TRY_AGAIN}

    scopes = [
        {"type": "websocket", "client": (machine, 1),
         "headers": [(b"x-forwarded-for", named.encode())] if named else []}
        for machine, named in several
    ]  # fmt: skip
    tasks = [asyncio.ensure_future(guard(s, receive, send)) for s in scopes]
    await asyncio.sleep(0)
    let_in = [any(s is one for one in inside) for s in scopes]
    go.set()
    await asyncio.gather(*tasks)
    assert not guard.open
    return let_in


def test_a_crowded_address_is_turned_away_and_others_are_not() -> None:
    crowded = [("198.51.100.7", "")] * (crowd.READER + 1)
    let_in = asyncio.run(opened([*crowded, ("198.51.100.8", "")]))
    assert let_in == [True] * crowd.READER + [False, True]


def test_readers_behind_a_proxy_count_each_for_themselves() -> None:
    crowded = [("127.0.0.1", "made up, 198.51.100.7")] * (crowd.READER + 1)
    let_in = asyncio.run(opened([*crowded, ("127.0.0.1", "198.51.100.8")]))
    assert let_in[-2:] == [False, True]


def test_made_up_names_end_somewhere() -> None:
    many = [("198.51.100.7", f"10.0.0.{n}") for n in range(crowd.PEER + 1)]
    let_in = asyncio.run(opened(many))
    assert (sum(let_in), let_in[-1]) == (crowd.PEER, False)
