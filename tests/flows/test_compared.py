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


async def test_who_is_on_duty_is_told_of_every_neighbour(frontend: Frontend) -> None:
    verden = frontend.verden
    await asyncio.to_thread(verdener.orgraf, "reconcile", settings=verden.settings)

    done = await asyncio.to_thread(verdener.orgraf, "doctor", "--json", settings=verden.settings)

    told = [json.loads(line) for line in done.stdout.splitlines()]
    well = {one["about"] for one in told if one["ok"]}
    assert well >= {
        *("database", "version", "connections", "clock of the database", "clock of the source", "source", "leadership"),
        *("backlog", "retention", "comparison"),
    }, done.stdout
    assert {one["cvr"] for one in told} == {None, "11111111"}
    assert done.returncode == (0 if all(one["ok"] for one in told) else 1)
    assert all(one["do"] for one in told if not one["ok"])
