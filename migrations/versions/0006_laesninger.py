"""The log of reads: who has seen whose name or CPR number, and who has searched by one."""

from migrations.versions import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(__file__)
