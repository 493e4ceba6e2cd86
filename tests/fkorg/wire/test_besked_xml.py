"""Haendelsesbesked in: what it names is found wherever the schema lets it stand; out: as it was told."""

import os
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.errors import Malformed
from fkorg.registrering import Livscyklus, Registrering
from fkorg.tid import parse_ns
from fkorg.wire import besked_xml
from fkorg.wire.besked_xml import DEFAULT, KUVERT

ENHED, BRUGER, PERSON = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.PERSON
UUID_1 = UUID("0b0a5f3c-4d1e-4f6a-9c1b-7a2d3e4f5a6b")
UUID_2 = UUID("1b0a5f3c-4d1e-4f6a-9c1b-7a2d3e4f5a6b")
BESKED_ID = "2b0a5f3c-4d1e-4f6a-9c1b-7a2d3e4f5a6b"
SHARED = Path(os.environ.get("ORGRAF_SHARED", Path(__file__).parents[4] / "shared"))


def uuid(navn: str, value: object) -> str:
    return f"<k:{navn}><UUIDIdentifikator>{value}</UUIDIdentifikator></k:{navn}>"


def urn(navn: str, value: str) -> str:
    return f"<k:{navn}><URNIdentifikator>{value}</URNIdentifikator></k:{navn}>"


def tidspunkt(text: str) -> str:
    return f"<k:Registreringstidspunkt><TidsstempelDatoTid>{text}</TidsstempelDatoTid></k:Registreringstidspunkt>"


def besked(
    *objekter: str, besked_id: str = uuid("BeskedId", BESKED_ID), beskedtype: object = UUID_2, data: str = ""
) -> bytes:
    registreringer = "".join(f"<k:ObjektRegistrering>{objekt}</k:ObjektRegistrering>" for objekt in objekter)
    return f"""<k:Haendelsesbesked xmlns:k="{KUVERT}" xmlns="urn:oio:sagdok:3.0.0">{besked_id}
      <k:BeskedVersion>1.0</k:BeskedVersion><k:Beskedkuvert><k:Filtreringsdata>{uuid("Beskedtype", beskedtype)}
      {registreringer}</k:Filtreringsdata><k:Leveranceinformation/></k:Beskedkuvert>
      <k:Beskeddata>{data}</k:Beskeddata></k:Haendelsesbesked>""".encode()


def krop(objekttype: str, identity: str) -> str:
    namespace = f"http://stoettesystemerne.dk/organisation/{objekttype}/6/"
    return f'<o:RegistreringBesked xmlns:o="{namespace}">{identity}</o:RegistreringBesked>'


ENHED_KODE = next(kode for kode, objekttype in DEFAULT.objekttyper.items() if objekttype is ENHED)
BRUGER_BESKED = next(kode for kode, objekttype in DEFAULT.beskedtyper.items() if objekttype is BRUGER)
PLAIN_UUID = f"<UUIDIdentifikator>{UUID_2}</UUIDIdentifikator>"
OBJEKT_ID = f"<o:ObjektID>{PLAIN_UUID}</o:ObjektID>"

TYPES = {
    "the object type of the envelope": (besked(uuid("ObjektId", UUID_1) + uuid("ObjektType", ENHED_KODE)), (ENHED,)),
    "the message type": (besked(uuid("ObjektId", UUID_1), beskedtype=BRUGER_BESKED), (BRUGER,)),
    "the root of the body": (besked(uuid("ObjektId", UUID_1), data=krop("person", PLAIN_UUID)), (PERSON,)),
    "both, when its parts disagree": (
        besked(uuid("ObjektId", UUID_1) + uuid("ObjektType", ENHED_KODE), beskedtype=BRUGER_BESKED),
        (ENHED, BRUGER),
    ),
    "unit and user, when nothing says it": (besked(uuid("ObjektId", UUID_1)), (ENHED, BRUGER)),
    "unit and user, when the type is unknown": (
        besked(uuid("ObjektId", UUID_1) + uuid("ObjektType", UUID_2)),
        (ENHED, BRUGER),
    ),
}


@pytest.mark.parametrize("body, objekttyper", TYPES.values(), ids=TYPES)
def test_the_type_comes_from(body: bytes, objekttyper: tuple[Objekttype, ...]) -> None:
    found = besked_xml.read(body)

    assert (found.uuid, found.objekttyper, found.besked_id) == (UUID_1, objekttyper, BESKED_ID)


IDENTITIES = {
    "a unit's body": besked(data=krop("organisationenhed", OBJEKT_ID)),
    "a user's body": besked(data=krop("bruger", PLAIN_UUID)),
    "a body, when the envelope has a CPR number": besked(
        urn("ObjektId", "urn:oio:cpr-nr:0101010101"), data=krop("bruger", PLAIN_UUID)
    ),
    "the envelope, under the URN element and in upper case": besked(urn("ObjektId", str(UUID_2).upper())),
}


