"""The file of classes: two forms, and every way in which it can be wrong."""

import json

import pytest

from fkorg.errors import Malformed
from model import klasser, pool

A = "00000000-0000-0000-0000-00000000000a"
GOOD = {
    "CSV": ("k.csv", f"uuid,nummer,titel,facet,aktiv\n{A},00.01,Ærø og omegn,KLE,true\n"),
    "CSV with a byte order mark, other columns and no state": (
        "k.csv",
        f"\ufefftitel,uuid,nummer,mere\nÆrø og omegn,{A},00.01,x\n",
    ),
    "JSON": ("k.json", json.dumps([{"uuid": A, "nummer": "00.01", "titel": "Ærø og omegn", "aktiv": True}])),
}


@pytest.mark.parametrize("navn, text", GOOD.values(), ids=GOOD)
def test_both_forms_are_read(tmp_path, navn, text):
    (tmp_path / navn).write_text(text, "utf-8")

    (klasse,) = klasser.read(tmp_path / navn)

    assert (str(klasse.uuid), klasse.nummer, klasse.titel, klasse.aktiv) == (A, "00.01", "Ærø og omegn", True)


BAD = {
    "no heading": ("k.csv", f"{A},00.01,Titel\n", "heading"),
    "no such uuid": ("k.csv", "uuid,titel\nabc,Titel\n", "entry 1: wanted a uuid"),
    "no title": ("k.csv", f"uuid,titel\n{A},\n", "wanted a titel"),
    "a number of another form": ("k.csv", f"uuid,titel,nummer\n{A},T,1.2\n", "xx.xx.xx"),
    "a state of another form": ("k.csv", f"uuid,titel,aktiv\n{A},T,maaske\n", "true or false"),
    "nothing in it": ("k.csv", "uuid,titel\n", "found none"),
    "not JSON": ("k.json", "{", "wanted JSON"),
    "no list": ("k.json", "{}", "list of objects"),
}


@pytest.mark.parametrize("navn, text, wanted", BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_what_was_wanted(tmp_path, navn, text, wanted):
    (tmp_path / navn).write_text(text, "utf-8")

    with pytest.raises(Malformed, match=wanted):
        klasser.read(tmp_path / navn)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Malformed, match="readable"):
        klasser.read(tmp_path / "none.csv")


async def test_a_class_that_is_known_is_overwritten(dsn, tmp_path):
    path = tmp_path / "k.csv"
    async with await pool.Pool.open(dsn) as opened, opened.transaction() as tx:
        for titel in ("Før", "Efter"):
            path.write_text(f"uuid,titel\n{A},{titel}\n", "utf-8")
            assert await klasser.gem(tx, klasser.read(path)) == 1

        assert await tx.fetchval("select titel from klasse where uuid = $1::uuid", A) == "Efter"
