"""How a test learns that a real part cannot be had here, and why."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


class Missing(Exception):
    """The part is not on this machine and could not be fetched; the message says why."""


def fetch(part: str) -> tuple[str, dict[str, str]]:
    """Where `scripts/parts PART` says it is, and the variables it needs. Installs the part when it is missing."""
    done = subprocess.run([ROOT / "scripts" / "parts", part], capture_output=True, text=True)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise Missing(lines[-1] if lines else f"scripts/parts {part} failed")
    where, *variables = done.stdout.splitlines()
    return where, dict(variable.split("=", 1) for variable in variables)
