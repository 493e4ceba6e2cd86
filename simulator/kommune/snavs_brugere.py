"""Dirty users and persons. One function for each kind."""

from dataclasses import replace
from typing import Final

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import BRUGER_EMAIL, BRUGER_TELEFON, NON_PERSON_BRUGER
from fkorg.registrering import Livscyklus
from simulator.kommune import byg
from simulator.kommune.byg import Ramme
from simulator.kommune.snavs_byg import (
    AFSLUTTET,
    ALTID,
    FOER_NS,
    FRA,
    SLUT,
    Fund,
    Saerhed,
    adresse,
    bruger,
    person,
)


def _robot(r: Ramme, n: str) -> Fund:
    teknisk = person(r, r.uuid(n, "person"), "RPA Lønkørsel")
    return Fund(
        {"bruger": bruger(r, r.uuid(n), "rpa-loen", person=teknisk[1], brugertype=NON_PERSON_BRUGER), "person": teknisk}
    )


def _bruger_uden_person(r: Ramme, n: str) -> Fund:
    return Fund({"bruger": bruger(r, r.uuid(n), "udenperson")})


def _dinglende_person(r: Ramme, n: str) -> Fund:
    mangler = r.uuid(n, "mangler")
    return Fund({"bruger": bruger(r, r.uuid(n), "tabtperson", person=mangler)}, {"mangler": mangler})


def _dinglende_brugeradresse(r: Ramme, n: str) -> Fund:
    mangler = r.uuid(n, "mangler")
    relation = byg.brugeradresse(r, mangler, BRUGER_EMAIL, ALTID, "1")
    return Fund({"bruger": bruger(r, r.uuid(n), "tabtmail", relationer=(relation,))}, {"mangler": mangler})


def _to_brugere_en_person(r: Ramme, n: str) -> Fund:
    faelles = person(r, r.uuid(n, "person"), "Åse Ærtebjerg Østergård")
    brugere = {kort: bruger(r, r.uuid(n, kort), f"aaae-{kort}", person=faelles[1]) for kort in ("a", "b")}
    return Fund({**brugere, "person": faelles})


def _to_personer(r: Ramme, n: str) -> Fund:
    personer = {kort: person(r, r.uuid(n, kort), f"Ib {kort.upper()} Bæk") for kort in ("foerste", "anden")}
    relationer = [byg.peger(r, "TilknyttedePersoner", post[1], ALTID) for post in personer.values()]
    return Fund({"bruger": bruger(r, r.uuid(n), "topersoner", relationer=relationer), **personer})


def _faelles_uuid(r: Ramme, n: str) -> Fund:
    uuid = r.uuid(n)
    return Fund({"bruger": bruger(r, uuid, "sammeuuid", person=uuid), "person": person(r, uuid, "Ulla Fælles Nøgle")})


def _person_uden_bruger(r: Ramme, n: str) -> Fund:
    return Fund({"person": person(r, r.uuid(n), "Herreløs Sørensen")})


def _udloebet_brugeradresse(r: Ramme, n: str) -> Fund:
    gammel, ny = adresse(r, r.uuid(n, "gammel"), "+45 10 00 00 01"), adresse(r, r.uuid(n, "ny"), "+45 10 00 00 02")
    relationer = (
        byg.brugeradresse(r, gammel[1], BRUGER_TELEFON, AFSLUTTET, "1"),
        byg.brugeradresse(r, ny[1], BRUGER_TELEFON, byg.periode(byg.PLANLAGT), "2"),
    )
    return Fund({"bruger": bruger(r, r.uuid(n), "udloebet", relationer=relationer), "gammel": gammel, "ny": ny})


def _bruger_uden_gyldighed(r: Ramme, n: str) -> Fund:
    objekttype, uuid, (reg,) = bruger(r, r.uuid(n), "udengyldighed")
    return Fund({"bruger": (objekttype, uuid, (replace(reg, tilstande=()),))})


def _bruger_uden_type(r: Ramme, n: str) -> Fund:
    objekttype, uuid, (reg,) = bruger(r, r.uuid(n), "udentype")
    relationer = tuple(one for one in reg.relationer if one.navn != "BrugerTyper")
    return Fund({"bruger": (objekttype, uuid, (replace(reg, relationer=relationer),))})


