"""What came of a run: counted, and judged. Knows no wire."""

from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz.place import Place

WARM = 0.4
"""The share of a run after which caches have filled, and memory is to be flat."""
GROWTH_MIB = 40.0
CPU_S = 0.5
"""Ten times what a body may cost before execution: other work may be on the machine."""


def _refused(status: int, answer: bytes) -> bool:
    """Nothing was executed."""
    return status != 200 or answer.startswith(b'{"errors"')


def _cut(raw: bytes) -> bytes:
    """The beginning of a body, without its head."""
    return raw.partition(b"\r\n\r\n")[2][:300]


@dataclass
class Verdict:
    """The counts. `slow`: CPU seconds of the dearest bodies, those that were answered first and those that were refused
    before execution."""

    bodies: int = 0
    frames: int = 0
    server_errors: int = 0
    crashes: int = 0
    tracebacks: int = 0
    masked: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    slowest: tuple[float, bytes] = (0.0, b"")
    slowest_refused: tuple[float, bytes] = (0.0, b"")
    found: list[str] = field(default_factory=list)

    def broken(self, what: str, shown: bytes | str) -> None:
        """Keep the first few."""
        if len(self.found) < 20:
            self.found.append(f"{what}: {shown[:600]!r}")

    def body(self, raw: bytes, status: int, answer: bytes, cpu_s: float) -> None:
        """One was answered: `status` 0 when not at all."""
        self.bodies += 1
        refused = _refused(status, answer)
        self.answers["refused" if refused and status == 200 else str(status)] += 1
        if status == 0:
            self.crashes += 1
            self.broken("no answer", raw)
        if status >= 500:
            self.server_errors += 1
            self.broken(f"status {status}", raw)
        if b"an error of ours" in answer:
            self.masked += 1
            self.broken("a masked error", raw)
        if refused:
            self.slowest_refused = max(self.slowest_refused, (cpu_s, raw))
        else:
            self.slowest = max(self.slowest, (cpu_s, raw))

    def is_dearer(self, status: int, answer: bytes, cpu_s: float) -> bool:
        """Was it refused, and dearer than any before?"""
        return _refused(status, answer) and cpu_s > self.slowest_refused[0]

    def closed(self, sent: bytes, code: int) -> None:
        """A socket came to its end: `code` 0 when the server said nothing."""
        self.answers[f"closed {code}"] += 1
        if code == 1011 or (code >= 500 and code < 600):
            self.server_errors += 1
            self.broken(f"closed with {code}", sent)

    def growth_mib(self) -> float:
        """From when caches had filled to the end."""
        warm = self.memory[int(len(self.memory) * WARM) :]
        return 0.0 if len(warm) < 2 else sum(warm[-2:]) / 2 - warm[0]

    def end(self, place: Place) -> bool:
        """Look at the server once more. Did all hold?"""
        if not place.alive:
            self.crashes += 1
            self.broken("the server ended", str(place.process and place.process.status))
        lines = place.tracebacks()
        self.tracebacks = len(lines)
        for line in lines[:5]:
            self.broken("in its log", line[-1500:])
        wrong = self.server_errors + self.crashes + self.tracebacks + self.masked
        return not wrong and self.growth_mib() <= GROWTH_MIB and self.slowest_refused[0] <= CPU_S

    def told(self) -> str:
        """In lines."""
        sorts = ", ".join(f"{name} {count:,}" for name, count in self.answers.most_common(14))
        return "\n".join(
            [
                *self.found,
                f"fuzz: {self.bodies:,} bodies, {self.frames:,} frames ({sorts})",
                f"fuzz: {self.server_errors} 5xx, {self.crashes} crashes, {self.tracebacks + self.masked} tracebacks; "
                f"memory {self.memory[0] if self.memory else 0:.0f} MiB first, "
                f"{self.memory[-1] if self.memory else 0:.0f} last, {self.growth_mib():+.0f} once warm",
                f"fuzz: the dearest body that was refused took {self.slowest_refused[0] * 1000:.0f} ms of CPU, the "
                f"dearest that was answered {self.slowest[0] * 1000:.0f} ms: {_cut(self.slowest_refused[1])!r}, "
                f"{_cut(self.slowest[1])!r}",
            ]
        )
