"""An index for each of the two queues in `dirty`, so that a claim finds its few rows without sorting the many."""

from migrations.versions import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(__file__)
