"""Dirty functions: units and users too few, too many, or not there. One function for each kind."""

from dataclasses import replace
from typing import Final

from fkorg.klassifikation import LEDERROLLE, SYSTEMROLLE
from simulator.kommune import byg
from simulator.kommune.byg import Ramme
from simulator.kommune.snavs_byg import AFSLUTTET, Fund, ansaettelse, bruger, enhed


def _dinglende_enhed(r: Ramme, n: str) -> Fund:
    mangler, folk = r.uuid(n, "mangler"), bruger(r, r.uuid(n, "bruger"), "tabtenhed")
    return Fund({"funktion": ansaettelse(r, r.uuid(n), (mangler,), (folk[1],)), "bruger": folk}, {"mangler": mangler})


def _dinglende_bruger(r: Ramme, n: str) -> Fund:
    mangler, sted = r.uuid(n, "mangler"), enhed(r, r.uuid(n, "enhed"), "Enhed med tabt bruger")
    return Fund({"funktion": ansaettelse(r, r.uuid(n), (sted[1],), (mangler,)), "enhed": sted}, {"mangler": mangler})


def _funktion_uden_enhed(r: Ramme, n: str) -> Fund:
    folk = bruger(r, r.uuid(n, "bruger"), "udenenhed")
    return Fund({"funktion": ansaettelse(r, r.uuid(n), (), (folk[1],)), "bruger": folk})


def _funktion_to_enheder(r: Ramme, n: str) -> Fund:
    steder = {kort: enhed(r, r.uuid(n, kort), f"Delt enhed {kort}") for kort in ("foerste", "anden")}
    folk = bruger(r, r.uuid(n, "bruger"), "toenheder")
    post = ansaettelse(r, r.uuid(n), (one[1] for one in steder.values()), (folk[1],))
    return Fund({"funktion": post, **steder, "bruger": folk})


def _funktion_mange_brugere(r: Ramme, n: str) -> Fund:
    sted = enhed(r, r.uuid(n, "enhed"), "Enhed med fælles stilling")
    folk = {f"bruger{k}": bruger(r, r.uuid(n, k), f"faelles{k}") for k in range(6)}
    objekttype, uuid, (reg,) = ansaettelse(r, r.uuid(n), (sted[1],), (one[1] for one in folk.values()))
    sidste = str(folk["bruger5"][1])
    relationer = tuple(
        replace(one, virkning=AFSLUTTET) if one.reference is not None and one.reference.id == sidste else one
        for one in reg.relationer
    )
    return Fund({"funktion": (objekttype, uuid, (replace(reg, relationer=relationer),)), "enhed": sted, **folk})


def _ubesat_stilling(r: Ramme, n: str) -> Fund:
    sted = enhed(r, r.uuid(n, "enhed"), "Enhed med ubesat stilling")
    return Fund({"funktion": ansaettelse(r, r.uuid(n), (sted[1],), ()), "enhed": sted})


def _to_ledere(r: Ramme, n: str) -> Fund:
    sted = enhed(r, r.uuid(n, "enhed"), "Enhed med to ledere")
    folk = {f"leder_{k}": bruger(r, r.uuid(n, k), f"leder{k}") for k in ("a", "b")}
    roller = {
        f"funktion_{k}": ansaettelse(r, r.uuid(n, "funktion", k), (sted[1],), (folk[f"leder_{k}"][1],), art=LEDERROLLE)
        for k in ("a", "b")
    }
    return Fund({"enhed": sted, **folk, **roller})


def _leder_fra_anden_enhed(r: Ramme, n: str) -> Fund:
    ledet, hjemme = (
        enhed(r, r.uuid(n, "enhed"), "Enhed med lånt leder"),
        enhed(r, r.uuid(n, "hjemme"), "Lederens egen enhed"),
    )
    folk = bruger(r, r.uuid(n, "bruger"), "laantleder")
    return Fund(
        {
            "enhed": ledet,
            "hjemme": hjemme,
            "bruger": folk,
            "ansaettelse": ansaettelse(r, r.uuid(n, "ansaettelse"), (hjemme[1],), (folk[1],)),
            "leder": ansaettelse(r, r.uuid(n, "leder"), (ledet[1],), (folk[1],), art=LEDERROLLE),
        }
    )


