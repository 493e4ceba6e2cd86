"""The root of writing: every mutation, by object and by task."""

import strawberry

from graph.mutations.adresse import AdresseMutationer
from graph.mutations.adresseskift import AdresseskiftMutationer
from graph.mutations.anonymisering import AnonymiseringMutationer
from graph.mutations.bruger import BrugerMutationer
from graph.mutations.enhed import EnhedMutationer
from graph.mutations.funktion import FunktionMutationer
from graph.mutations.hierarki import HierarkiMutationer
from graph.mutations.medlemskaber import MedlemskabMutationer
from graph.mutations.person import PersonMutationer
from graph.mutations.struktur import StrukturMutationer


@strawberry.type(description="Changing the organisation at its source. Needs the right to write.")
class Mutation(
    EnhedMutationer,
    BrugerMutationer,
    PersonMutationer,
    AdresseMutationer,
    FunktionMutationer,
    StrukturMutationer,
    MedlemskabMutationer,
    AdresseskiftMutationer,
    HierarkiMutationer,
    AnonymiseringMutationer,
):
    """Each field is nullable, so that one failure never blanks the rest (rules.md 19)."""
