"""Bad input at every door: a typed error that names what was wrong, never a 5xx; bad messages are set aside."""

import asyncio
import json
import time
from typing import Any
from uuid import UUID

import httpx
import pytest

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.wire import besked_xml
from tests.flows import verden as verdener
from tests.flows.frontend import HENT, KOMPATIBEL, TRANSAKTION, Frontend
from tests.flows.skrivning import fejl, ny_enhed
from tests.flows.verden import CVR

ENHED = Objekttype.ORGANISATION_ENHED
DOERE = {"graphql": HENT, "organisationhent": KOMPATIBEL}
doere = pytest.mark.parametrize("doer", DOERE.values(), ids=DOERE)

LISTE = """query($first: Int, $last: Int, $after: Cursor, $before: Cursor) {
  brugerListe(cvr: "11111111", status: AKTIV, first: $first, last: $last, after: $after, before: $before) { antal } }"""
SPOERGSMAAL: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a bad UUID": ("query($u: [UUID!]!) { bruger(uuid: $u) { uuid } }", {"u": ["x"]}, "ValidationError", "$u"),
    "a bad UUID in the document": ('{ bruger(uuid: ["x"]) { uuid } }', {}, "ValidationError", "uuid"),
    "a bad CVR": ("query($c: CVR!) { organisation(cvr: $c) { uuid } }", {"c": "123"}, "ValidationError", "$c"),
    "a CVR as a number": (
        "query($c: CVR!) { organisation(cvr: $c) { uuid } }",
        {"c": 11111111},
        "ValidationError",
        "$c",
    ),
    "a variable that is missing": ("query($c: CVR!) { organisation(cvr: $c) { uuid } }", {}, "ValidationError", "$c"),
    "a page too large": (LISTE, {"first": 501}, "ValidationError", "first"),
    "a page from the end too large": (LISTE, {"last": 501}, "ValidationError", "last"),
    "a negative page": (LISTE, {"first": -1}, "ValidationError", "first"),
    "a page of text": (LISTE, {"first": "ti"}, "ValidationError", "$first"),
    "a page beyond 32 bits": (LISTE, {"first": 2**40}, "ValidationError", "$first"),
    "first with last": (LISTE, {"first": 1, "last": 1}, "ValidationError", "first and after"),
    "first with before": (LISTE, {"first": 1, "before": "x"}, "ValidationError", "first and after"),
    "last with after": (LISTE, {"last": 1, "after": "x"}, "ValidationError", "first and after"),
    "a bad cursor": (LISTE, {"after": "x"}, "ValidationError", "after"),
    "a cursor of another make": (LISTE, {"before": "MSdoZWo"}, "ValidationError", "before"),
    "an unknown field": ("{ nix }", {}, "ValidationError", "nix"),
    "an unknown argument": ('{ organisation(cvr: "11111111", nix: 1) { uuid } }', {}, "ValidationError", "nix"),
    "an unknown enum value": (
        '{ brugerListe(cvr: "11111111", status: NIX) { antal } }',
        {},
        "ValidationError",
        "status",
    ),
    "a bad KLE number": (
        '{ organisationEnhedListe(cvr: "11111111", status: AKTIV, opgaver: {kleNummer: "nix"}) { antal } }',
        {},
        "ValidationError",
        "opgaver.kleNummer",
    ),
    "a NUL in a text": (
        'query($t: String!) { brugerVedNavn(cvr: "11111111", brugernavn: $t) { uuid } }',
        {"t": "a\0b"},
        "ValidationError",
        "brugernavn",
    ),
    "a search for nothing": (
        '{ soeg(cvr: "11111111", tekst: " ") { edges { felt } } }',
        {},
        "ValidationError",
        "tekst",
    ),
    "a bad position": ('{ aendringer(efter: "x") { naeste } }', {}, "ValidationError", "efter"),
    "a bad time": (
        'query @tidspunkt(virkningstid: "i går") { friskhed(cvr: "11111111") { status } }',
        {},
        "ValidationError",
        "virkningstid",
    ),
    "a document cut short": ("{ organisation(", {}, "InvalidSyntax", "Expected Name"),
    "no document": ("", {}, "InvalidSyntax", "Unexpected"),
    "two operations and no name": (
        "query A { __typename } query B { __typename }",
        {},
        "ValidationError",
        "operationName",
    ),
    "a document too deep": (
        '{ organisation(cvr: "11111111") { organisationEnhed ' + "{ overordnetEnhed " * 60 + "{ uuid }" + "}" * 62,
        {},
        "ValidationError",
        "levels",
    ),
}
"""Document, variables, classification of the one error, and what its message names."""


