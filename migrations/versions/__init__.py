"""One version of the tables each: NNNN_name.py beside NNNN_name.sql. Forward only: a backup is the way back."""

from pathlib import Path
from typing import Any

from alembic import op


def run_sql(version_file: str) -> None:
    """Run the .sql file beside the version, in the migration's transaction."""
    script = Path(version_file).with_suffix(".sql").read_text(encoding="utf-8")
    driver: Any = op.get_bind().connection.dbapi_connection
    driver.run_async(lambda connection: connection.execute(script))
