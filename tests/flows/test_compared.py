"""What no message told: `orgraf reconcile` finds it, the service puts it right, and the API tells of it."""

import asyncio
import json

from fkorg.catalogue import Objekttype
from tests.flows import verden as verdener
from tests.flows.frontend import Frontend

AFSTEMNING = """query ($cvr: CVR!) { friskhed(cvr: $cvr) {
    senesteAfstemning { afsluttet gennemgaaet manglende foraeldede overskydende rettede bremse } } }"""


async def test_a_lost_message_is_found_and_put_right_beside_the_running_service(frontend: Frontend) -> None:
    verden = frontend.verden
    uuid = verden.uuid("enhed", 3)
    with verden.kilde.fejl(swallow=1):
        verden.kilde.saet(Objekttype.ORGANISATION_ENHED, uuid, enhedsnavn="Uden besked")

    done = await asyncio.to_thread(verdener.orgraf, "reconcile", "--json", settings=verden.settings)

    assert done.returncode == 0, done.stderr
    rapport = json.loads(done.stdout)
    assert rapport["tabtBesked"] == [{"objekttype": "ORGANISATION_ENHED", "uuid": uuid}]
    assert (rapport["rettede"], rapport["bremse"]) == (1, False)
    await frontend.indtil_navn(uuid, "Uden besked")
    shown = (await frontend.spoerg(AFSTEMNING, cvr="11111111")).data["friskhed"]["senesteAfstemning"]
    assert {name: rapport[name] for name in shown if name != "afsluttet"} == {
        name: value for name, value in shown.items() if name != "afsluttet"
    }
