import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from graph.caller import Cnf
from orgraf import settings
from orgraf.settings import SettingError, Settings, StsForm

ROOT = Path(__file__).parent.parent.parent
ORGANISATION = "1c2ca48f-7f0d-4f8c-9d6b-0b6fdb5f4a01"

READ = {
    "text": ("ORGRAF_SOURCE_URL", " http://localhost ", "source_url", "http://localhost"),
    "a number": ("ORGRAF_LISTEN_PORT", "8123", "listen_port", 8123),
    "a duration in parts of a second": ("ORGRAF_BACKOFF_FIRST", "0.25s", "backoff_first", timedelta(milliseconds=250)),
    "a duration in minutes": ("ORGRAF_SETTLE", "10min", "settle", timedelta(minutes=10)),
    "a truth": ("ORGRAF_PUSH", "TRUE", "push", True),
    "a CVR alone": ("ORGRAF_CONTEXTS", "11111111", "contexts", {"11111111": None}),
    "CVRs, one with its Organisation": (
        "ORGRAF_CONTEXTS",
        f"11111111, 22222222={ORGANISATION}",
        "contexts",
        {"11111111": None, "22222222": UUID(ORGANISATION)},
    ),
    "a map": ("ORGRAF_JWT_CONSTRAINTS", '{"http://x/SeCPR": "SECPR"}', "jwt_constraints", {"http://x/SeCPR": "SECPR"}),
    "files": ("ORGRAF_JWT_KEYS", "a.pem, b.pem", "jwt_keys", (Path("a.pem"), Path("b.pem"))),
    "networks": (
        "ORGRAF_CLIENT_CERTIFICATE_PROXIES",
        "10.0.0.5, 10.1.0.0/16",
        "client_certificate_proxies",
        (ip_network("10.0.0.5"), ip_network("10.1.0.0/16")),
    ),
    "one of a few": ("ORGRAF_STS_FORM", "json", "sts_form", StsForm.JSON),
    "one of a few, or none": ("ORGRAF_JWT_CNF", "required", "jwt_cnf", Cnf.REQUIRED),
    "none of a few": ("ORGRAF_JWT_CNF", "", "jwt_cnf", None),
    "no file": ("ORGRAF_KLASSER", "", "klasser", None),
    "addresses": (
        "ORGRAF_PUSH_PROXIES",
        "10.0.0.5, fd00::/8",
        "push_proxies",
        (ip_network("10.0.0.5/32"), ip_network("fd00::/8")),
    ),
}


@pytest.mark.parametrize("variable, text, name, expected", READ.values(), ids=READ)
def test_a_setting_is_read(variable: str, text: str, name: str, expected: Any) -> None:
    assert getattr(settings.read({variable: text}), name) == expected


REFUSED = {
    "not a number": ("ORGRAF_LISTEN_PORT", "http"),
    "a negative number": ("ORGRAF_LISTEN_PORT", "-1"),
    "a duration without a unit": ("ORGRAF_SETTLE", "60"),
    "neither true nor false": ("ORGRAF_PUSH", "ja"),
    "a CVR of seven digits": ("ORGRAF_CONTEXTS", "1234567"),
    "a CVR twice": ("ORGRAF_CONTEXTS", "11111111,11111111"),
    "a bad UUID": ("ORGRAF_CONTEXTS", "11111111=x"),
    "a map that is a list": ("ORGRAF_BESKEDTYPER", "[]"),
    "a map of numbers": ("ORGRAF_BESKEDTYPER", '{"a": 1}'),
    "a form that does not exist": ("ORGRAF_STS_FORM", "xml"),
    "a policy that does not exist": ("ORGRAF_JWT_CNF", "maybe"),
    "a network with a host's bits": ("ORGRAF_CLIENT_CERTIFICATE_PROXIES", "10.0.0.5/8"),
    "a name that no setting has": ("ORGRAF_DATABSE_DSN", "x"),
    "an address that is a name": ("ORGRAF_PUSH_PROXIES", "proxy.invalid"),
    "a file that is not there": ("ORGRAF_AMQP_URL_FILE", "/no/such/file"),
}


@pytest.mark.parametrize("variable, text", REFUSED.values(), ids=REFUSED)
def test_a_bad_setting_is_named_and_its_value_is_not_repeated(variable: str, text: str) -> None:
    with pytest.raises(SettingError) as caught:
        settings.read({variable: text})

    assert variable in str(caught.value)
    assert len(text) < 3 or text not in str(caught.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingError) as caught:
        settings.read({"ORGRAF_PUSH": "?", "ORGRAF_SETTLE": "?"}, needed=("database_dsn",))

    assert re.findall("ORGRAF_[A-Z_]+", str(caught.value)) == ["ORGRAF_PUSH", "ORGRAF_SETTLE", "ORGRAF_DATABASE_DSN"]


def test_a_secret_may_lie_in_a_file_and_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "dsn").write_text("postgresql://orgraf:hemmelig@db/orgraf\n")

    read = settings.read({"ORGRAF_DATABASE_DSN_FILE": str(tmp_path / "dsn")})

    assert read.database_dsn == "postgresql://orgraf:hemmelig@db/orgraf"
    assert "hemmelig" not in repr(read)


def test_a_value_and_a_file_for_one_setting_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="only one"):
        settings.read({"ORGRAF_AMQP_URL": "a", "ORGRAF_AMQP_URL_FILE": str(tmp_path)})


def test_an_empty_environment_gives_the_defaults() -> None:
    assert settings.read({"PATH": "/bin"}) == Settings()


def test_the_readme_lists_the_settings() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    listed = re.search(r"<!-- settings:[^>]*-->\n(.*)<!-- end of settings -->", readme, re.S)

    assert listed is not None
    assert listed[1] == settings.table(), "run scripts/fix"


def test_no_name_of_a_setting_ends_as_the_names_of_files_do() -> None:
    assert [name for name in Settings.__dataclass_fields__ if name.endswith("_file")] == []
