"""The example operations of the try-out page: one a tab, ready to run against any municipality.

No line is longer than an editor of the page shows on a small screen: it does not break lines.
"""

import json

from orgraf.page import Example

KOMMUNE = """# The root unit, the units right below it,
# and who manages them.
query Kommune($cvr: CVR!) {
  organisation(cvr: $cvr) {
    organisationsnavn
    organisationEnhed {
      uuid
      enhedsnavn
      underliggendeEnheder {
        uuid
        enhedsnavn
        effektivLeder {
          nedarvet
          bruger { brugernavn }
        }
      }
    }
  }
}
"""
MEDARBEJDERE = """# Units with their people and addresses, a page
# of them. It is one statement in the database.
query Medarbejdere($cvr: CVR!, $first: Int) {
  organisationEnhedListe(
    cvr: $cvr, status: AKTIV, first: $first
  ) {
    edges {
      node {
        enhedsnavn
        sti { enhedsnavn }
        adresser { adresseRolleTitel adresseTekst }
        medlemskaber {
          medlemskabRolleTitel
          funktionsTypeTitel
          bruger {
            brugernavn
            person { navn }
            adresser { adresseTekst }
          }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
KAEDE = """# From users to the chain of units above them,
# and to the chain of managers.
query Kaede($cvr: CVR!) {
  brugerListe(cvr: $cvr, status: AKTIV, first: 5) {
    edges {
      node {
        brugernavn
        enhedsstier { sti { enhedsnavn } }
        lederkaede {
          bruger { brugernavn }
          fraEnhed { enhedsnavn }
          afstand
        }
      }
    }
  }
}
"""
SOEG = """# Ranked search over units, users and addresses;
# over persons with the right to names.
query Soeg($cvr: CVR!, $tekst: String!) {
  soeg(cvr: $cvr, tekst: $tekst, first: 10) {
    edges {
      felt
      node {
        __typename
        uuid
        ... on OrganisationEnhed { enhedsnavn }
        ... on Bruger { brugernavn }
      }
    }
  }
}
"""
OMDOEB = """# Rename a unit at the source: put its uuid into
# the variables. As long as "proeve" is true there,
# the answer tells what would be sent; nothing is.
mutation Omdoeb(
  $uuid: UUID!
  $enhedsnavn: String!
  $valg: Skrivevalg
) {
  omdoebEnhed(
    uuid: $uuid
    enhedsnavn: $enhedsnavn
    valg: $valg
  ) {
    kvitteringer { statusKode tekst sendt }
    forskelle { felt foer efter }
    stand
    organisationEnhed { uuid enhedsnavn }
  }
}
"""
AENDRINGER = """# Every change from now on, with the object as it
# is then. Leave it running, and rename a unit in
# another window: choosing another tab here ends it.
subscription Aendringer {
  aendringer {
    __typename
    ... on Aendring {
      stand
      art
      aarsag
      objekttype
      uuid
      felter
      objekt {
        uuid
        ... on OrganisationEnhed { enhedsnavn }
        ... on Bruger { brugernavn }
      }
    }
    ... on Puls {
      stand
      friskhed { status beskederTil }
    }
    ... on Gensynk { stand grund }
  }
}
"""


def examples(cvr: str) -> list[Example]:
    """The tabs, for one municipality."""
    nil = "00000000-0000-0000-0000-000000000000"
    return [
        Example(KOMMUNE, _json(cvr=cvr)),
        Example(MEDARBEJDERE, _json(cvr=cvr, first=10)),
        Example(KAEDE, _json(cvr=cvr)),
        Example(SOEG, _json(cvr=cvr, tekst="sk")),
        Example(OMDOEB, _json(uuid=nil, enhedsnavn="Nyt navn", valg={"proeve": True})),
        Example(AENDRINGER),
    ]


def _json(**variables: object) -> str:
    return json.dumps(variables, ensure_ascii=False, indent=2)
