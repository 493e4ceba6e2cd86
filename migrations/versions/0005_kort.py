"""Cards: JSON text of what is asked for most, kept with the rows it is made of."""

from migrations.versions import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(__file__)
