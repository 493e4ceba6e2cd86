"""The quick text is the XML that fkorg.wire writes, for every object of the sample data."""

from lxml import etree

from fkorg.catalogue import OF, SD, STS, Objekttype
from fkorg.operationer import ALT, SYSTEM_NS, Filtre
from fkorg.registrering import Ansvar, Oejebliksbillede, Reference, Registrering
from fkorg.wire import xml
from fkorg.wire.registrering_xml import write_oejebliksbillede
from simulator import laesning
from simulator.hurtig_xml import Skriver
from simulator.sandhed import Sandhed
from tests.simulator.fixtures import NOW_NS

_AROUND = f'<x xmlns:sd="{SD}" xmlns:of="{OF}" xmlns:sts="{STS}">'


def test_every_object_is_written_as_fkorg_writes_it(sandhed: Sandhed) -> None:
    skriver = Skriver(sandhed.ramme.ansvar)
    for objekttype in Objekttype:
        for uuid, _ in list(sandhed.objekter(objekttype))[-120:]:
            registreringer = sandhed.registreringer(objekttype, uuid)
            read = laesning.laes(sandhed, objekttype, [uuid], Filtre(*(ALT.virkning_fra_ns, ALT.virkning_til_ns) * 2))
            text = skriver.billede(objekttype, uuid, read[0][1])

            assert _parsed(text) == _elements(objekttype, Oejebliksbillede(uuid, registreringer))


def test_rare_shapes_are_written_too(sandhed: Sandhed) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)
    stored = sandhed.nyeste(Objekttype.ORGANISATION_ENHED, uuid)
    assert stored is not None
    note = 'Rettet <af> & "os"\r'
    odd = Registrering(
        NOW_NS,
        stored.livscyklus,
        tuple(_andet_ansvar(one) for one in stored.egenskaber),
        stored.tilstande,
        stored.relationer,
        Reference("urn:oio:bruger:x", "Et navn"),
        note,
        {"relationer": f'<n0:LokalUdvidelse xmlns:n0="{SD}"><a xmlns="urn:x">1</a></n0:LokalUdvidelse>'},
    )
    with sandhed.transaktion():
        sandhed.skriv(Objekttype.ORGANISATION_ENHED, uuid, odd)

    read = laesning.laes(sandhed, Objekttype.ORGANISATION_ENHED, [uuid], ALT)
    text = Skriver(sandhed.ramme.ansvar).billede(Objekttype.ORGANISATION_ENHED, uuid, read[0][1])

    assert _parsed(text) == _elements(Objekttype.ORGANISATION_ENHED, Oejebliksbillede(uuid, (odd,)))


def test_the_hierarchy_has_its_own_wrapper(sandhed: Sandhed) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)
    read = laesning.laes(sandhed, Objekttype.ORGANISATION_ENHED, [uuid], ALT)

    text = Skriver(sandhed.ramme.ansvar).billede(Objekttype.ORGANISATION_ENHED, uuid, read[0][1], namespace=SYSTEM_NS)

    assert _parse(text).tag == f"{{{SYSTEM_NS}}}FiltreretOejebliksbillede"


def test_upper_case_is_the_uuids_alone(sandhed: Sandhed) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)
    read = laesning.laes(sandhed, Objekttype.ORGANISATION_ENHED, [uuid], ALT)
    skriver = Skriver(sandhed.ramme.ansvar)

    plain = skriver.billede(Objekttype.ORGANISATION_ENHED, uuid, read[0][1])
    upper = skriver.billede(Objekttype.ORGANISATION_ENHED, uuid, read[0][1], versaler=True)

    assert str(uuid).upper() in upper
    assert str(uuid) not in upper
    assert upper.lower() == plain.lower()


def _andet_ansvar(one: object) -> object:
    from dataclasses import replace

    return replace(one, ansvar=Ansvar(Reference("urn:oio:x"), "Bruger", "en note"))  # type: ignore[type-var]  # an Egenskab


def _parse(text: str) -> etree._Element:
    return etree.fromstring(f"{_AROUND}{text}</x>")[0]


def _parsed(text: str) -> str:
    return xml.canonical(_parse(text))


def _elements(objekttype: Objekttype, billede: Oejebliksbillede) -> str:
    return xml.canonical(write_oejebliksbillede(xml.root("x"), objekttype, billede))
