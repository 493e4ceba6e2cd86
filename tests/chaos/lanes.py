"""Promises side by side: a lane is a process with a Postgres and a RabbitMQ of its own, one promise at a time.

What waits for leases, restarts and recoveries leaves most of a machine idle; two lanes use it. A promise that is judged
by the clock says so (`ALONE = True` in its module) and runs when the other lanes have ended. A long one has `PARTS`,
each kept as `name/part`: they run first, at the same time.
"""

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from subprocess import PIPE, Popen
from threading import Lock

from tests.parts.missing import ROOT, Missing

LANES = 2


@dataclass(frozen=True)
class Told:
    """How a promise came out: its figures, and, when it is broken, all that was said meanwhile."""

    name: str
    held: bool
    figures: str
    seconds: float
    said: str = ""


def run(together: Sequence[str], alone: Sequence[str], options: Sequence[str], tell: Callable[[Told], None]) -> None:
    """Run the promises in lanes, and then those for which the machine must be quiet; each is told when it ends, by one
    thread at a time.

    Ends every lane whatever happens. Raises Missing when a lane cannot run here.
    """
    telling = Lock()

    def tell_one(one: Told) -> None:
        with telling:
            tell(one)

    for names, lanes in ((together, LANES), (alone, 1)):
        if names:
            _side_by_side(deque(names), min(lanes, len(names)), options, tell_one)


def serve(kept: Callable[[str], Told]) -> None:
    """Be a lane: the names of promises come in, one to a line; what became of each goes out, one to a line."""
    for line in sys.stdin:
        print(json.dumps(asdict(kept(line.strip()))), flush=True)


def _side_by_side(waiting: deque[str], lanes: int, options: Sequence[str], tell: Callable[[Told], None]) -> None:
    command = [sys.executable, "-m", "tests.chaos", "--lane", *options]
    with ThreadPoolExecutor(lanes) as threads, ExitStack() as stack:
        children = [Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) for _ in range(lanes)]
        started = [stack.enter_context(_ended(child)) for child in children]
        working = [threads.submit(_work, lane, waiting, tell) for lane in started]
        for one in wait(working, return_when=FIRST_EXCEPTION).done:
            one.result()


def _work(lane: "Popen[str]", waiting: deque[str], tell: Callable[[Told], None]) -> None:
    """Whatever is next, until nothing is."""
    assert lane.stdin is not None
    assert lane.stdout is not None
    with suppress(IndexError):  # another lane took the last
        while name := waiting.popleft():
            with suppress(BrokenPipeError):  # why it ended is said below
                lane.stdin.write(f"{name}\n")
                lane.stdin.flush()
            if not (line := lane.stdout.readline()):
                raise Missing(f"a lane ended at {name}, with status {lane.wait()}")
            tell(Told(**json.loads(line)))


@contextmanager
def _ended(lane: "Popen[str]") -> Iterator["Popen[str]"]:
    """The lane while the block runs. It ends when its input does, or when it is told to, with all that it started."""
    with lane:
        try:
            yield lane
        except BaseException:
            lane.terminate()
            raise
