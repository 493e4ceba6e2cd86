"""Comparisons with the source and what they have found; since when an object has been wanted as it is wanted."""

from migrations.versions import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(__file__)
