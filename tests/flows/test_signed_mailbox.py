"""Everything signed: a change is told through a mailbox that a token opens, a real RabbitMQ behind a strict door."""

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fkorg.catalogue import Objekttype
from fkorg.security.keys import Noegle
from tests.flows import verden as verdener
from tests.flows.frontend import DEADLINE_S, Frontend
from tests.flows.verden import Verden

ENHED = Objekttype.ORGANISATION_ENHED


async def test_a_change_is_told_with_a_token_and_again_after_the_broker_closed(signeret_verden: Verden) -> None:
    verden = signeret_verden
    door, uuid = verden.kilde.simulator.amqpdoor, verden.uuid("enhed", 9)
    assert door is not None
    async with httpx.AsyncClient(base_url=verden.url, timeout=DEADLINE_S) as http:
        frontend = Frontend(verden, http)
        verden.kilde.saet(ENHED, uuid, enhedsnavn="Med token")
        await frontend.indtil_navn(uuid, "Med token")
        door.luk(320, "CONNECTION_FORCED")
        verden.kilde.saet(ENHED, uuid, enhedsnavn="Med nyt login")
        await frontend.indtil_navn(uuid, "Med nyt login")
    done = verdener.orgraf("doctor", settings=verden.settings)

    assert "ok  queue" in done.stdout, done.stdout
    assert door.viste == len(door.logins) == 3, "two of ingest, one of the doctor, each with our certificate"
    said = "".join(log.read_text() for log in verden.mappe.glob("*.log")) + done.stdout + done.stderr
    assert not any(token in said for token in door.logins), "the id is all that could be told, and nobody tells it"
    assert "Assertion" not in said
    assert verdener.KODEORD not in said
    assert verden.kilde.simulator.sikkerhed is not None
    assert not any(linje in said for linje in _privat(verden.kilde.simulator.sikkerhed.noegler.anvender))
    assert not any(token.rpartition(".")[2] in said for token in verden.tokens.values())


def _privat(noegle: Noegle) -> list[str]:
    """The lines of the private key."""
    return noegle.privat.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().splitlines()[1:-1]
