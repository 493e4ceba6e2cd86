"""Persons of the log of reads are sorted into their index by ingest, where no answer waits for it."""

from migrations.versions import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(__file__)
