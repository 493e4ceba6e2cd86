"""Writes without an outcome are found by an index: they are looked for all the time and are few."""

from migrations.versions import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(__file__)
