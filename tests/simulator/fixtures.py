"""A small truth for the tests: made once a session, copied for each test that changes it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.operationer import Anmodning, Ethvertsvar, operation
from fkorg.registrering import Egenskab, Gyldighed, Lister, Reference, Relation, Tilstand
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from fkorg.wire.anmodning_xml import write_anmodning
from fkorg.wire.soap_xml import Hoved, read_kuvert, write_kuvert
from fkorg.wire.svar_xml import read_svar
from simulator.sandhed import Sandhed, open_sandhed
from simulator.tjeneste import Tjeneste

SEED = 7
NOW_NS = 1_790_000_000_123_456_789
"""A moment in 2026: after the sample data, before what it plans."""
DAG_NS = 86_400 * 10**9


class Ur:
    """A clock that stands still until it is told to go."""

    def __init__(self) -> None:
        self.ns = NOW_NS

    def __call__(self) -> int:
        return self.ns

    def go(self, ns: int) -> None:
        self.ns += ns


def copy_of(made: Path, target: Path) -> Path:
    """The made truth, in a folder of its own."""
    shutil.copytree(made, target)
    return target


def sandhed_in(mappe: Path, ur: Callable[[], int]) -> Sandhed:
    return open_sandhed(mappe, "small", SEED, ur=ur)


def ask(tjeneste: Tjeneste, anmodning: Anmodning) -> Ethvertsvar:
    """What the service answers, over its XML."""
    body = write_kuvert(write_anmodning(anmodning), Hoved("en-transaktion"))
    besvaret = tjeneste.answer(operation(anmodning).sti, body)
    assert besvaret.status == 200, besvaret.body
    return read_svar(read_kuvert(besvaret.body).krop)


def enhed_lister(navn: str = "Ny enhed", fra_ns: int = NOW_NS - 30 * DAG_NS, noegle: str | None = None) -> Lister:
    """What it takes to make a unit."""
    altid = Virkning(fra_ns, UENDELIG_NS)
    return Lister(
        (Egenskab(altid, {"brugervendtnoegle": noegle or navn, "enhedsnavn": navn}),),
        (Tilstand(altid, Gyldighed.AKTIV),),
        (),
    )


def adresse(maal: UUID, indeks: str, rolle: UUID, virkning: Virkning) -> Relation:
    """An address of a unit."""
    return Relation("Adresser", virkning, Reference(str(maal)), Reference(str(rolle)), Reference(str(rolle)), indeks)


def first(sandhed: Sandhed, objekttype: Objekttype) -> UUID:
    """Some plain live object of the type."""
    return sandhed.ramme.uuid({Objekttype.ORGANISATION_ENHED: "enhed", Objekttype.BRUGER: "bruger"}[objekttype], 3)
