"""Registrering <-> XML: what is written is read back as it was, and bad entries are reported, never fatal."""

from uuid import UUID

import pytest
from hypothesis import given, settings

from fkorg.catalogue import KATALOG, SD, Objekttype
from fkorg.errors import Malformed
from fkorg.registrering import (
    MAX_TIDSPUNKT_NS,
    UDEN_TIDSPUNKT_NS,
    Fejl,
    Lister,
    Livscyklus,
    Oejebliksbillede,
    Reference,
    Registrering,
    to_content,
)
from fkorg.tid import parse_ns
from fkorg.virkning import ALTID, Virkning
from fkorg.wire import registrering_xml as reg_xml
from fkorg.wire import xml

from .strategier import oejebliksbilleder

ENHED = Objekttype.ORGANISATION_ENHED
NS = KATALOG[ENHED].namespace
UUID_1 = "0b0a5f3c-4d1e-4f6a-9c1b-7a2d3e4f5a6b"


def enhed(*, attributter: str = "", tilstande: str = "", relationer: str = "", hoved: str = "") -> Registrering:
    body = f"""<o:Registrering xmlns:o="{NS}" xmlns="{SD}" xmlns:of="http://stoettesystemerne.dk/organisation/6/">
      {hoved}<LivscyklusKode>Importeret</LivscyklusKode>
      <o:AttributListe>{attributter}</o:AttributListe><o:TilstandListe>{tilstande}</o:TilstandListe>
      <o:RelationListe>{relationer}</o:RelationListe></o:Registrering>"""
    return reg_xml.read_registrering(xml.parse(body.encode()), ENHED)


def virkning(fra: str, til: str = "") -> str:
    slut = f"<TilTidspunkt><TidsstempelDatoTid>{til}</TidsstempelDatoTid></TilTidspunkt>" if til else ""
    start = f"<FraTidspunkt><TidsstempelDatoTid>{fra}</TidsstempelDatoTid></FraTidspunkt>"
    return f"<Virkning>{start}{slut}</Virkning>"


@given(oejebliksbilleder())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(drawn: tuple[Objekttype, Oejebliksbillede]) -> None:
    objekttype, billede = drawn
    parent = xml.root("svar")
    reg_xml.write_oejebliksbillede(parent, objekttype, billede)
    reg_xml.write_objekt(parent, objekttype, billede)

    again = xml.parse(xml.serialise(parent))

    assert [reg_xml.read_oejebliksbillede(child) for child in again] == [drawn, drawn]
    for child in again:
        assert all(not registrering.fejl for registrering in reg_xml.read_oejebliksbillede(child)[1].registreringer)


BAD_ENTRIES = {
    "a period that ends before it starts is kept": (
        f"<Overordnet>{virkning('2020-02-01T00:00:00Z', '2020-01-01T00:00:00Z')}<ReferenceID>"
        f"<UUIDIdentifikator>{UUID_1}</UUIDIdentifikator></ReferenceID></Overordnet>",
        1,
        Fejl("Overordnet", "Virkning ends before it starts"),
    ),
    "a time that is none leaves the entry out": (
        f"<Overordnet>{virkning('i går')}</Overordnet>",
        0,
        Fejl("Overordnet", "a time of its Virkning is no xs:dateTime", udeladt=True),
    ),
    "a UUID that is none is kept as it stands": (
        "<Overordnet><ReferenceID><UUIDIdentifikator>abc</UUIDIdentifikator></ReferenceID></Overordnet>",
        1,
        Fejl("Overordnet", "no UUID in UUIDIdentifikator; kept as it stands"),
    ),
    "a reference without content is kept as none": (
        "<Overordnet><ReferenceID/></Overordnet>",
        1,
        Fejl("Overordnet", "no UUID and no URN in ReferenceID"),
    ),
    "a relation of another type is left out": (
        "<BrugerTyper/>",
        0,
        Fejl("RelationListe", f"unknown element {{{SD}}}BrugerTyper", udeladt=True),
    ),
}


@pytest.mark.parametrize("relation, kept, fault", BAD_ENTRIES.values(), ids=BAD_ENTRIES)
def test_a_bad_entry_is_reported_and_the_rest_is_read(relation: str, kept: int, fault: Fejl) -> None:
    good = f"<Tilhoerer><ReferenceID><UUIDIdentifikator>{UUID_1}</UUIDIdentifikator></ReferenceID></Tilhoerer>"

    registrering = enhed(relationer=relation + good)

    assert registrering.fejl == (fault,)
    assert len(registrering.relationer) == kept + 1
    assert registrering.relation("Tilhoerer")[0].reference == Reference(UUID_1)


def test_an_unknown_state_is_reported_and_left_out() -> None:
    registrering = enhed(
        tilstande="<of:Gyldighed><of:GyldighedStatusKode>Kommende</of:GyldighedStatusKode></of:Gyldighed>"
    )

    assert registrering.tilstande == ()
    assert registrering.fejl == (Fejl("Gyldighed", "missing or unknown GyldighedStatusKode", udeladt=True),)


