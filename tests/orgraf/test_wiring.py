"""How settings become a login to the mailbox."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fkorg.errors import Unavailable
from orgraf import wiring
from orgraf.settings import SettingError, Settings
from simulator import noegler
from simulator.noegler import Noegler

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Noegler:
    return noegler.load_or_make(tmp_path_factory.mktemp("noegler"), datetime.now(UTC))


def settings(kept: Noegler | None, **but: Any) -> Settings:
    signed: dict[str, Any] = {}
    if kept is not None:
        signed = {
            "certificate": kept.certifikat(noegler.ANVENDER),
            "certificate_key": kept.privat(noegler.ANVENDER),
            "sts_url": NOWHERE,
            "sts_issuer": "x",
            "sts_certificates": (kept.certifikat(noegler.STS),),
            "source_certificates": (kept.certifikat(noegler.TJENESTE),),
        }
    return Settings(contexts={"11111111": None}, source_url=NOWHERE, **signed, **but)


async def test_over_amqps_a_signed_installation_logs_in_with_a_token_and_nothing_else(kept: Noegler) -> None:
    found = settings(kept, amqp_url="amqps://x:y@127.0.0.1/BF", amqp_ca=kept.certifikat(noegler.BESKEDFORDELER))
    over = wiring.transport(found)
    try:
        with pytest.raises(Unavailable, match="token service"):
            await wiring.postkasselogin(found, over)()
    finally:
        await over.aclose()


@pytest.mark.parametrize("signed, url", [(True, "amqp://x:y@127.0.0.1/BF"), (False, "amqps://x:y@127.0.0.1/BF")])
async def test_else_the_address_says_as_whom(kept: Noegler, signed: bool, url: str) -> None:
    for ca in (None, kept.certifikat(noegler.BESKEDFORDELER)):
        found = settings(kept if signed else None, amqp_url=url, amqp_ca=ca)
        over = wiring.transport(found)
        login = await wiring.postkasselogin(found, over)()
        await over.aclose()
        assert (login.url, login.token) == (url, None)
        assert (login.ssl_context is not None) is (ca is not None and not signed)


async def test_a_ca_file_that_holds_none_is_told_and_never_means_any_ca(kept: Noegler, tmp_path: Path) -> None:
    (tmp_path / "tom.pem").write_text("")
    for path in (tmp_path / "nix.pem", tmp_path / "tom.pem", kept.privat(noegler.STS)):
        found = settings(kept, amqp_url="amqps://127.0.0.1/BF", amqp_ca=path)
        over = wiring.transport(found)
        with pytest.raises(SettingError, match="ORGRAF_AMQP_CA"):
            wiring.postkasselogin(found, over)
        await over.aclose()