@doere
@pytest.mark.parametrize("document, variables, klasse, navner", SPOERGSMAAL.values(), ids=SPOERGSMAAL)
async def test_a_bad_question_is_told_what_is_wrong_with_it(
    frontend: Frontend, doer: str, document: str, variables: dict[str, Any], klasse: str, navner: str
) -> None:
    svar = await frontend.spoerg(document, doer=doer, **variables)

    assert svar.status == 200
    (error,) = svar.body["errors"]
    assert (error["extensions"]["classification"], error["extensions"]["type"]) == (klasse, "ERROR")
    assert navner in error["message"]
    assert not svar.body.get("data") or set(svar.body["data"].values()) == {None}


async def test_a_client_that_asks_for_it_gets_400_for_a_bad_document(frontend: Frontend) -> None:
    accept = {"accept": "application/graphql-response+json"}

    assert (await frontend.spoerg("{ nix }", headers=accept)).status == 400
    assert (await frontend.spoerg("{ __typename }", headers=accept)).status == 200


YDERLIGE = {
    "far future": "9999-12-31T23:59:59.999999999+00:00",
    "far past": "0001-01-01T00:00:00Z",
    "beyond the year 1": "0001-01-01T00:00:00+14:00",
    "nanoseconds": "2026-01-01T00:00:00.123456789Z",
}
TIDER = {
    "in the world": "query @tidspunkt(virkningstid: {0}) {{ organisation(cvr: {1}) {{ uuid }} }}",
    "of registration": "query @tidspunkt(registreringstid: {0}) {{ organisation(cvr: {1}) {{ uuid }} }}",
    "from": "{{ registrering(objekttype: BRUGER, uuid: {2}, registreringFra: {0}) {{ antal }} }}",
    "to": "{{ registrering(objekttype: BRUGER, uuid: {2}, registreringTil: {0}) {{ antal }} }}",
}


@pytest.mark.parametrize("tid", YDERLIGE.values(), ids=YDERLIGE)
@pytest.mark.parametrize("document", TIDER.values(), ids=TIDER)
async def test_a_time_at_the_edge_is_answered_or_refused_by_name(frontend: Frontend, document: str, tid: str) -> None:
    uuid = frontend.verden.uuid("bruger", 1)

    svar = await frontend.spoerg(document.format(json.dumps(tid), json.dumps(CVR), json.dumps(uuid)))

    assert svar.status == 200
    assert {e["extensions"]["classification"] for e in svar.fejl} <= {"ValidationError", "NotFound"}


KROPPE: dict[str, tuple[bytes, dict[str, str], int]] = {
    "no JSON": (b"{", {}, 400),
    "no UTF-8": (b'{"query":"{ \xe6 }"}', {}, 400),
    "a list": (b'[{"query":"{ __typename }"}]', {}, 400),
    "a text": (b'"{ __typename }"', {}, 400),
    "no query": (b'{"variables":{}}', {}, 400),
    "a query that is no text": (b'{"query":1}', {}, 400),
    "variables that are no object": (b'{"query":"{ __typename }","variables":[]}', {}, 400),
    "an unknown member": (b'{"query":"{ __typename }","nix":1}', {}, 400),
    "half a character": (b'{"query":"{ __typename }","variables":{"a":"\\ud800"}}', {}, 400),
    "another media type": (b"{ __typename }", {"content-type": "application/graphql"}, 415),
    "too much": (b'{"query":"' + b" " * 300_000 + b'{ __typename }"}', {}, 413),
    "no token": (b'{"query":"{ __typename }"}', {"authorization": ""}, 401),
    "a token that is none": (b'{"query":"{ __typename }"}', {"authorization": "Bearer nix"}, 401),
}


