"""Persons whose name and CPR number are forgotten, and stay so whatever is read of them later."""

from migrations.versions import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql(__file__)
