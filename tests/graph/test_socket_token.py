"""A socket and the life of real tokens: rules.md 39, security.md 9.2."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from graph.answer import Spoergsmaal, Svar
from graph.caller import Cnf, Principal, Ret
from graph.token import Tokenkontrol
from orgraf import udsteder
from tests.graph.socket_world import World, client, closed, receive, send, subscribe
from tests.graph.tokens import BETJENTE, CVR, FREMMED, NOW, UDSTEDER


@dataclass
class Med(World):
    """A world that knows callers by real tokens; `spurgt`: with which rights each question was asked."""

    now: datetime = NOW
    spurgt: list[frozenset[Ret]] = field(default_factory=list)
    kontrol: Tokenkontrol = field(default_factory=lambda: Tokenkontrol([UDSTEDER.regler]))

    def kalder(self, headers: Sequence[str], now: datetime, certifikat: str | None) -> Principal:
        return self.kontrol.kalder(headers, BETJENTE, now, certifikat)

    async def besvar(self, spoergsmaal: Spoergsmaal, principal: Principal, now: datetime) -> Svar:
        self.spurgt.append(principal.rettigheder)
        return Svar(b"{}")


def token(levetid_s: int = 3_600, *rettigheder: Ret, cvr: str = CVR, **more: Any) -> str:
    given = {"system": "en", "signer": UDSTEDER} | more
    levetid = timedelta(seconds=levetid_s)
    rights = rettigheder or (Ret.LAES,)
    return udsteder.udsted(given["signer"], cvr, rights, NOW, system=given["system"], levetid=levetid)


def ping(text: str) -> dict[str, Any]:
    return {"type": "ping", "payload": {"token": text}}


async def begin(ws: ClientConnection, text: str) -> None:
    await send(ws, {"type": "connection_init", "payload": {"token": text}})
    assert await receive(ws) == {"type": "connection_ack"}


async def spoerg(ws: ClientConnection, id: str) -> None:
    await send(ws, subscribe(id, "{a}"))
    assert [(await receive(ws))["type"] for _ in range(2)] == ["next", "complete"]


async def test_at_a_tokens_end_the_socket_is_closed() -> None:
    async with client(Med(), init=False) as ws:
        await begin(ws, token(1))
        await send(ws, subscribe("s"))

        assert await closed(ws) == (4403, "the token has expired: connect with a new one")


async def test_a_new_token_by_ping_prolongs_the_socket_and_its_rights_count_from_then_on() -> None:
    world = Med()
    async with client(world, init=False) as ws:
        await begin(ws, token(1))
        await spoerg(ws, "1")
        await send(ws, ping(token(3_600, Ret.LAES, Ret.SKRIV)))
        assert await receive(ws) == {"type": "pong"}

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):  # beyond the first token's end
                await ws.recv()
        await spoerg(ws, "2")

    assert world.spurgt == [{Ret.LAES}, {Ret.LAES, Ret.SKRIV}]


async def test_a_new_token_may_end_sooner() -> None:
    async with client(Med(), init=False) as ws:
        await begin(ws, token())
        await send(ws, ping(token(1)))
        assert await receive(ws) == {"type": "pong"}

        assert (await closed(ws))[0] == 4403


NYE: dict[str, tuple[Callable[[], str], str]] = {
    "27: by another key": (lambda: token(signer=FREMMED), "wanted the kid"),
    "29: for another municipality": (lambda: token(cvr="22222222"), "the same caller and municipality"),
    "of another caller": (lambda: token(system="to"), "the same caller and municipality"),
    "no token": (lambda: "x", "three parts"),
    "32: above 16 kB": (lambda: "x" * 17_000, "at most 16384"),
}


@pytest.mark.parametrize("make, said", NYE.values(), ids=NYE)
async def test_a_new_token_that_is_not_the_callers_own_closes_the_socket(make: Callable[[], str], said: str) -> None:
    async with client(Med(), init=False) as ws:
        await begin(ws, token())
        await send(ws, ping(make()))

        code, reason = await closed(ws)
        assert code == 4403
        assert said in reason


@pytest.mark.parametrize("headers", [1, 2])
async def test_32_the_handshake_takes_one_authorization_header(headers: int) -> None:
    given = [("Authorization", f"Bearer {token()}")] * headers
    async with client(Med(), init=False, additional_headers=given) as ws:
        await send(ws, {"type": "connection_init"})

        if headers == 1:
            assert await receive(ws) == {"type": "connection_ack"}
        else:
            assert await closed(ws) == (4403, "wanted one Authorization header, found 2")


@pytest.mark.parametrize("certifikat, holds", {"vores": True, "anden": False, None: False}.items())
async def test_31_a_bound_token_opens_the_socket_with_its_certificate_alone(
    certifikat: str | None, holds: bool
) -> None:
    regler = replace(UDSTEDER.regler, cnf=Cnf.REQUIRED)
    bound = udsteder.udsted(UDSTEDER, CVR, (Ret.LAES,), NOW, claims={"cnf": {"x5t#S256": "vores"}})
    async with client(Med(kontrol=Tokenkontrol([regler])), init=False, certifikat=certifikat) as ws:
        await send(ws, {"type": "connection_init", "payload": {"token": bound}})

        if holds:
            assert await receive(ws) == {"type": "connection_ack"}
        else:
            assert (await closed(ws))[0] == 4403
