"""What a search found, and what was recorded."""

from uuid import UUID

from graph import relations
from graph.source import EnAf, Kolonne, Side, Slags, Udtryk
from graph.types.enums import Livscyklus, Objekttype
from graph.types.field import felt, laest
from graph.types.lists import ANTAL, CURSOR, EDGES, NODE, SIDE, PageInfo
from graph.types.objekt import Objekt
from graph.types.scalars import JSON, Cursor, Tidspunkt
from model import tables


@laest(tables.soegetekst, om="One object that a search found.")
class SoegEdge:
    """The text that matched, and how well."""

    cursor: Cursor = felt(Side(), CURSOR)
    node: Objekt = felt(EnAf("objekttype", relations.soegning.MAAL), "The object.")
    naerhed: float = felt(
        Udtryk(relations.soegning.naerhed, Slags.TAL),
        "How near it came, falling: 1 is the whole text; from 2/3 it begins so, from 1/3 it has the words.",
    )
    felt: str = felt(Kolonne("felt"), "The field whose text matched.")


@laest(om="A page of what a search found, the nearest first.")
class SoegConnection:
    """Ranked."""

    edges: list[SoegEdge] = felt(Side(), EDGES)
    page_info: PageInfo = felt(Side(), SIDE)


@laest(tables.registrering, om="One version of an object, as it was recorded at the source.")
class Registrering:
    """A row of what was seen."""

    objekttype: Objekttype = felt(Kolonne("objekttype", Slags.ENUM), "The type of the object.")
    uuid: UUID = felt(Kolonne("uuid", Slags.UUID), "The object.")
    tidspunkt: Tidspunkt = felt(Kolonne("reg_ns", Slags.REGTID), "When it was recorded.")
    livscyklus: Livscyklus = felt(Kolonne("livscyklus", Slags.ENUM), "How it arose.")
    bruger: UUID | None = felt(Udtryk(relations.registreringer.bruger, Slags.UUID), "Who recorded it.")
    note: str | None = felt(Kolonne("note"), "Why, in the words of who did.")
    indhold: JSON | None = felt(
        Udtryk(relations.registreringer.indhold, Slags.JSON),
        "What was recorded: egenskaber, tilstande and relationer, each with the times fra and til (null: no limit). "
        "Names and CPR numbers of persons are null without the right to them.",
    )


@laest(om="One registration of a page.")
class RegistreringEdge:
    """A registration and its place."""

    cursor: Cursor = felt(Side(), CURSOR)
    node: Registrering = felt(Side(), NODE)


@laest(om="A page of registrations, the newest first.")
class RegistreringConnection:
    """Those we have seen."""

    edges: list[RegistreringEdge] = felt(Side(), EDGES)
    page_info: PageInfo = felt(Side(), SIDE)
    antal: int = felt(Side(), ANTAL)