def test_an_upper_case_uuid_under_the_urn_element_is_a_uuid_in_lower_case() -> None:
    urn = f"<Enhedstype><ReferenceID><URNIdentifikator>{UUID_1.upper()}</URNIdentifikator></ReferenceID></Enhedstype>"

    (relation,) = enhed(relationer=urn).relationer

    assert relation.reference == Reference(UUID_1)
    assert relation.reference.uuid == UUID(UUID_1)


TIMES = {
    "an offset is obeyed": ("2020-08-05T00:00:00+02:00", "2020-08-04T22:00:00Z"),
    "without offset it is Danish summer time": ("2020-08-05T00:00:00", "2020-08-04T22:00:00Z"),
    "without offset it is Danish winter time": ("2020-01-05T00:00:00", "2020-01-04T23:00:00Z"),
    "seven digits are kept": ("2020-01-05T00:00:00.1234567Z", "2020-01-05T00:00:00.1234567Z"),
    "24:00:00 is the next midnight": ("2020-01-05T24:00:00Z", "2020-01-06T00:00:00Z"),
}


@pytest.mark.parametrize("text, utc", TIMES.values(), ids=TIMES)
def test_times(text: str, utc: str) -> None:
    (egenskab,) = enhed(attributter=f"<o:Egenskab>{virkning(text)}</o:Egenskab>").egenskaber

    assert egenskab.virkning == Virkning(parse_ns(utc))


REGISTRATION_TIMES = {
    "none stands for itself": ("", UDEN_TIDSPUNKT_NS, 0),
    "nine digits are kept": ("<Tidspunkt>2024-01-01T00:00:00.123456789Z</Tidspunkt>", 1704067200123456789, 0),
    "one that cannot be read is absent": ("<Tidspunkt>nu</Tidspunkt>", UDEN_TIDSPUNKT_NS, 1),
    "one that lies is cut to what a bigint holds": (
        "<Tidspunkt>9999-01-01T00:00:00Z</Tidspunkt>",
        MAX_TIDSPUNKT_NS,
        1,
    ),
}


@pytest.mark.parametrize("hoved, ns, faults", REGISTRATION_TIMES.values(), ids=REGISTRATION_TIMES)
def test_registration_times(hoved: str, ns: int, faults: int) -> None:
    registrering = enhed(hoved=hoved)

    assert registrering.tidspunkt_ns == ns
    assert registrering.livscyklus is Livscyklus.IMPORTERET
    assert len(registrering.fejl) == faults


def test_a_local_extension_comes_back_as_it_was_read() -> None:
    udvidelse = f'<LokalUdvidelse xmlns="{SD}"><x:felt xmlns:x="urn:eget" a="1">æøå</x:felt></LokalUdvidelse>'
    registrering = enhed(attributter=udvidelse, relationer=udvidelse)

    written = reg_xml.write_registrering(None, ENHED, registrering)

    assert set(registrering.lokal_udvidelse) == {"attributter", "relationer"}
    assert reg_xml.read_registrering(xml.parse(xml.serialise(written)), ENHED) == registrering
    assert to_content(registrering)["lokalUdvidelse"] == registrering.lokal_udvidelse


def test_a_list_that_is_none_is_not_sent_and_read_as_none() -> None:
    parent = xml.root(f"{{{NS}}}RetInput")

    reg_xml.write_lister(parent, ENHED, Lister(tilstande=()))

    assert [xml.split(child)[1] for child in parent] == ["TilstandListe"]
    assert reg_xml.read_lister(parent, ENHED) == Lister(tilstande=())


def test_a_criterion_without_virkning_is_written_without() -> None:
    parent = xml.root(f"{{{NS}}}SoegInput")
    (relation,) = enhed(
        relationer=f"<Tilhoerer><ReferenceID><UUIDIdentifikator>{UUID_1}</UUIDIdentifikator></ReferenceID></Tilhoerer>"
    ).relationer

    reg_xml.write_lister(parent, ENHED, Lister(relationer=(relation,)), kriterier=True)

    assert relation.virkning == ALTID
    assert parent.find(f".//{{{SD}}}Virkning") is None


def test_a_control_character_is_malformed() -> None:
    parent = xml.root("x")

    with pytest.raises(Malformed, match="NoteTekst"):
        xml.sub(parent, f"{{{SD}}}NoteTekst", "a\x00b")


def test_a_relation_that_the_type_lacks_is_malformed() -> None:
    relation = enhed(relationer="<Ansatte/>").relationer[0]

    with pytest.raises(Malformed, match="Bruger has no relation Ansatte"):
        reg_xml.write_lister(xml.root("x"), Objekttype.BRUGER, Lister(relationer=(relation,)))
