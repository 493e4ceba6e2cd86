"""The token service asked for a JWT over TLS: what it gives opens our door, and who gets nothing. security.md 9.1."""

import base64
import hashlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from fkorg.security import tls
from fkorg.security.keys import Noegle
from graph.caller import Cnf, Ret
from graph.noegler import pinnede, pins
from graph.token import TokenAfvist, Tokenkontrol, Tokenregler
from simulator import sts_jwt
from simulator.noegler import Noegler
from simulator.server import Options, open_simulator, run
from simulator.sts import UDSTEDER
from simulator.tokendoor import FORM, JWT_STI, MEST
from tests.simulator.live import udsteder

CVR = "11111111"
SERVICE = "http://organisation.invalid/service/organisationhent/1"
FORMEN = {
    "grant_type": sts_jwt.GRANT,
    "client_id": sts_jwt.KLIENT,
    "scope": f"entityid:{SERVICE},anvenderkontekst:{CVR}",
}


class Sted:
    """A simulator whose token service listens at `url`."""

    def __init__(self, url: str, kept: Noegler) -> None:
        self.url, self.noegler = url, kept

    def spoerg(self, body: bytes, noegle: Noegle | None = None, content_type: str = FORM) -> httpx.Response:
        """What who shows that key's certificate hears."""
        over = tls.som_klient(noegle or self.noegler.anvender)
        with httpx.Client(verify=over) as client:
            return client.post(self.url, content=body, headers={"content-type": content_type})

    def kontrol(self, **but: Any) -> Tokenkontrol:
        """A server that pins the token service's certificate."""
        pem = self.noegler.sts.certifikat.public_bytes(Encoding.PEM).decode()
        regler = Tokenregler(f"{UDSTEDER}/", SERVICE, pinnede(pins([pem])), cnf=Cnf.REQUIRED)
        return Tokenkontrol([replace(regler, **but)])


@pytest.fixture(scope="module")
def sted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sted]:
    with udsteder(tmp_path_factory.mktemp("jwt")) as (_, tokens, kept):
        yield Sted(f"{tokens}{JWT_STI}", kept)


def form(**but: str | None) -> bytes:
    return urlencode({navn: value for navn, value in (FORMEN | but).items() if value is not None}).encode()


def test_its_token_opens_our_door_for_who_shows_the_certificate_it_is_bound_to(sted: Sted) -> None:
    svar = sted.spoerg(form())
    assert svar.status_code == 200
    assert svar.headers["cache-control"] == "no-store"
    found = svar.json()
    assert (found["token_type"], found["expires_in"]) == ("Holder-of-key", 28_800)
    der = sted.noegler.anvender.certifikat.public_bytes(Encoding.DER)
    vist = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
    here: dict[str, UUID | None] = {CVR: None}
    now, sent = datetime.now(UTC), [f"Bearer {found['access_token']}"]

    principal = sted.kontrol().kalder(sent, here, now, vist)

    assert principal.cvr == CVR
    assert principal.rettigheder == {Ret.LAES, Ret.SKRIV, Ret.SENAVN, Ret.SECPR}
    for certifikat, kontrol, naar in (
        (None, sted.kontrol(), now),
        ("another", sted.kontrol(), now),
        (vist, sted.kontrol(modtager="http://another.invalid"), now),
        (vist, sted.kontrol(), now + timedelta(hours=9)),
    ):
        with pytest.raises(TokenAfvist):
            kontrol.kalder(sent, here, naar, certifikat)


def test_its_head_names_the_key_and_each_token_is_another(sted: Sted) -> None:
    one, other = (sted.spoerg(form()).json()["access_token"] for _ in range(2))
    head = jwt.get_unverified_header(one)
    sha1 = hashlib.sha1(sted.noegler.sts.certifikat.public_bytes(Encoding.DER), usedforsecurity=False).digest()
    named = base64.urlsafe_b64encode(sha1).rstrip(b"=").decode()
    assert head == {"alg": "PS256", "typ": "JWT", "kid": named, "x5t": named}
    read = [jwt.decode(token, options={"verify_signature": False})["jti"] for token in (one, other)]
    assert UUID(read[0]) != UUID(read[1])


NAEGTET: dict[str, tuple[bytes, int, str]] = {
    "another municipality": (form(scope=f"entityid:{SERVICE},anvenderkontekst:22222222"), 400, "invalid_scope"),
    "no municipality": (form(scope=f"entityid:{SERVICE}"), 400, "invalid_scope"),
    "a scope more": (form(scope=f"{FORMEN['scope']},andet:1"), 400, "invalid_scope"),
    "another client": (form(client_id="http://another.invalid"), 401, "invalid_client"),
    "another grant": (form(grant_type="password"), 400, "unsupported_grant_type"),
    "a field too few": (form(client_id=None), 400, "invalid_request"),
    "a field too many": (form(client_secret="x"), 400, "invalid_request"),
    "a field twice": (form() + b"&client_id=x", 400, "invalid_request"),
    "no form": (b"\xff\xfe", 400, "invalid_request"),
    "nothing": (b"", 400, "invalid_request"),
}


@pytest.mark.parametrize("body, status, fejl", NAEGTET.values(), ids=NAEGTET)
def test_a_form_that_is_not_exactly_so_has_no_token(sted: Sted, body: bytes, status: int, fejl: str) -> None:
    svar = sted.spoerg(body)
    assert (svar.status_code, svar.json()) == (status, {"error": fejl})


def test_nothing_but_a_form_of_moderate_length_is_read(sted: Sted) -> None:
    assert sted.spoerg(form(), content_type="application/json").status_code == 415
    assert sted.spoerg(form() + b"&x=" + b"x" * MEST).status_code == 413


def test_who_shows_another_certificate_is_not_let_in(sted: Sted) -> None:
    with pytest.raises(httpx.HTTPError):
        sted.spoerg(form(), noegle=sted.noegler.tjeneste)


def test_a_port_that_is_taken_is_told_of_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ValueError, match=f"--tokens-port: wanted a free port, found {port}"):
            run(Options(tmp_path / "sandhed", port=0, signed=True, tokens_port=port))
    assert not (tmp_path / "sandhed").exists()


def test_a_simulator_without_tokens_has_no_such_door(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--tokens-port without --unsigned"):
        open_simulator(Options(tmp_path, tokens_port=0))
