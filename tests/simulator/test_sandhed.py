"""The truth stays: what was answered is on disk, and the next start goes on from it. rules.md 8."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from fkorg.operationer import Importer, List, ListSvar, Ret
from fkorg.registrering import Lister, Livscyklus, Oejebliksbillede, Registrering
from simulator import snavs
from simulator.fejl import Fejl
from simulator.sandhed import Aendring, Sandhed, open_sandhed
from simulator.tjeneste import Tjeneste
from tests.simulator.fixtures import NOW_NS, SEED, Ur, ask, copy_of, enhed_lister, sandhed_in

ENHED = Objekttype.ORGANISATION_ENHED
NY = UUID(int=77)


def ny_enhed(tidspunkt_ns: int = NOW_NS) -> Registrering:
    lister = enhed_lister()
    return Registrering(tidspunkt_ns, Livscyklus.IMPORTERET, lister.egenskaber or (), lister.tilstande or ())


def test_a_change_is_there_at_the_next_start(made: Path, tmp_path: Path, ur: Ur) -> None:
    mappe = copy_of(made, tmp_path / "sandhed")
    sandhed = sandhed_in(mappe, ur)
    with sandhed.transaktion():
        sandhed.skriv(ENHED, NY, ny_enhed())
    sandhed.close()

    again = sandhed_in(mappe, ur)

    assert again.nyeste(ENHED, NY) == ny_enhed()
    assert [besked.uuid for besked in again.beskeder()] == [str(NY)]
    again.close()


def test_an_answered_write_survives_kill(made: Path, tmp_path: Path, ur: Ur) -> None:
    mappe = copy_of(made, tmp_path / "sandhed")
    program = (
        "import sys; from pathlib import Path; from tests.simulator import test_sandhed as t\n"
        "from tests.simulator.fixtures import Ur, sandhed_in\n"
        "sandhed = sandhed_in(Path(sys.argv[1]), Ur())\n"
        "with sandhed.transaktion():\n    sandhed.skriv(t.ENHED, t.NY, t.ny_enhed())\n"
        "print('answered', flush=True)\n"
        "with sandhed.transaktion():\n    sandhed.skriv(t.ENHED, t.NY, t.ny_enhed(t.NOW_NS + 100))\n"
        "    print('open', flush=True); input()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(mappe)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        assert [process.stdout.readline(), process.stdout.readline()] == ["answered\n", "open\n"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    again = sandhed_in(mappe, ur)

    assert again.registreringer(ENHED, NY) == (ny_enhed(),)
    again.close()


def test_another_seed_in_the_folder_is_refused(made: Path, tmp_path: Path) -> None:
    mappe = copy_of(made, tmp_path / "sandhed")

    with pytest.raises(ValueError, match="delete the folder"):
        open_sandhed(mappe, "small", SEED + 1)


def test_a_failed_transaction_leaves_nothing(sandhed: Sandhed) -> None:
    heard: list[Aendring] = []
    sandhed.subscribe(heard.append)

    def half() -> None:
        with sandhed.transaktion():
            sandhed.skriv(ENHED, NY, ny_enhed())
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        half()

    assert sandhed.nyeste(ENHED, NY) is None
    assert (sandhed.beskeder(), heard) == ([], [])


def test_listeners_hear_of_a_change_once_it_is_on_disk(sandhed: Sandhed) -> None:
    heard: list[Aendring] = []
    sandhed.subscribe(heard.append)

    with sandhed.transaktion():
        sandhed.skriv(ENHED, NY, ny_enhed())
        assert heard == []

    assert heard == [Aendring(ENHED, NY, ny_enhed())]


def test_as_of_gives_the_registration_of_then(sandhed: Sandhed) -> None:
    uuid = snavs.katalog(SEED)["to_registreringer"].uuid("enhed")
    first, second = sandhed.registreringer(ENHED, uuid)

    assert sandhed.as_of(ENHED, uuid, first.tidspunkt_ns - 1) is None
    assert sandhed.as_of(ENHED, uuid, second.tidspunkt_ns - 1) == first
    assert sandhed.as_of(ENHED, uuid, second.tidspunkt_ns) == second


def test_every_object_is_read_as_it_was_written(sandhed: Sandhed) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)
    (*_, stored) = sandhed.registreringer(ENHED, uuid)
    odd = replace(stored, tidspunkt_ns=NOW_NS, note="æøå", lokal_udvidelse={"tilstande": "<x/>"})

    with sandhed.transaktion():
        sandhed.skriv(ENHED, uuid, odd)

    assert sandhed.nyeste(ENHED, uuid) == odd


def test_times_rise_when_the_clock_goes_back(sandhed: Sandhed, ur: Ur) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)
    tjeneste = Tjeneste(sandhed, Fejl(1))
    for step in (0, -(10**12), 10, 0):
        ur.go(step)
        ask(tjeneste, Ret(ENHED, uuid, Lister()))

    times = [reg.tidspunkt_ns for reg in sandhed.registreringer(ENHED, uuid)]
    assert times == sorted(set(times))
    assert all(ns % 100 == 0 for ns in times)


def test_an_object_written_to_is_odd_no_more_also_after_a_restart(made: Path, tmp_path: Path, ur: Ur) -> None:
    mappe = copy_of(made, tmp_path / "sandhed")
    uuid = snavs.katalog(SEED)["nul_registreringer"].uuid("enhed")
    sandhed = sandhed_in(mappe, ur)
    ask(Tjeneste(sandhed, Fejl(1)), Importer(ENHED, Oejebliksbillede(uuid, (ny_enhed(0),))))
    sandhed.close()

    again = sandhed_in(mappe, ur)

    svar = ask(Tjeneste(again, Fejl(1)), List(ENHED, (uuid,)))
    assert isinstance(svar, ListSvar)
    assert len(svar.billeder[0].registreringer) == 1
    again.close()
