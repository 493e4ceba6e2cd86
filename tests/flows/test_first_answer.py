"""README's way from a certificate to the first answer: its settings, its commands in order, a token of KOMBIT's kind.

What stands in for KOMBIT is the simulator with all its doors strict; the mailbox is test_signed_mailbox's.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from fkorg.security import tls
from simulator import noegler, sts_jwt
from simulator.server import STS, Options
from simulator.sts import UDSTEDER
from simulator.tokendoor import JWT_STI
from tests.fkorg.security.fixture import pkcs12_i
from tests.flows import verden as verdener
from tests.flows.verden import CVR, ROOT, Kilde
from tests.simulator.fixtures import SEED, copy_of

README = (ROOT / "README.md").read_text("utf-8")
VEJEN = README.partition("### From a certificate to the first answer")[2].partition("\n## ")[0]
POSTKASSE = {"ORGRAF_AMQP_URL", "ORGRAF_AMQP_QUEUE"}
TJENESTE = "http://entityid.example.dk/service/orgraf/1"


@pytest.fixture
def kilde(fyldt: tuple[Path, str], tmp_path: Path) -> Kilde:
    port = verdener.free_ports(1)[0]
    return Kilde(Options(copy_of(fyldt[0], tmp_path / "sandhed"), port, seed=SEED, signed=True, tokens_port=0))


@pytest.fixture
def settings(kilde: Kilde, tmp_path: Path, new_dsn: Callable[[], str]) -> dict[str, str]:
    """What README exports, and the port to listen at."""
    assert kilde.simulator.sikkerhed is not None
    kept = kilde.simulator.sikkerhed.noegler
    kodeord, base = tmp_path / "password.txt", f"http://127.0.0.1:{kilde.options.port}"
    kodeord.write_text(verdener.KODEORD + "\n")
    return {
        "ORGRAF_DATABASE_DSN": new_dsn(),
        "ORGRAF_CONTEXTS": CVR,
        "ORGRAF_CERTIFICATE": str(pkcs12_i(tmp_path / "function.p12", kept.anvender, verdener.KODEORD)),
        "ORGRAF_CERTIFICATE_PASSWORD_FILE": str(kodeord),
        "ORGRAF_STS_URL": f"{base}{STS}",
        "ORGRAF_STS_ISSUER": UDSTEDER,
        "ORGRAF_STS_CERTIFICATES": str(kept.certifikat(noegler.STS)),
        "ORGRAF_SOURCE_CERTIFICATES": str(kept.certifikat(noegler.TJENESTE)),
        "ORGRAF_SOURCE_URL": f"{base}/organisation",
        "ORGRAF_JWT_ISSUER": f"{UDSTEDER}/",
        "ORGRAF_JWT_AUDIENCE": TJENESTE,
        "ORGRAF_JWT_KEYS": str(kept.certifikat(noegler.STS)),
        "ORGRAF_LISTEN_PORT": str(verdener.free_ports(1)[0]),
    }


def test_the_settings_are_those_of_readme(settings: dict[str, str]) -> None:
    assert set(re.findall(r"\b(ORGRAF_\w+)=", VEJEN)) - POSTKASSE == settings.keys() - {"ORGRAF_LISTEN_PORT"}


def test_from_a_certificate_to_the_first_answer(
    kilde: Kilde, settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kilde.start()
    for kommando in (["migrate"], ["doctor", "--json"], ["bootstrap"]):
        assert f"orgraf {kommando[0]}" in VEJEN
        done = verdener.orgraf(*kommando, settings=settings)
        assert done.returncode == 0 or kommando[0] == "doctor", done.stderr
        if kommando[0] == "doctor":
            ok = {line["about"] for line in map(json.loads, done.stdout.splitlines()) if line["ok"]}
            assert {"certificate of ours", "token", "source"} <= ok, done.stdout
    kilde.stop()

    with verdener.running(kilde, settings, tmp_path) as verden:
        svar = httpx.post(
            f"{verden.url}/graphql",
            json={"query": f'{{ organisation(cvr: "{CVR}") {{ organisationsnavn }} }}'},
            headers={"authorization": f"Bearer {_token(kilde, monkeypatch)}"},
        )

    assert svar.status_code == 200, svar.text
    assert svar.json()["data"]["organisation"]["organisationsnavn"]


def _token(kilde: Kilde, monkeypatch: pytest.MonkeyPatch) -> str:
    """As docs/security.md asks for one with curl."""
    assert kilde.simulator.sikkerhed is not None
    kept = kilde.simulator.sikkerhed.noegler
    monkeypatch.setenv("SSL_CERT_FILE", str(kept.certifikat(noegler.STS)))
    form = {
        "grant_type": sts_jwt.GRANT,
        "client_id": sts_jwt.KLIENT,
        "scope": f"entityid:{TJENESTE},anvenderkontekst:{CVR}",
    }
    with httpx.Client(verify=tls.som_klient(kept.anvender)) as http:
        svar = http.post(f"https://127.0.0.1:{kilde.simulator.tokens_port}{JWT_STI}", data=form)
    return str(svar.json()["access_token"])
