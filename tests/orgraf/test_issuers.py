"""Issuers by configuration: what the file may say, what is refused of it, and a server that takes their tokens."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import uvicorn
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.types import Receive, Scope, Send

from fkorg.soap.transport import Aiohttp
from graph.caller import Cnf, Ret
from graph.token import verify
from orgraf import doctor, issuers, proxies, udsteder, web
from orgraf.issuers import Issuer
from orgraf.settings import SettingError, Settings
from simulator import noegler
from tests.graph.served import served
from tests.graph.tokens import FREMMED, UDSTEDER, jwk, jwks
from tests.parts import tls

CVR = "11111111"
KEYCLOAK: dict[str, Any] = {
    "issuer": "https://idp.invalid/realms/kommune",
    "audience": "orgraf",
    "algorithms": ["RS256"],
    "jwks": "https://idp.invalid/realms/kommune/protocol/openid-connect/certs",
    "caller": "azp",
    "not_sent": ["nbf"],
    "fixed_cvr": CVR,
    "roles_claim": ["realm_access", "roles"],
    "roles": {"organisation-laes": ["LAES"], "organisation-personer": ["SENAVN", "SECPR"]},
}
ENTRA: dict[str, Any] = {
    "issuer": "https://login.microsoftonline.invalid/tenant/v2.0",
    "audience": "api://orgraf",
    "algorithms": ["RS256"],
    "jwks": "https://login.microsoftonline.invalid/tenant/discovery/v2.0/keys",
    "caller": "azp",
    "id": "uti",
    "fixed_cvr": CVR,
    "roles_claim": "roles",
    "roles": {"Organisation.Read": ["LAES"]},
}
KOMBIT: dict[str, Any] = {
    "issuer": udsteder.ENTITET,
    "audience": udsteder.MODTAGER,
    "algorithms": ["PS256"],
    "keys": ["sts.pem"],
    "cvrs": "all",
}


def written(mappe: Path, *entries: Any, **but: Any) -> Settings:
    (mappe / "sts.pem").write_text(UDSTEDER.certifikat)
    fil = mappe / "issuers.json"
    fil.write_text(json.dumps(list(entries)))
    return Settings(**({"contexts": {CVR: None, "22222222": None}, "jwt_issuers": fil} | but))


def laest(settings: Settings) -> list[Issuer]:
    return issuers.issuers(settings, Aiohttp(1.0))


def token(key: Any = FREMMED.noegle, kid: str = "k1", now: datetime | None = None, **claims: Any) -> str:
    """As Keycloak issues it."""
    seconds = int((now or datetime.now(UTC)).timestamp())
    content = {
        "iss": KEYCLOAK["issuer"],
        "aud": "orgraf",
        "iat": seconds,
        "exp": seconds + 300,
        "jti": "onrtac:1",
        "sub": "3f6c",
        "azp": "fagsystem",
        "realm_access": {"roles": ["organisation-laes", "offline_access"]},
    } | claims
    return jwt.encode(content, key, "RS256", headers={"kid": kid})


async def test_an_issuer_like_keycloak_is_expressed_by_the_file(tmp_path: Path) -> None:
    (found,) = laest(written(tmp_path, KEYCLOAK))
    assert found.jwks is not None
    found.jwks.hent = lambda: asyncio.sleep(0, jwks(jwk(FREMMED, "k1", alg="RS256")))
    await found.jwks.forny()
    now = datetime.now(UTC)

    holder = verify(token(), {found.regler.udsteder: found.regler}, {CVR: None}, now).principal

    assert holder.caller == "https://idp.invalid/realms/kommune|fagsystem"
    assert (holder.cvr, holder.rettigheder) == (CVR, {Ret.LAES})
    assert "keys by JWKS: 1, RS256, CVR 11111111, binding to a certificate (cnf) off" in issuers.told(found)


def test_many_issuers_stand_beside_the_one_of_the_simple_settings(tmp_path: Path) -> None:
    simple = {"jwt_issuer": "https://en/", "jwt_audience": "x", "jwt_keys": (tmp_path / "sts.pem",)}

    found = laest(written(tmp_path, KEYCLOAK, ENTRA, KOMBIT, **simple))

    assert [one.regler.udsteder for one in found] == ["https://en/", *(e["issuer"] for e in (KEYCLOAK, ENTRA, KOMBIT))]
    assert [len(one.pinned) for one in found] == [1, 0, 0, 1]
    with pytest.raises(SettingError, match="wanted each issuer once"):
        laest(written(tmp_path, KEYCLOAK, KEYCLOAK))


def test_the_example_of_the_docs_holds(tmp_path: Path) -> None:
    docs = (Path(__file__).parent.parent.parent / "docs" / "security.md").read_text("utf-8")
    example = docs.partition("```json\n")[2].partition("```")[0]
    told = docs.partition("| Key | Meaning |")[2].partition("\n\n")[0].splitlines()[2:]
    (tmp_path / "sts-next.pem").write_text(FREMMED.certifikat)

    kombit, keycloak = laest(written(tmp_path, *json.loads(example)))

    assert (len(kombit.pinned), keycloak.regler.fast_cvr) == (2, CVR)
    assert {key for row in told for key in row.split("|")[1].split("`")[1::2]} == issuers.KEYS.keys()


async def test_a_pinned_issuer_of_the_file_is_kombits_with_its_callers_named_by_it(tmp_path: Path) -> None:
    (found,) = laest(written(tmp_path, KOMBIT | {"keys": {"et-kid": "sts.pem"}}))
    now = datetime.now(UTC)
    text = udsteder.udsted(UDSTEDER, CVR, (Ret.LAES,), now)
    claims = jwt.decode(text, options={"verify_signature": False})
    text = jwt.encode(claims, UDSTEDER.noegle, "PS256", headers={"kid": "et-kid"})

    holder = verify(text, {found.regler.udsteder: found.regler}, {CVR: None}, now).principal

    assert holder.caller == f"{udsteder.ENTITET}|http://demo.orgraf.invalid/system/demo"
    assert holder.rettigheder == {Ret.LAES}


WRONG: dict[str, tuple[Any, str]] = {
    "no object": ("x", r"\[0\]: wanted an object"),
    "a key that does not exist": (KOMBIT | {"audiance": "x"}, r"\[0\].audiance: there is no such key"),
    "no issuer": ({k: v for k, v in KOMBIT.items() if k != "issuer"}, r"\[0\].issuer: is needed"),
    "an empty audience": (KOMBIT | {"audience": ""}, r"\[0\].audience: wanted text"),
    "an audience that is a list": (KOMBIT | {"audience": ["x"]}, r"\[0\].audience: wanted text"),
    "alg none": (KOMBIT | {"algorithms": ["none"]}, r"\[0\].algorithms: wanted a list among PS256"),
    "alg HS256": (KOMBIT | {"algorithms": ["PS256", "HS256"]}, r"\[0\].algorithms: wanted a list among PS256"),
    "no algorithms": (KOMBIT | {"algorithms": []}, r"\[0\].algorithms: wanted a list"),
    "http": (KEYCLOAK | {"jwks": "http://idp.invalid/"}, r"\[0\].jwks: wanted an address of https"),
    "no host": (KEYCLOAK | {"jwks": "https:///x"}, r"\[0\].jwks: wanted an address of https"),
    "a password in the address": (KEYCLOAK | {"jwks": "https://u:p@idp.invalid/"}, r"\[0\].jwks: wanted an address"),
    "jwks and keys": (KEYCLOAK | {"keys": ["sts.pem"]}, r"\[0\].jwks: wanted either jwks or keys"),
    "neither": ({k: v for k, v in KEYCLOAK.items() if k != "jwks"}, r"\[0\].jwks: wanted either jwks or keys"),
    "a file that is not there": (KOMBIT | {"keys": ["x.pem"]}, r"\[0\].keys: wanted PEM files that can be read"),
    "a file that is no PEM": (KOMBIT | {"keys": ["issuers.json"]}, r"\[0\].keys: "),
    "a pinned key for two algorithms": (KOMBIT | {"algorithms": ["PS256", "RS256"]}, r"\[0\].keys: wanted a key that"),
    "cvrs and fixed_cvr": (KEYCLOAK | {"cvrs": [CVR]}, r"\[0\].cvrs: wanted either"),
    "cvrs left out": ({k: v for k, v in KOMBIT.items() if k != "cvrs"}, r"\[0\].cvrs: wanted either"),
    "a CVR of seven digits": (KOMBIT | {"cvrs": ["1111111"]}, r"\[0\].cvrs: wanted a CVR of eight digits"),
    "a CVR as a number": (KEYCLOAK | {"fixed_cvr": 11111111}, r"\[0\].fixed_cvr: wanted a CVR of eight digits"),
    "a CVR that is not served": (KOMBIT | {"cvrs": ["33333333"]}, r"\[0\].cvrs: not in ORGRAF_CONTEXTS: 33333333"),
    "a claim and a fixed CVR": (KEYCLOAK | {"cvr": "kommune"}, r"\[0\].cvr: tokens say no CVR"),
    "a claim that is a number": (KEYCLOAK | {"caller": 7}, r"\[0\].caller: wanted the name of a claim"),
    "exp is never sent": (KEYCLOAK | {"not_sent": ["exp"]}, r"\[0\].not_sent: wanted a list among nbf, jti"),
    "roles without their claim": (KOMBIT | {"roles": {"x": ["LAES"]}}, r"\[0\].roles: wanted roles and roles_claim"),
    "a right that does not exist": (KEYCLOAK | {"roles": {"x": ["ALT"]}}, r"\[0\].roles: wanted rights among LAES"),
    "rights as text": (KEYCLOAK | {"roles": {"x": "LAES"}}, r"\[0\].roles: wanted an object of role to a list"),
    "a privilege without right": (KOMBIT | {"privileges": {"x": None}}, r"\[0\].privileges: wanted rights among"),
    "another policy": (KOMBIT | {"cnf": "maybe"}, r"\[0\].cnf: wanted off, if_present, required"),
    "bound, with no way to know": (KOMBIT | {"cnf": "required"}, r"\[0\].cnf: needs ORGRAF_CLIENT_CERTIFICATE_HEADER"),
}


@pytest.mark.parametrize("entry, said", WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_the_file_is_named_by_its_place(tmp_path: Path, entry: Any, said: str) -> None:
    with pytest.raises(SettingError, match=r"^ORGRAF_JWT_ISSUERS: issuers.json.*" + said):
        laest(written(tmp_path, entry))


def test_all_that_is_wrong_in_the_file_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as wrong:
        laest(written(tmp_path, KOMBIT | {"algorithms": ["x"], "cnf": "x"}, KEYCLOAK | {"jwks": "x"}))

    assert [line.split(": ")[1] for line in str(wrong.value).splitlines()] == [
        "issuers.json[0].algorithms",
        "issuers.json[0].cnf",
        "issuers.json[1].jwks",
    ]


@pytest.mark.parametrize("text", ["", "{}", "[]", "[" * 9_000, '[{"cnf": "required", "cnf": "off"}]', None])
def test_a_file_that_is_no_list_of_issuers_is_named(tmp_path: Path, text: str | None) -> None:
    settings = written(tmp_path, KOMBIT)
    (tmp_path / "issuers.json").unlink() if text is None else (tmp_path / "issuers.json").write_text(text)

    with pytest.raises(SettingError, match=r"^ORGRAF_JWT_ISSUERS: issuers.json: wanted "):
        laest(settings)


PROXIES: dict[str, Any] = {
    "client_certificate_header": "X-Cert",
    "client_certificate_proxies": (ip_network("127.0.0.1"),),
}


def test_bindings_are_looked_at_where_certificates_are_known_unless_it_is_said(tmp_path: Path) -> None:
    simple = {"jwt_issuer": "https://en/", "jwt_audience": "x", "jwt_keys": (tmp_path / "sts.pem",)}

    def policies(**but: Any) -> list[Cnf]:
        return [one.regler.cnf for one in laest(written(tmp_path, KOMBIT, **simple, **but))]

    assert policies() == [Cnf.OFF, Cnf.OFF]
    assert policies(**PROXIES) == [Cnf.IF_PRESENT, Cnf.IF_PRESENT]
    assert policies(**PROXIES, jwt_cnf=Cnf.REQUIRED) == [Cnf.REQUIRED, Cnf.IF_PRESENT]
    with pytest.raises(SettingError, match="ORGRAF_JWT_CNF: needs"):
        policies(jwt_cnf=Cnf.REQUIRED)
    for half in PROXIES:
        with pytest.raises(SettingError, match="wanted both, or none"):
            policies(**{half: PROXIES[half]})


def test_half_an_issuer_of_the_simple_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"^ORGRAF_JWT_AUDIENCE: is needed.*\nORGRAF_JWT_KEYS: is needed"):
        laest(Settings(jwt_issuer="https://en/"))


@dataclass
class Idp:
    """An issuer whose key set is served over TLS."""

    keys: bytes = field(default_factory=lambda: jwks(jwk(FREMMED, "k1", alg="RS256")))
    asked: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.keys})


@asynccontextmanager
async def idp(mappe: Path, patch: pytest.MonkeyPatch, one: Idp) -> AsyncIterator[dict[str, Any]]:
    """Its entry for the file, while it is served."""
    server = noegler.ny("a server of a test", datetime.now(UTC))
    patch.setenv("SSL_CERT_FILE", tls.stol_paa(server, mappe / "ca.pem"))
    async with served(one, ssl_context_factory=lambda *_: tls.lytter(server)) as address:
        yield KEYCLOAK | {"jwks": f"https://{address}/certs"}


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server as it is run, which has no database: a caller it knows hears 503."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(web.config(settings))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
                async with asyncio.timeout(20):
                    while not server.started:
                        await asyncio.sleep(0.005)
                yield client
        finally:
            server.should_exit = True
            await task


async def spurgt(client: httpx.AsyncClient, text: str, **headers: str) -> tuple[int, str]:
    """Status and message for a question with the token."""
    given = {"authorization": f"Bearer {text}", **headers}
    svar = await client.post("/graphql", json={"query": "{__typename}"}, headers=given)
    return svar.status_code, svar.json()["errors"][0]["message"]


LAESES = (503, "this municipality is being loaded; try again shortly")


async def test_a_server_fetches_an_issuers_keys_and_takes_its_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Idp()
    async with idp(tmp_path, monkeypatch, one) as entry, running(written(tmp_path, entry, KOMBIT)) as client:
        async with asyncio.timeout(20):
            while (found := await spurgt(client, token())) != LAESES:
                assert found == (503, "not ready; try again shortly"), "until the keys are here"
        assert (await spurgt(client, udsteder.udsted(UDSTEDER, CVR, (Ret.LAES,), datetime.now(UTC)))) == LAESES
        for kid in ("k2", "../k1", "' or 1=1 --"):
            status, message = await spurgt(client, token(UDSTEDER.noegle, kid))
            assert (status, message) == (401, "wanted the kid of a key of its issuer")
        assert (await spurgt(client, token(UDSTEDER.noegle)))[0] == 401
        assert one.asked == 1
        metrics = (await client.get("/metrics")).text
    name = f'orgraf_udsteder_noegler_alder_seconds{{udsteder="{KEYCLOAK["issuer"]}"}}'
    assert 0 <= float(metrics.partition(name)[2].split()[0]) < 60


async def test_32_over_http_one_authorization_header_of_16_kb_is_taken(tmp_path: Path) -> None:
    good = udsteder.udsted(UDSTEDER, CVR, (Ret.LAES,), datetime.now(UTC))

    async with running(written(tmp_path, KOMBIT)) as client:
        for given, said in (
            ([good, good], "wanted one Authorization header, found 2"),
            ([], "wanted one Authorization header, found 0"),
            ([good + "x" * 17_000], "wanted a token of at most 16384 bytes"),
        ):
            headers = [("authorization", f"Bearer {text}") for text in given]
            svar = await client.post("/graphql", json={"query": "{__typename}"}, headers=headers)
            assert (svar.status_code, svar.json()["errors"][0]["message"]) == (401, said)


async def test_31_35_a_bound_token_needs_its_certificate_from_a_proxy(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    der = noegler.ny("en kalder", now - timedelta(days=1)).certifikat.public_bytes(Encoding.DER)
    shown = base64.b64encode(der).decode()
    bound = {"cnf": {"x5t#S256": proxies.thumbprint(shown)}}
    text = udsteder.udsted(UDSTEDER, CVR, (Ret.LAES,), now, claims=bound)
    refused = (401, "wanted the client certificate that the token is bound to (cnf)")

    async with running(written(tmp_path, KOMBIT, **PROXIES)) as client:
        assert await spurgt(client, text) == refused
        assert await spurgt(client, text, **{"X-Cert": shown}) == LAESES
        assert await spurgt(client, text, **{"X-Cert": base64.b64encode(b"anden").decode()}) == refused
    fjern = {**PROXIES, "client_certificate_proxies": (ip_network("10.0.0.5"),)}
    async with running(written(tmp_path, KOMBIT, **fjern)) as client:
        assert await spurgt(client, text, **{"X-Cert": shown, "X-Forwarded-For": "10.0.0.5"}) == refused


async def test_the_doctor_tells_the_issuers_and_whether_their_keys_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with idp(tmp_path, monkeypatch, Idp()) as entry:
        away = ENTRA | {"jwks": "https://127.0.0.1:1/keys"}
        found = [one async for one in doctor._udstedere(written(tmp_path, entry, away, KOMBIT))]

    assert [one.ok for one in found] == [True, False, True, True]
    assert found[0].tekst.startswith("keys by JWKS: 1, RS256, CVR 11111111")
    assert "is the address in ORGRAF_JWT_ISSUERS right" in found[1].goer
    assert found[2].tekst.startswith("keys pinned: 1, PS256, CVR all that are served")
    assert found[3].emne == f"certificate of {udsteder.ENTITET}"
    (wrong,) = [one async for one in doctor._udstedere(written(tmp_path, KOMBIT | {"cnf": "x"}))]
    assert (wrong.emne, wrong.ok) == ("issuers", False)