@pytest.mark.parametrize("body", IDENTITIES.values(), ids=IDENTITIES)
def test_the_identity_comes_from(body: bytes) -> None:
    assert besked_xml.read(body).uuid == UUID_2


FIELDS = {
    "nine digits": (tidspunkt("2022-02-13T08:00:00.123456789Z"), {"registrering_ns": 1644739200123456789}),
    "fewer digits are the start of their interval": (
        tidspunkt("2022-02-13T08:00:00.12+01:00"),
        {"registrering_ns": parse_ns("2022-02-13T07:00:00.12Z")},
    ),
    "no offset is Danish time": (
        tidspunkt("2022-02-13T08:00:00"),
        {"registrering_ns": parse_ns("2022-02-13T07:00:00Z")},
    ),
    "a time that is none": (tidspunkt("i dag"), {"registrering_ns": None}),
    "a time beyond all registrations": (tidspunkt("9999-01-01T00:00:00Z"), {"registrering_ns": None}),
    "a CVR number": (urn("ObjektAnsvarligMyndighed", "urn:oio:cvr-nr:11111111"), {"cvr": "11111111"}),
    "a CVR number of seven digits": (urn("ObjektAnsvarligMyndighed", "urn:oio:cvr-nr:1111111"), {"cvr": None}),
    "an authority that is no CVR number": (uuid("ObjektAnsvarligMyndighed", UUID_2), {"cvr": None}),
    "nothing": ("", {"registrering_ns": None, "cvr": None}),
}


@pytest.mark.parametrize("felt, expected", FIELDS.values(), ids=FIELDS)
def test_optional_fields(felt: str, expected: dict[str, object]) -> None:
    found = besked_xml.read(besked(felt + uuid("ObjektId", UUID_1)))

    assert {navn: getattr(found, navn) for navn in expected} == expected


def test_every_object_of_a_message_is_told() -> None:
    found = besked_xml.read(besked(uuid("ObjektId", UUID_1), "", uuid("ObjektId", UUID_2)))

    assert [found.uuid, *(one.uuid for one in found.oevrige)] == [UUID_1, UUID_2]
    assert {one.besked_id for one in (found, *found.oevrige)} == {BESKED_ID}


MALFORMED = {
    "no XML": (b"hej", None),
    "a DOCTYPE": (b'<!DOCTYPE a [<!ENTITY b "c">]>' + besked(uuid("ObjektId", UUID_1)), None),
    "another root": (b"<besked/>", None),
    "an empty wrapper": (b'<ModtagBeskedInput xmlns="urn:oio:sts:1.0.0"/>', None),
    "no id": (besked(uuid("ObjektId", UUID_1), besked_id=""), None),
    "no object": (besked(), BESKED_ID),
    "an object without UUID": (besked(urn("ObjektId", "urn:oio:cpr-nr:0101010101")), BESKED_ID),
    "an id that is a URN": (besked(besked_id=urn("BeskedId", "urn:x:1")), "urn:x:1"),
    "beyond the limit": (b"<a>" + b" " * 2_000_000 + b"</a>", None),
}


@pytest.mark.parametrize("body, besked_id", MALFORMED.values(), ids=MALFORMED)
def test_malformed_is(body: bytes, besked_id: str | None) -> None:
    with pytest.raises(Malformed) as caught:
        besked_xml.read(body)

    assert caught.value.besked_id == besked_id
    assert "0101010101" not in str(caught.value)


TOLD = Besked(BESKED_ID, UUID_1, (BRUGER,), parse_ns("2024-05-01T12:00:00.123456789Z"), "11111111", BRUGER_BESKED)


@pytest.mark.parametrize("push", [False, True])
@pytest.mark.parametrize("objekttype", Objekttype)
def test_what_is_written_is_read_back(objekttype: Objekttype, push: bool) -> None:
    told = replace(TOLD, objekttyper=(objekttype,), beskedtype=str(UUID_2))

    body = besked_xml.write(told, registrering=Registrering(1, Livscyklus.OPSTAAET), push=push)

    assert besked_xml.read(body) == told


def test_what_is_written_validates_against_the_official_schema() -> None:
    xsd = SHARED / "contracts/beskedfordeler/xsd/AnvendersystemOperationer.xsd"
    if not xsd.exists():
        pytest.skip("the official schemas are not beside the checkout (ORGRAF_SHARED)")
    schema = etree.XMLSchema(etree.parse(xsd))

    schema.assertValid(
        etree.fromstring(besked_xml.write(TOLD, registrering=Registrering(1, Livscyklus.OPSTAAET), push=True))
    )
    schema.assertValid(etree.fromstring(besked_xml.write(TOLD)))
