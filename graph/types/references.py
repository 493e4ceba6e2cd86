"""Names for types that refer to each other in a circle."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from graph.types.adresse import Adresse
    from graph.types.bruger import Bruger, Person
    from graph.types.enhed import Henvendelsessted, OrganisationEnhed
    from graph.types.funktion import ItSystem, Opgave, OrganisationFunktion
    from graph.types.ledelse import EffektivLeder, Enhedssti
    from graph.types.lists import (
        BrugerConnection,
        OrganisationEnhedConnection,
        OrganisationEnhedMedlemskabConnection,
        OrganisationFunktionConnection,
    )
    from graph.types.medlemskab import BrugerMedlemskab, OrganisationEnhedMedlemskab
    from graph.types.organisation import Organisation

AdresseRef = Annotated["Adresse", strawberry.lazy("graph.types.adresse")]
BrugerRef = Annotated["Bruger", strawberry.lazy("graph.types.bruger")]
PersonRef = Annotated["Person", strawberry.lazy("graph.types.bruger")]
EnhedRef = Annotated["OrganisationEnhed", strawberry.lazy("graph.types.enhed")]
HenvendelsesstedRef = Annotated["Henvendelsessted", strawberry.lazy("graph.types.enhed")]
FunktionRef = Annotated["OrganisationFunktion", strawberry.lazy("graph.types.funktion")]
OpgaveRef = Annotated["Opgave", strawberry.lazy("graph.types.funktion")]
ItSystemRef = Annotated["ItSystem", strawberry.lazy("graph.types.funktion")]
OrganisationRef = Annotated["Organisation", strawberry.lazy("graph.types.organisation")]
BrugerMedlemskabRef = Annotated["BrugerMedlemskab", strawberry.lazy("graph.types.medlemskab")]
EnhedMedlemskabRef = Annotated["OrganisationEnhedMedlemskab", strawberry.lazy("graph.types.medlemskab")]
EffektivLederRef = Annotated["EffektivLeder", strawberry.lazy("graph.types.ledelse")]
EnhedsstiRef = Annotated["Enhedssti", strawberry.lazy("graph.types.ledelse")]
EnhedConnectionRef = Annotated["OrganisationEnhedConnection", strawberry.lazy("graph.types.lists")]
BrugerConnectionRef = Annotated["BrugerConnection", strawberry.lazy("graph.types.lists")]
MedlemskabConnectionRef = Annotated["OrganisationEnhedMedlemskabConnection", strawberry.lazy("graph.types.lists")]
FunktionConnectionRef = Annotated["OrganisationFunktionConnection", strawberry.lazy("graph.types.lists")]
