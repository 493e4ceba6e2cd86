"""R5: ingest in thousands of simulated worlds; `scripts/simulate` is the whole of it, this a part beside the others."""

import asyncio
import sys

from tests.chaos.scene import Broken, Ground
from tests.flows.verden import ROOT


async def run(ground: Ground, seed: int, full: bool) -> str:
    """Short: 100 worlds. Full: 5,000."""
    status, said = await simulate("--seeds", "5000" if full else "100")
    if status != 0:
        raise Broken(said)
    return said.removeprefix("simulate: the product: ")


async def simulate(*arguments: str) -> tuple[int, str]:
    """Its exit status, and the last line that it says."""
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    said, _ = await child.communicate()
    assert child.returncode is not None
    return child.returncode, said.decode().strip().splitlines()[-1]
