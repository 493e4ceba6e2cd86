"""A source in memory: what `ingest.kilde.Kilde` asks for, over registrations; it fails, lags and forgets on request."""

from collections.abc import AsyncGenerator, Iterable
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, NotFound
from fkorg.operationer import HIERARKITYPER, SoegVirkning
from fkorg.registrering import Lister, Oejebliksbillede, Registrering
from tests import registreringer as r


class KildeIHukommelse:
    """`put` records, `kald` lists the calls made. `fejl`: an error per uuid, or under None for every call; after
    `heles_efter` calls there are none."""

    def __init__(self) -> None:
        self.objekter: dict[tuple[Objekttype, UUID], list[Registrering]] = {}
        self.fejl: dict[UUID | None, FkorgError] = {}
        self.heles_efter: int | None = None
        self.kald: list[tuple[str, int]] = []

    def put(self, objekttype: Objekttype, uuid: UUID, registrering: Registrering) -> None:
        self.objekter.setdefault((objekttype, uuid), []).append(registrering)

    def forget(self, objekttype: Objekttype, uuid: UUID) -> None:
        del self.objekter[objekttype, uuid]

    async def laes(self, objekttype: Objekttype, uuid: UUID) -> Oejebliksbillede:
        self._ask("laes", [uuid])
        if (objekttype, uuid) not in self.objekter:
            raise NotFound(f"no {objekttype} {uuid}")
        return self._billede(objekttype, uuid)

    async def list(self, objekttype: Objekttype, uuids: Iterable[UUID]) -> "list[Oejebliksbillede]":
        asked = [*uuids]
        self._ask("list", asked)
        return [self._billede(objekttype, uuid) for uuid in asked if (objekttype, uuid) in self.objekter]

    async def soeg(
        self, objekttype: Objekttype, kriterier: Lister, fra_nummer: int = 0, antal: int = 500
    ) -> "list[UUID]":
        self._ask("soeg", [])
        hits = [uuid for kind, uuid in self.objekter if kind is objekttype and self._meets(kind, uuid, kriterier)]
        return hits[fra_nummer : fra_nummer + antal]

    async def hierarki(
        self, fra_nummer: int = 0, antal: int = 500, *, virkning: SoegVirkning | None = None
    ) -> AsyncGenerator[tuple[Objekttype, Oejebliksbillede]]:
        self._ask("hierarki", [])
        for objekttype in HIERARKITYPER:
            uuids = [uuid for kind, uuid in self.objekter if kind is objekttype]
            for uuid in uuids[fra_nummer : fra_nummer + antal]:
                yield objekttype, self._billede(objekttype, uuid)

    def _ask(self, operation: str, uuids: "list[UUID]") -> None:
        if self.heles_efter is not None and len(self.kald) >= self.heles_efter:
            self.fejl.clear()
        self.kald.append((operation, len(uuids)))
        for key in (None, *uuids):
            if key in self.fejl:
                raise self.fejl[key]

    def _billede(self, objekttype: Objekttype, uuid: UUID) -> Oejebliksbillede:
        return Oejebliksbillede(uuid, tuple(self.objekter[objekttype, uuid][-1:]))

    def _meets(self, objekttype: Objekttype, uuid: UUID, kriterier: Lister) -> bool:
        newest = self.objekter[objekttype, uuid][-1]
        felter = [(k, v) for e in kriterier.egenskaber or () for k, v in e.felter.items()]
        maal = [(x.navn, x.reference) for x in kriterier.relationer or ()]
        if any(t.status not in {own.status for own in newest.tilstande} for t in kriterier.tilstande or ()):
            return False
        return all(any(e.felter.get(k) == v for e in newest.egenskaber) for k, v in felter) and all(
            any(x.reference == ref for x in newest.relation(navn)) for navn, ref in maal
        )


def en_kommune() -> KildeIHukommelse:
    """Korsbæk: root with Rådhuset and Skolen below, under Rådhuset Borgerservice; Mads manages Rådhuset, Ulla works in
    Borgerservice; each with a person and an address."""
    kilde = KildeIHukommelse()
    t, uuid = Objekttype, r.uuid
    kilde.put(t.ORGANISATION, r.KOMMUNE, r.organisation())
    kilde.put(t.VIRKSOMHED, r.VIRKSOMHED, r.virksomhed())
    post = r.adresse_til(uuid("algade"), r.klassifikation.ENHED_POSTADRESSE)
    kilde.put(t.ORGANISATION_ENHED, r.ROD, r.enhed("Korsbæk Kommune", None, post))
    kilde.put(t.ORGANISATION_ENHED, uuid("raadhus"), r.enhed("Rådhuset"))
    kilde.put(t.ORGANISATION_ENHED, uuid("skole"), r.enhed("Skolen"))
    kilde.put(t.ORGANISATION_ENHED, uuid("borger"), r.enhed("Borgerservice", uuid("raadhus")))
    kilde.put(t.ADRESSE, uuid("algade"), r.adresse("Algade 1, 4999 Korsbæk"))
    for navn, enhed, type_ in (("mads", "raadhus", "LEDERROLLE"), ("ulla", "borger", "ENHEDSROLLE")):
        mail = r.adresse_til(uuid(f"{navn}-mail"), r.klassifikation.BRUGER_EMAIL)
        kilde.put(t.BRUGER, uuid(navn), r.bruger(navn, r.til("TilknyttedePersoner", uuid(f"{navn}-person")), mail))
        kilde.put(t.PERSON, uuid(f"{navn}-person"), r.person(f"{navn.title()} Skjern"))
        kilde.put(t.ADRESSE, uuid(f"{navn}-mail"), r.adresse(f"{navn}@korsbaek.example"))
        job = r.funktion(getattr(r.klassifikation, type_), [uuid(enhed)], [uuid(navn)])
        kilde.put(t.ORGANISATION_FUNKTION, uuid(f"{navn}-job"), job)
    return kilde