def _ukendt_funktionstype(r: Ramme, n: str) -> Fund:
    art, sted = r.uuid(n, "type"), enhed(r, r.uuid(n, "enhed"), "Enhed med ukendt funktion")
    folk = bruger(r, r.uuid(n, "bruger"), "ukendtfunktion")
    post = ansaettelse(r, r.uuid(n), (sted[1],), (folk[1],), art=art)
    return Fund({"funktion": post, "enhed": sted, "bruger": folk}, {"type": art})


def _systemrolle(r: Ramme, n: str) -> Fund:
    sted = enhed(r, r.uuid(n, "enhed"), "Enhed med gammel systemrolle")
    objekttype, uuid, (reg,) = ansaettelse(r, r.uuid(n), (sted[1],), (), art=SYSTEMROLLE)
    system = byg.peger(r, "TilknyttedeItSystemer", r.uuid("itsystem", 0), reg.relationer[0].virkning)
    return Fund({"funktion": (objekttype, uuid, (replace(reg, relationer=(*reg.relationer, system)),)), "enhed": sted})


def _fremtidig_ansaettelse(r: Ramme, n: str) -> Fund:
    sted, folk = enhed(r, r.uuid(n, "enhed"), "Enhed der venter nogen"), bruger(r, r.uuid(n, "bruger"), "kommer")
    post = ansaettelse(r, r.uuid(n), (sted[1],), (folk[1],), fra=byg.PLANLAGT)
    return Fund({"funktion": post, "enhed": sted, "bruger": folk})


def _funktion_uden_enhed_mere(r: Ramme, n: str) -> Fund:
    sted, folk = enhed(r, r.uuid(n, "enhed"), "Enhed som funktionen forlod"), bruger(r, r.uuid(n, "bruger"), "forlod")
    objekttype, uuid, (reg,) = ansaettelse(r, r.uuid(n), (sted[1],), (folk[1],))
    relationer = tuple(
        replace(one, virkning=AFSLUTTET) if one.navn == "TilknyttedeEnheder" else one for one in reg.relationer
    )
    return Fund({"funktion": (objekttype, uuid, (replace(reg, relationer=relationer),)), "enhed": sted, "bruger": folk})


def _aldrig_medlem(r: Ramme, n: str) -> Fund:
    """The user's relation starts after the unit's has ended: start >= end. Source: domain.md 4.4."""
    sted, folk = enhed(r, r.uuid(n, "enhed"), "Enhed nogen aldrig nåede"), bruger(r, r.uuid(n, "bruger"), "aldrig")
    objekttype, uuid, (reg,) = ansaettelse(r, r.uuid(n), (sted[1],), (folk[1],))
    sent = byg.periode(byg.EPOKE)
    relationer = tuple(
        replace(one, virkning={"TilknyttedeEnheder": AFSLUTTET, "TilknyttedeBrugere": sent}.get(one.navn, one.virkning))
        for one in reg.relationer
    )
    return Fund({"funktion": (objekttype, uuid, (replace(reg, relationer=relationer),)), "enhed": sted, "bruger": folk})


SNAVS: Final = {
    "dinglende_enhed": ("an employment whose unit does not exist", _dinglende_enhed),
    "dinglende_bruger": ("an employment whose user does not exist", _dinglende_bruger),
    "funktion_uden_enhed": ("an employment without unit", _funktion_uden_enhed),
    "funktion_to_enheder": ("an employment with two units", _funktion_to_enheder),
    "funktion_mange_brugere": ("an employment that six users share, one of them ended", _funktion_mange_brugere),
    "ubesat_stilling": ("an employment without user: a vacant post", _ubesat_stilling),
    "to_ledere": ("a unit with two managers", _to_ledere),
    "leder_fra_anden_enhed": ("a manager who is employed in another unit", _leder_fra_anden_enhed),
    "ukendt_funktionstype": ("a function of a type that no classification knows", _ukendt_funktionstype),
    "systemrolle": ("an obsolete Systemrolle", _systemrolle),
    "fremtidig_ansaettelse": ("an employment that begins on 2036-08-01", _fremtidig_ansaettelse),
    "funktion_uden_enhed_mere": ("an employment whose unit relation has ended", _funktion_uden_enhed_mere),
    "aldrig_medlem": ("an employment that ends before it begins, by its parts' dates", _aldrig_medlem),
}
"""Name -> (what it is, how it is made)."""
