"""One document asked twice: of the product on Postgres and of the oracle in memory; and how the two are compared.

Owns the worlds in the database, the counting of statements and the printing of a difference. Knows no rule.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from graphql import GraphQLSchema, build_schema

from tests.graph import worlds
from tests.graph.naive.query import left_out

ROOT: Final = Path(__file__).parents[2]
SCHEMA: Final[GraphQLSchema] = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
LEFT_OUT: Final = left_out(SCHEMA)
NOW: Final = datetime.fromisoformat(worlds.NOW)
