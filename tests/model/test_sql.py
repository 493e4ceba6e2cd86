import pytest

from model import sql

TEXT = """-- name: claim
-- The most overdue.
update dirty set due_at = :lease_end where due_at <= :now and uuid = any(:uuids::uuid[]) and x <> :now;

-- name: all
select 1;
"""


def test_names_become_numbers_in_order_of_appearance_and_casts_stay() -> None:
    statements = sql.parse(TEXT)

    assert statements["claim"].parameters == ("lease_end", "now", "uuids")
    assert statements["claim"].text == (
        "update dirty set due_at = $1 where due_at <= $2 and uuid = any(((select $3::uuid[])::uuid[])) and x <> $2"
    )
    assert statements["all"].text == "select 1"


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        sql.parse("-- name: a\nselect 1;\n-- name: a\nselect 2;")
