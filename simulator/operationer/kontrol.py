"""What makes input or its result inconsistent (StatusKode 40). Source: domain.md 2.2 and 8.4, FACTS.md 3. Pure."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from fkorg.catalogue import KATALOG, Beskrivelse, Objekttype
from fkorg.registrering import Lister, Registrering, Relation
from fkorg.virkning import Virkning
from simulator.operationer.retur import inkonsistent

OBLIGATORISK: Final[Mapping[Objekttype, tuple[str, ...]]] = {
    Objekttype.ORGANISATION: ("brugervendtnoegle",),
    Objekttype.ORGANISATION_ENHED: ("brugervendtnoegle", "enhedsnavn"),
    Objekttype.ORGANISATION_FUNKTION: ("brugervendtnoegle",),
    Objekttype.BRUGER: ("brugervendtnoegle", "brugernavn"),
    Objekttype.PERSON: ("brugervendtnoegle", "navn"),
    Objekttype.ADRESSE: ("brugervendtnoegle", "adressetekst"),
    Objekttype.VIRKSOMHED: ("brugervendtnoegle",),
    Objekttype.MYNDIGHED: ("brugervendtnoegle",),
    Objekttype.IT_SYSTEM: ("brugervendtnoegle", "itsystemnavn"),
    Objekttype.INTERESSEFAELLESSKAB: ("brugervendtnoegle",),
}
"""The fields that every Egenskab in effect now or later must have. Source: FACTS.md 3, column G."""


def check_lister(objekttype: Objekttype, sendt: Lister) -> None:
    """Raises Afvist 40 for bad periods, fields too long or of a wrong form, and an address sent twice."""
    beskrivelse = KATALOG[objekttype]
    for egenskab in sendt.egenskaber or ():
        _check_periode(egenskab.virkning)
        _check_felter(beskrivelse, egenskab.felter)
    for tilstand in sendt.tilstande or ():
        _check_periode(tilstand.virkning)
    for relation in sendt.relationer or ():
        _check_periode(relation.virkning)
    _check_dobbelte(sendt.relationer or ())
    _check_enkelte(beskrivelse, sendt.relationer or ())
    _check_gyldighed(sendt)


def check_resultat(objekttype: Objekttype, registrering: Registrering, now_ns: int) -> None:
    """Raises Afvist 40 when an Egenskab now or later lacks what it must have, or there is none at all."""
    gaeldende = [one for one in registrering.egenskaber if not one.virkning.tom and one.virkning.til_ns > now_ns]
    if not gaeldende:
        raise inkonsistent("Objektet har ingen egenskaber")
    for egenskab in gaeldende:
        for felt in OBLIGATORISK[objekttype]:
            if not egenskab.felter.get(felt):
                raise inkonsistent(f"{KATALOG[objekttype].felt(felt).xml} mangler")


def _check_periode(virkning: Virkning) -> None:
    if virkning.omvendt:
        raise inkonsistent("Virkningen slutter, før den begynder")


def _check_felter(beskrivelse: Beskrivelse, felter: Mapping[str, str | tuple[str, ...]]) -> None:
    for navn, value in felter.items():
        felt = beskrivelse.felt(navn)
        for text in (value,) if isinstance(value, str) else value:
            too_long = felt.max_laengde is not None and len(text) > felt.max_laengde
            if too_long or (felt.moenster is not None and re.fullmatch(felt.moenster, text) is None):
                raise inkonsistent(f"{felt.xml} har ikke den rette form")


def _check_dobbelte(relationer: tuple[Relation, ...]) -> None:
    """The same address in the same role at the same time, or one Indeks used twice in a list."""
    dynamiske = [one for one in relationer if one.indeks is not None]
    indekser = [(one.navn, one.indeks) for one in dynamiske]
    if len(set(indekser)) < len(indekser):
        raise inkonsistent("Indeks forekommer to gange i listen")
    adresser = sorted(
        (one for one in dynamiske if one.navn == "Adresser" and not one.virkning.tom),
        key=lambda one: (_id(one), one.virkning),
    )
    for one, other in pairwise(adresser):
        if _id(one) == _id(other) and not one.virkning.overlap(other.virkning).tom:
            raise inkonsistent("Samme adresse forekommer to gange i listen")


def _check_enkelte(beskrivelse: Beskrivelse, relationer: tuple[Relation, ...]) -> None:
    enkelte = {one.navn for one in beskrivelse.relationer if not one.flere}
    navne = [one.navn for one in relationer if one.navn in enkelte]
    if len(set(navne)) < len(navne):
        raise inkonsistent("En enkelt relation forekommer to gange")


def _check_gyldighed(sendt: Lister) -> None:
    """Two different states at one time contradict each other."""
    tilstande = sorted((one for one in sendt.tilstande or () if not one.virkning.tom), key=lambda one: one.virkning)
    for one, other in pairwise(tilstande):
        if one.status is not other.status and not one.virkning.overlap(other.virkning).tom:
            raise inkonsistent("Gyldighed er både Aktiv og Inaktiv i samme periode")


def _id(relation: Relation) -> tuple[str, str]:
    reference, rolle = relation.reference, relation.rolle
    return reference.id if reference is not None else "", rolle.id if rolle is not None else ""
