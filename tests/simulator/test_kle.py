import csv
from collections import Counter
from pathlib import Path
from uuid import UUID

from fkorg.catalogue import Objekttype
from simulator import kle
from simulator.sandhed import Sandhed
from tests.simulator.fixtures import SEED


def test_numbers_are_two_five_or_eight_signs_under_their_parent() -> None:
    numre = {klasse.nummer or "" for klasse in kle.kle(SEED)}

    assert {len(nummer) for nummer in numre} == {2, 5, 8}
    assert all(nummer[:-3] in numre for nummer in numre if len(nummer) > 2)


def test_one_number_occurs_twice_and_one_of_the_two_is_inactive() -> None:
    klasser = kle.kle(SEED)
    twice = [nummer for nummer, count in Counter(klasse.nummer for klasse in klasser).items() if count > 1]

    assert len(twice) == 1
    assert sorted(klasse.aktiv for klasse in klasser if klasse.nummer == twice[0]) == [False, True]


def test_every_task_of_a_unit_is_a_class_of_the_set(sandhed: Sandhed) -> None:
    known = {klasse.uuid for klasse in kle.kle(SEED)}
    tasks = {
        relation.reference.uuid
        for _, reg in sandhed.objekter(Objekttype.ORGANISATION_ENHED)
        for relation in reg.relation("Opgaver")
        if relation.reference is not None
    }

    assert len(tasks) > 100
    assert tasks <= known


def test_the_csv_holds_the_set(tmp_path: Path) -> None:
    kle.write_csv(tmp_path / "kle.csv", SEED)

    with (tmp_path / "kle.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))

    assert list(rows[0]) == ["uuid", "nummer", "titel", "facet", "aktiv"]
    assert [UUID(row["uuid"]) for row in rows] == [klasse.uuid for klasse in kle.kle(SEED)]
    assert {row["aktiv"] for row in rows} == {"true", "false"}
