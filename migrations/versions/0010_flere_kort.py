"""Cards tell of a user's name and memberships too; who keeps those is told apart from who kept the old ones."""

from migrations.versions import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql(__file__)
