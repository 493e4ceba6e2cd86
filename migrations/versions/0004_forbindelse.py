"""Several processes empty one mailbox: what each of their connections said last."""

from migrations.versions import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(__file__)
