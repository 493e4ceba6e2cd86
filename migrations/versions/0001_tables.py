"""The tables of the read model."""

from migrations.versions import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql(__file__)
