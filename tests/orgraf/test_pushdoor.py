"""Case 35 of security.md 11, and the push door's other limits: who may push, how much, how often, and when it is 20."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.types import Scope

from fkorg.security import tls
from fkorg.security.keys import Noegle
from fkorg.wire import standardretur, xml
from model.pool import Pool
from model.snapshot import Anvenderkontekst
from orgraf import pushdoor
from orgraf.observe import Metrics
from orgraf.pushadgang import Proxy, Proxyvagt, Takst
from orgraf.pushdoor import Pushdoor
from orgraf.settings import SettingError, Settings
from simulator import noegler
from simulator.noegler import Noegler, ny
from tests import registreringer as r
from tests.fkorg.security.fixture import udstedt
from tests.flows.verden import free_ports
from tests.ingest.test_receive import besked

NU = datetime.now(UTC)


def pem(noegle: Noegle) -> str:
    return noegle.certifikat.public_bytes(Encoding.PEM).decode()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Noegler:
    return noegler.load_or_make(tmp_path_factory.mktemp("noegler"), NU)


@pytest.fixture(scope="module")
def ca_() -> Noegle:
    return udstedt("CA", NU)


@asynccontextmanager
async def lytter(**settings: Any) -> AsyncIterator[tuple[Pushdoor, str]]:
    """The door as ingest opens it, before its municipality is served: who is let in is told to come again."""
    (port,) = free_ports(1)
    given = Settings(contexts={r.CVR: None}, push=True, listen_port=port, **settings)
    door = Pushdoor(given, Metrics())
    task = asyncio.create_task(pushdoor.listen(given, door))
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    (await asyncio.open_connection("127.0.0.1", port))[1].close()
                    break
                except ConnectionRefusedError:
                    await asyncio.sleep(0.01)
        scheme = "http" if door.adgang.tls is None else "https"
        yield door, f"{scheme}://127.0.0.1:{port}{pushdoor.STI}"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def med_tls(kept: Noegler, mappe: Path, *callers: Noegle) -> dict[str, Any]:
    mappe.mkdir(exist_ok=True)
    path = mappe / "callers.pem"
    path.write_text("".join(map(pem, callers)))
    return {
        "push_callers": (path,),
        "push_certificate": kept.certifikat(noegler.PUSH),
        "push_certificate_key": kept.privat(noegler.PUSH),
    }


def klient(kept: Noegler, noegle: Noegle | None) -> ssl.SSLContext:
    return tls.klient([kept.push.certifikat], noegle)


async def post(url: str, over: ssl.SSLContext, body: bytes = b"x", sti: str = "") -> httpx.Response:
    async with httpx.AsyncClient(verify=over) as http:
        return await http.post(url + sti, content=body)


def status_kode(svar: httpx.Response) -> int | None:
    fundet = xml.parse(svar.content).find(f".//{standardretur.TAG}")
    assert fundet is not None
    return standardretur.read_retur(fundet).status_kode


def modtaget(door: Pushdoor) -> bool:
    """Did anything get as far as to be looked at?"""
    return b"orgraf_beskeder_total{" in door.metrics.text()


async def test_35_the_pinned_certificate_is_let_in_and_nobody_else_of_the_same_ca(
    kept: Noegler, ca_: Noegle, tmp_path: Path
) -> None:
    ven, fremmed = udstedt("Beskedfordeler", NU, ca_), udstedt("en anden", NU, ca_)

    async with lytter(**med_tls(kept, tmp_path, ven)) as (door, url):
        for uvelkommen in (None, fremmed, ca_, ny("Beskedfordeler", NU)):
            with pytest.raises(httpx.TransportError):
                await post(url, klient(kept, uvelkommen))
            assert not modtaget(door)

        svar = await post(url, klient(kept, ven))
        assert (svar.status_code, status_kode(svar)) == (200, 40), "not served yet: it is to come again"
        assert modtaget(door)


async def test_35_an_expired_certificate_is_not_let_in_though_it_is_pinned(kept: Noegler, tmp_path: Path) -> None:
    gammel = ny("Beskedfordeler", NU - timedelta(days=60), timedelta(days=59))

    async with lytter(**med_tls(kept, tmp_path, gammel, kept.beskedfordeler)) as (door, url):
        with pytest.raises(httpx.TransportError):
            await post(url, klient(kept, gammel))
        assert not modtaget(door)
        assert (await post(url, klient(kept, kept.beskedfordeler))).status_code == 200, "the old and the new overlap"


async def test_the_listener_serves_the_push_path_alone(kept: Noegler, tmp_path: Path) -> None:
    async with lytter(**med_tls(kept, tmp_path, kept.beskedfordeler)) as (_, url):
        base = url.removesuffix(pushdoor.STI)
        async with httpx.AsyncClient(verify=klient(kept, kept.beskedfordeler)) as http:
            found = [(await http.get(base + sti)).status_code for sti in ("/", "/health/live", "/metrics", "/graphql")]
            assert found == [404] * 4
            assert (await http.get(url)).status_code == 405


def som_pem(noegle: Noegle) -> str:
    return pem(noegle).replace("\n", " ").strip()


def som_der(noegle: Noegle) -> str:
    return base64.b64encode(noegle.certifikat.public_bytes(Encoding.DER)).decode()


FORMER: dict[str, Callable[[Noegle], str]] = {
    "PEM on one line": som_pem,
    "PEM, percent-encoded": lambda noegle: quote(pem(noegle), safe=""),
    "DER": som_der,
    "DER between colons": lambda noegle: f":{som_der(noegle)}:",
}


def med_proxy(mappe: Path, adresse: str, *callers: Noegle) -> dict[str, Any]:
    mappe.mkdir(exist_ok=True)
    path = mappe / "callers.pem"
    path.write_text("".join(map(pem, callers)))

    return {"push_callers": (path,), "push_proxies": (ip_network(adresse),), "push_header": "X-Cert"}


@pytest.mark.parametrize("form", FORMER.values(), ids=FORMER)
async def test_35_a_proxys_word_is_taken_for_the_pinned_certificate(
    kept: Noegler, tmp_path: Path, form: Callable[[Noegle], str]
) -> None:
    async with (
        lytter(**med_proxy(tmp_path, "127.0.0.0/8", kept.beskedfordeler)) as (door, url),
        httpx.AsyncClient() as http,
    ):
        afvist = await http.post(url, content=b"x", headers={"X-Cert": form(kept.sts)})
        assert (afvist.status_code, modtaget(door)) == (403, False)
        assert (await http.post(url, headers={"x-cert": form(kept.beskedfordeler)})).status_code == 200


async def test_35_a_certificate_header_from_a_foreign_address_says_nothing(kept: Noegler, tmp_path: Path) -> None:
    async with (
        lytter(**med_proxy(tmp_path, "10.0.0.5", kept.beskedfordeler)) as (door, url),
        httpx.AsyncClient() as http,
    ):
        for more in ({"Via": "x"}, {"X-Forwarded-For": "10.0.0.5"}, {"Forwarded": "for=10.0.0.5"}):
            svar = await http.post(url, content=b"x", headers={"X-Cert": som_der(kept.beskedfordeler), **more})
            assert (svar.status_code, modtaget(door)) == (403, False)


async def test_35_a_proxy_that_tells_of_nobody_of_two_or_of_the_past_is_refused(kept: Noegler, tmp_path: Path) -> None:
    gammel = ny("Beskedfordeler", NU - timedelta(days=60), timedelta(days=59))
    god = som_der(kept.beskedfordeler)
    async with (
        lytter(**med_proxy(tmp_path, "127.0.0.1", kept.beskedfordeler, gammel)) as (door, url),
        httpx.AsyncClient() as http,
    ):
        for headers in ([], [god, god], [som_der(gammel)], [god[:-8]], [""], [god + god]):
            svar = await http.post(url, content=b"x", headers=[("X-Cert", one) for one in headers])
            assert (svar.status_code, modtaget(door)) == (403, False)


async def test_what_the_proxy_told_goes_no_further(kept: Noegler) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, *_: object) -> None:
        seen.append(scope)

    proxy = Proxy("X-Cert", (ip_network("10.0.0.0/8"),), [kept.beskedfordeler.certifikat])
    headers = [(b"x-cert", som_der(kept.beskedfordeler).encode()), (b"host", b"x")]
    for adresse in ("10.0.0.5", "::ffff:10.0.0.5"):
        scope = {"type": "http", "client": (adresse, 1), "headers": headers}
        await Proxyvagt(app, proxy, lambda: NU)(scope, None, None)  # type: ignore[arg-type]
    assert [scope["headers"] for scope in seen] == [[(b"host", b"x")]] * 2


async def test_a_message_is_20_when_it_is_committed_and_not_before(dsn: str, kept: Noegler, tmp_path: Path) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"insert into anvenderkontekst values ('{r.CVR}', '{r.KOMMUNE}', null, 'KLAR')")
    over = klient(kept, kept.beskedfordeler)
    async with (
        lytter(**med_tls(kept, tmp_path, kept.beskedfordeler)) as (door, url),
        await Pool.open(dsn, size=2) as pool,
    ):
        serving = asyncio.create_task(door.run(pool, Anvenderkontekst(r.CVR, r.KOMMUNE, None, "KLAR")))
        while door._modtager is None:
            await asyncio.sleep(0)
        lock = connection.transaction()
        await lock.start()
        await connection.execute("lock table inbox")
        posting = asyncio.create_task(post(url, over, besked()))
        await asyncio.wait([posting], timeout=0.5)
        assert not posting.done(), "nothing is answered while nothing is committed"
        await lock.rollback()
        svar = await posting
        assert (svar.status_code, status_kode(svar)) == (200, 20)
        assert await connection.fetchval("select count(*) from inbox") == 1
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    await connection.close()


async def test_more_messages_than_are_taken_are_told_to_wait() -> None:
    async with lytter() as (door, url), httpx.AsyncClient() as http:
        door._takst = Takst(2, lambda: 0.0)
        found = [await http.post(url, content=b"x") for _ in range(3)]
    assert [svar.status_code for svar in found] == [200, 200, 429]
    assert found[-1].headers["retry-after"] == "1"


def test_a_rate_comes_back_with_time_and_no_more_than_it_is() -> None:
    now = [0.0]
    takst = Takst(2, lambda: now[0])

    def tages() -> int:
        return sum(takst.tag() for _ in range(10))

    assert tages() == 2
    now[0] += 0.5
    assert tages() == 1
    now[0] += 3600
    assert tages() == 2


async def test_a_flood_is_not_read_to_its_end() -> None:
    async with lytter() as (door, url), httpx.AsyncClient(timeout=60) as http:
        svar = await http.post(url, content=b"x" * (pushdoor.FLOOD_BYTES + 1))
    assert (svar.status_code, modtaget(door)) == (413, False)


def test_a_door_that_could_not_tell_who_comes_is_not_opened(kept: Noegler, ca_: Noegle, tmp_path: Path) -> None:
    pinned = med_tls(kept, tmp_path, kept.beskedfordeler)
    proxy = med_proxy(tmp_path, "10.0.0.5", kept.beskedfordeler)
    for wrong, told in (
        ({"push_callers": pinned["push_callers"]}, "ORGRAF_PUSH_CALLERS: goes with"),
        ({**pinned, "push_callers": ()}, "ORGRAF_PUSH_CALLERS: goes with"),
        ({**proxy, "push_callers": ()}, "ORGRAF_PUSH_CALLERS: goes with"),
        ({**pinned, **proxy}, "ORGRAF_PUSH_CALLERS: goes with"),
        ({**pinned, "push_certificate_key": tmp_path / "nix"}, "ORGRAF_PUSH_CERTIFICATE: "),
        ({**pinned, "push_certificate_key": kept.privat(noegler.STS)}, "ORGRAF_PUSH_CERTIFICATE: "),
        (med_tls(kept, tmp_path / "ca", ca_), "found a CA's"),
    ):
        with pytest.raises(SettingError, match=told):
            Pushdoor(Settings(push=True, **wrong), Metrics())


def test_beside_other_doors_there_is_none_that_asks_who_comes(kept: Noegler, tmp_path: Path) -> None:
    given = Settings(push=True, **med_tls(kept, tmp_path, kept.beskedfordeler))
    with pytest.raises(SettingError, match="orgraf ingest"):
        Pushdoor(given, Metrics()).route()
