"""The demo's issuer keeps its key and gives the four tokens their rights."""

from datetime import UTC, datetime
from pathlib import Path

from graph import token
from graph.caller import Ret
from orgraf import udsteder

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    first = udsteder.load_or_make(tmp_path / "demo", NOW)

    again = udsteder.load_or_make(tmp_path / "demo", NOW)

    assert again.kid == first.kid
    assert (tmp_path / "demo" / "udsteder.pem").stat().st_mode & 0o777 == 0o600


def test_the_four_tokens_hold_and_give_what_their_names_say() -> None:
    issuer = udsteder.ny(NOW)

    found = {
        navn: token.verify(text, {udsteder.ENTITET: issuer.regler}, {"11111111": None}, NOW).principal.rettigheder
        for navn, text in udsteder.demo_tokens(issuer, "11111111", NOW).items()
    }

    assert found == {
        "laes": {Ret.LAES},
        "persondata": {Ret.LAES, Ret.SENAVN, Ret.SECPR},
        "skriv": {Ret.LAES, Ret.SKRIV},
        "drift": {Ret.LAES, Ret.INDSIGT, Ret.FORKLAR, Ret.KILDE, Ret.DRIFT},
    }
