"""Canonical content: what an object says, in a form that no order and no offset changes."""

import json
import random
from dataclasses import replace
from uuid import UUID

from fkorg.registrering import (
    Ansvar,
    Egenskab,
    Gyldighed,
    Livscyklus,
    Oejebliksbillede,
    Reference,
    Registrering,
    Relation,
    Tilstand,
    from_content,
    to_content,
)
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning

ENHED = "0235dc7b-11c4-4ee5-b685-9f638f5cd032"
ALT = Registrering(
    tidspunkt_ns=1_600_000_000_123_456_700,
    livscyklus=Livscyklus.IMPORTERET,
    egenskaber=(
        Egenskab(Virkning(1, 5), {"enhedsnavn": "Skole", "brugervendtnoegle": "S"}),
        Egenskab(
            Virkning(5, UENDELIG_NS), {"enhedsnavn": "Skolen", "konfiguration": ("a", "b")}, Ansvar(note="flyttet")
        ),
    ),
    tilstande=(Tilstand(Virkning(1), Gyldighed.AKTIV),),
    relationer=(
        Relation("Overordnet", Virkning(1), Reference(ENHED)),
        Relation("Overordnet", Virkning(9, 3), Reference("urn:x:1")),
        Relation("Adresser", Virkning(1), Reference(ENHED), Reference(ENHED, "E-mail"), Reference(ENHED), "1"),
        Relation(
            "Adresser",
            Virkning(1),
            None,
            Reference(ENHED),
            Reference(ENHED),
            "2",
            Ansvar(Reference(ENHED), "Organisation"),
        ),
    ),
    bruger=Reference(ENHED),
    note="oprettet",
    lokal_udvidelse={"relationer": "<x/>"},
)


def test_content_survives_the_round_trip_through_json():
    content = json.loads(json.dumps(to_content(ALT)))

    back = from_content(
        content, tidspunkt_ns=ALT.tidspunkt_ns, livscyklus=ALT.livscyklus, bruger=ENHED, note="oprettet"
    )

    assert to_content(back) == to_content(ALT)
    assert sorted(map(repr, back.relationer)) == sorted(map(repr, ALT.relationer))
    assert (back.tidspunkt_ns, back.livscyklus, back.bruger, back.note) == (
        ALT.tidspunkt_ns,
        ALT.livscyklus,
        ALT.bruger,
        ALT.note,
    )


def test_the_order_of_entries_does_not_change_the_content():
    shuffled = list(ALT.relationer)
    random.Random(1).shuffle(shuffled)

    other = replace(ALT, relationer=tuple(shuffled), egenskaber=ALT.egenskaber[::-1])

    assert to_content(other) == to_content(ALT)


def test_who_recorded_it_when_is_not_content():
    assert to_content(replace(ALT, tidspunkt_ns=1, bruger=None, note="anden")) == to_content(ALT)


def test_the_newest_of_several_registrations_counts():
    older = replace(ALT, tidspunkt_ns=1)

    assert Oejebliksbillede(UUID(ENHED), (ALT, older)).nyeste is ALT
    assert Oejebliksbillede(UUID(ENHED), ()).nyeste is None


def test_a_uuid_is_one_and_a_urn_is_none():
    assert Reference(ENHED).uuid == UUID(ENHED)
    assert Reference("urn:oio:cvr-nr:11111111").uuid is None
