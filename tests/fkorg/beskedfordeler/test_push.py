"""The push door's answers are what the distributor expects, and its bodies are read like any message."""

import pytest
from lxml import etree

from fkorg.beskedfordeler import push
from fkorg.catalogue import Objekttype
from fkorg.errors import Malformed
from fkorg.kvittering import StandardRetur
from fkorg.wire import besked_xml, xml
from fkorg.wire.standardretur import TAG, read_retur
from tests.fkorg import eksempler
from tests.fkorg.contract import skemaer

BESKED = besked_xml.Besked("b-1", eksempler.UUID_1, (Objekttype.BRUGER,), cvr="11111111")

ANSWERS = {
    "done": (push.KVITTERET, StandardRetur(20, "OK")),
    "not stored": (push.IKKE_GEMT, StandardRetur(40, "Beskeden kunne ikke gemmes nu")),
    "any": (push.svar(41), StandardRetur(41)),
}


@pytest.mark.parametrize("body, retur", ANSWERS.values(), ids=ANSWERS)
def test_answers(body: bytes, retur: StandardRetur) -> None:
    found = xml.parse(body).find(TAG)

    assert found is not None
    assert read_retur(found) == retur


@pytest.mark.parametrize("body, _retur", ANSWERS.values(), ids=ANSWERS)
def test_answers_are_valid_by_the_official_schema(body: bytes, _retur: StandardRetur) -> None:
    skemaer.need_official()
    schema = skemaer._compiled(skemaer.SHARED / "contracts/beskedfordeler/xsd/AnvendersystemOperationer.xsd")

    schema.assertValid(etree.fromstring(body))


def test_a_posted_message_is_read() -> None:
    found = push.laes(besked_xml.write(BESKED, push=True))

    assert (found.besked_id, found.uuid, found.cvr) == ("b-1", eksempler.UUID_1, "11111111")


def test_a_body_that_is_too_long_is_malformed() -> None:
    with pytest.raises(Malformed, match="at most"):
        push.laes(b" " * (push.MAX_BYTES + 1))
