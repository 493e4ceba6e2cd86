"""R4: each of six wrong ways to do it is found out by the simulation: what the promises rest on can fail."""

from tests.chaos.promises.r5 import simulate
from tests.chaos.scene import Broken, Ground
from tests.simulation.varianter import VARIANTER


async def run(ground: Ground, seed: int, full: bool) -> str:
    """The same in both forms; a variant ends at the first world that it breaks."""
    found = []
    for variant in sorted(VARIANTER):
        status, said = await simulate("--seeds", "3000", "--variant", variant)
        if status != 1:
            raise Broken(f"the wrong variant {variant} is not found out: {said}")
        found.append(f"{variant} after {said.split(': ')[2].split(' worlds')[0]}")
    return f"found out: {', '.join(found)} worlds"