def _ukendt_brugertype(r: Ramme, n: str) -> Fund:
    art = r.uuid(n, "type")
    return Fund({"bruger": bruger(r, r.uuid(n), "ukendttype", brugertype=art)}, {"type": art})


def _bruger_versaler(r: Ramme, n: str) -> Fund:
    post = bruger(r, r.uuid(n), "versaler")
    return Fund({"bruger": post}, saerheder={"bruger": Saerhed.VERSALER})


def _bruger_nul_registreringer(r: Ramme, n: str) -> Fund:
    return Fund({"bruger": bruger(r, r.uuid(n), "ingenreg")}, saerheder={"bruger": Saerhed.INGEN_REGISTRERING})


def _bruger_to_registreringer(r: Ramme, n: str) -> Fund:
    objekttype, uuid, (ny,) = bruger(r, r.uuid(n), "nytnavn")
    gammel = replace(bruger(r, uuid, "gammeltnavn")[2][0], tidspunkt_ns=FOER_NS)
    return Fund({"bruger": (objekttype, uuid, (gammel, ny))}, saerheder={"bruger": Saerhed.TO_REGISTRERINGER})


def _passiveret_bruger(r: Ramme, n: str) -> Fund:
    objekttype, uuid, (reg,) = bruger(r, r.uuid(n), "passiveret")
    doed = replace(reg, livscyklus=Livscyklus.PASSIVERET)
    return Fund({"bruger": (objekttype, uuid, (replace(reg, tidspunkt_ns=FOER_NS), doed))})


def _inaktiv_bruger(r: Ramme, n: str) -> Fund:
    objekttype, uuid, (reg,) = bruger(r, r.uuid(n), "fratraadt")
    return Fund({"bruger": (objekttype, uuid, (replace(reg, tilstande=byg.gyldig_til(r, FRA, SLUT)),))})


def _slettet_adresse(r: Ramme, n: str) -> Fund:
    _, uuid, (reg,) = adresse(r, r.uuid(n, "adresse"), "slettet@korsbaek.example")
    slettet = replace(reg, livscyklus=Livscyklus.SLETTET)
    relation = byg.brugeradresse(r, uuid, BRUGER_EMAIL, ALTID, "1")
    return Fund(
        {
            "adresse": (Objekttype.ADRESSE, uuid, (replace(reg, tidspunkt_ns=FOER_NS), slettet)),
            "bruger": bruger(r, r.uuid(n), "slettetmail", relationer=(relation,)),
        }
    )


SNAVS: Final = {
    "robot": ("a Non-Person Entity with a Person of technical name", _robot),
    "bruger_uden_person": ("a user without person", _bruger_uden_person),
    "dinglende_person": ("a user whose person does not exist", _dinglende_person),
    "dinglende_brugeradresse": ("a user whose address does not exist", _dinglende_brugeradresse),
    "to_brugere_en_person": ("two users of one person", _to_brugere_en_person),
    "to_personer": ("a user with two persons in effect", _to_personer),
    "faelles_uuid": ("a user and a person with one UUID", _faelles_uuid),
    "person_uden_bruger": ("a person that no user points at", _person_uden_bruger),
    "udloebet_brugeradresse": ("a user with an ended and a planned phone", _udloebet_brugeradresse),
    "bruger_uden_gyldighed": ("a user without Gyldighed", _bruger_uden_gyldighed),
    "bruger_uden_type": ("a user without BrugerTyper", _bruger_uden_type),
    "ukendt_brugertype": ("a user of a type that no classification knows", _ukendt_brugertype),
    "bruger_versaler": ("a user that is written with UUIDs in upper case", _bruger_versaler),
    "bruger_nul_registreringer": ("a user that reads return without registration", _bruger_nul_registreringer),
    "bruger_to_registreringer": ("a user that reads return with two registrations", _bruger_to_registreringer),
    "passiveret_bruger": ("a user with life cycle Passiveret", _passiveret_bruger),
    "inaktiv_bruger": ("a user who is Inaktiv since 2023-07-01 and keeps the relations", _inaktiv_bruger),
    "slettet_adresse": ("a user whose address has life cycle Slettet", _slettet_adresse),
}
"""Name -> (what it is, how it is made)."""