@doere
@pytest.mark.parametrize("body, headers, status", KROPPE.values(), ids=KROPPE)
async def test_a_bad_request_is_refused_in_the_doors_own_shape(
    frontend: Frontend, doer: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    svar = await frontend.post(body, doer=doer, headers=headers)

    assert svar.status == status
    if doer == KOMPATIBEL:
        assert set(svar.body) == {"timestamp", "status", "error", "message", "path"}
        assert (svar.body["status"], svar.body["path"]) == (status, KOMPATIBEL)
    else:
        (error,) = svar.body["errors"]
        assert error["extensions"]["type"] == "ERROR"


@pytest.mark.parametrize("header", TRANSAKTION)
@pytest.mark.parametrize("value", [None, "nix"], ids=["absent", "malformed"])
async def test_the_transaction_headers_are_needed_at_the_door_that_kombits_clients_know(
    frontend: Frontend, header: str, value: str | None
) -> None:
    headers = {"authorization": f"Bearer {frontend.verden.tokens['laes']}", **TRANSAKTION}
    headers = {name: v for name, v in {**headers, header: value}.items() if v is not None}
    body = {"query": "{ __typename }"}

    answer = await frontend.http.post(KOMPATIBEL, json=body, headers=headers)

    assert (answer.status_code, header in answer.json()["message"]) == (400, True)
    assert (await frontend.http.post(HENT, json=body, headers=headers)).status_code == 200


SKRIVNINGER: dict[str, tuple[str, dict[str, Any], str]] = {
    "a name that is too long": ("omdoebEnhed(uuid: $u, enhedsnavn: $v)", {"v": "x" * 201}, "enhedsnavn"),
    "a name of nothing": ("omdoebEnhed(uuid: $u, enhedsnavn: $v)", {"v": ""}, "enhedsnavn"),
    "a sign that XML cannot hold": ("omdoebEnhed(uuid: $u, enhedsnavn: $v)", {"v": "a\x01b"}, "enhedsnavn"),
    "a time that is no Danish midnight": (
        'omdoebEnhed(uuid: $u, enhedsnavn: $v, fra: "2026-06-01T12:00:00Z")',
        {"v": "x"},
        "fra",
    ),
    "an owner that is two": (
        "skiftAdresse(ejer: {enhed: $u, bruger: $u}, rolle: $u, tekst: $v)",
        {"v": "x"},
        "Adresseejer",
    ),
    "an owner that is none": ("skiftAdresse(ejer: {}, rolle: $u, tekst: $v)", {"v": "x"}, "Adresseejer"),
    "an address of nothing": ("skiftAdresse(ejer: {enhed: $u}, rolle: $u, tekst: $v)", {"v": " "}, "tekst: wanted"),
    "a title of nothing": ("ansaetBruger(bruger: $u, enhed: $u, titel: $v)", {"v": ""}, "titel: wanted"),
    "a manager's title that is too long": (
        "udpegLeder(bruger: $u, enhed: $u, titel: $v)",
        {"v": "x" * 201},
        "titel: wanted",
    ),
    "a new address of nothing": (
        "retOrganisationEnhed(input: {uuid: $u, adresser: [{rolle: $u, tekst: $v}]})",
        {"v": ""},
        "adresser[0].tekst: wanted",
    ),
    "a time beyond all": (
        'omdoebEnhed(uuid: $u, enhedsnavn: $v, fra: "9999-12-31T23:00:00Z")',
        {"v": "x"},
        "fra",
    ),
}


@pytest.mark.parametrize("felt, variables, navner", SKRIVNINGER.values(), ids=SKRIVNINGER)
async def test_a_bad_change_is_refused_by_name_before_the_source_is_asked(
    frontend: Frontend, felt: str, variables: dict[str, Any], navner: str
) -> None:
    uuid = frontend.verden.uuid("enhed", 5)
    antal = frontend.verden.kilde.antal_registreringer(ENHED, uuid)

    svar = await frontend.spoerg(
        f"mutation($u: UUID!, $v: String!) {{ {felt} {{ stand }} }}", token="skriv", u=uuid, **variables
    )

    assert svar.status == 200
    (error,) = svar.fejl
    assert error["extensions"]["classification"] == "ValidationError"
    assert navner in error["message"]
    assert frontend.verden.kilde.antal_registreringer(ENHED, uuid) == antal


@pytest.mark.parametrize(
    "ejer", [{}, {"enhed": None}, {"enhed": str(UUID(int=1)), "bruger": str(UUID(int=1))}], ids=str
)
async def test_an_owner_that_is_not_one_is_refused_in_a_variable_too(frontend: Frontend, ejer: dict[str, Any]) -> None:
    document = 'mutation($e: Adresseejer!, $r: UUID!) { skiftAdresse(ejer: $e, rolle: $r, tekst: "x") { stand } }'

    svar = await frontend.spoerg(document, token="skriv", e=ejer, r=UUID(int=2))

    assert (svar.status, [e["extensions"]["classification"] for e in svar.fejl]) == (200, ["ValidationError"])


async def test_a_change_of_what_is_not_there_is_not_found(frontend: Frontend) -> None:
    uuid = str(frontend.verden.kilde.sandhed.ramme.uuid("findes", "ikke"))

    ingen = await fejl(frontend, "omdoebEnhed", uuid=uuid, enhedsnavn="x")

    assert ingen["classification"] == "NotFound"
    assert ingen["message"] == f"there is no OrganisationEnhed {uuid} in this municipality"


DTD = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'
LATTER = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
UDEN_ID = (
    b"<ModtagBeskedInput xmlns='urn:oio:sts:1.0.0'>"
    b"<Haendelsesbesked xmlns='urn:oio:besked:kuvert:1.0'/></ModtagBeskedInput>"
)
BESKEDER: dict[str, bytes] = {
    "no XML": b"hej",
    "nothing": b"",
    "XML cut short": b"<Haendelsesbesked xmlns='urn:oio:besked:kuvert:1.0'><BeskedId>",
    "a DTD that reads a file": DTD,
    "entities in entities": LATTER,
    "no id": UDEN_ID,
    "another document": b"<html><body>502 Bad Gateway</body></html>",
    "too long": b"<a>" + b" " * 2_500_000 + b"</a>",
}


@pytest.mark.parametrize("body", BESKEDER.values(), ids=BESKEDER)
async def test_a_message_that_cannot_be_read_is_acknowledged_set_aside_and_blocks_nothing(
    frontend: Frontend, body: bytes
) -> None:
    verden, foer = frontend.verden, (await frontend.friskhed())["parkerede"]
    uuid = verden.uuid("enhed", 12)
    navn = f"Efter det ulæselige, {len(body)}"

    async with httpx.AsyncClient(timeout=30) as distributor:
        answer = await distributor.post(verden.push_url, content=body, headers={"content-type": "application/xml"})
    verden.kilde.saet(ENHED, uuid, enhedsnavn=navn)
    await frontend.indtil_navn(uuid, navn)

    async def set_aside() -> bool:
        return bool((await frontend.friskhed())["parkerede"] == foer + 1)

    assert (answer.status_code, b"StatusKode>20<" in answer.content) == (200, True)
    await frontend.indtil(set_aside)


async def test_the_operator_sees_what_was_set_aside_and_why(frontend: Frontend) -> None:
    """A message that cannot be read, one about an object that is nowhere, and one of another municipality."""
    verden = frontend.verden
    nowhere = verden.kilde.sandhed.ramme.uuid("findes", "ikke")
    fremmed = besked_xml.write(Besked("fremmed-1", nowhere, (ENHED,), time.time_ns(), "22222222"), push=True)
    ukendt = besked_xml.write(Besked("ingen-steder", nowhere, (ENHED,), time.time_ns(), CVR), push=True)
    async with httpx.AsyncClient() as distributor:
        for body in (b"ulaeseligt, til operatoeren", ukendt, fremmed):
            assert b"StatusKode>20<" in (await distributor.post(verden.push_url, content=body)).content

    async def parked() -> Any:
        done = await asyncio.to_thread(verdener.orgraf, "parked", "--json", settings=verden.settings)
        assert done.returncode == 0, done.stderr
        found = [json.loads(line) for line in done.stdout.splitlines()]
        return found if any(one["reason"] == "not_found" for one in found) else None

    found = {one["id"]: one for one in await frontend.indtil(parked)}
    assert found[f"ORGANISATION_ENHED:{nowhere}"]["reason"] == "not_found"
    assert found["fremmed-1"]["reason"] == "unknown_cvr"
    assert "malformed" in {one["reason"].partition(":")[0] for one in found.values()}
    assert "operatoeren" not in json.dumps(list(found.values()))


async def test_an_object_that_the_source_cannot_read_is_set_aside_and_others_go_on(frontend: Frontend) -> None:
    kilde = frontend.verden.kilde
    forgiftet, rask = await ny_enhed(frontend, "Forgiftet"), await ny_enhed(frontend, "Rask")
    foer = (await frontend.friskhed())["parkerede"]
    with kilde.fejl(poison=forgiftet):
        kilde.saet(ENHED, forgiftet, enhedsnavn="Kan ikke læses")
        kilde.saet(ENHED, rask, enhedsnavn="Læst alligevel")
        await frontend.indtil_navn(rask, "Læst alligevel")

        async def set_aside() -> bool:
            found = await frontend.friskhed()
            return bool(found["parkerede"] == foer + 1 and found["kildeTilgaengelig"] and found["ventende"] == 0)

        await frontend.indtil(set_aside)
        assert (await frontend.enhed(forgiftet, "enhedsnavn"))["enhedsnavn"] == "Forgiftet"

    kilde.saet(ENHED, forgiftet, enhedsnavn="Læst igen")
    await frontend.indtil_navn(forgiftet, "Læst igen")

    async def rejst() -> bool:
        return bool((await frontend.friskhed())["parkerede"] == foer)

    await frontend.indtil(rejst)
