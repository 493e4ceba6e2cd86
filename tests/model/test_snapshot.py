"""The walk through the export: the gaps in it are found without reading again what was filled before."""

import json
from typing import Any
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from model import snapshot
from model.pool import Pool

KOMMUNE = UUID(int=1)
MANGE, SIDE = 20_000, 100
_TIDER = "'-infinity', 'infinity', 1"
PEGER = {
    Objekttype.ADRESSE: f"""insert into adressering (organisation, ejertype, ejer, rolle, type, indeks, adresse,
                                                    virkning_fra, virkning_til, registreret_fra)
        select '{KOMMUNE}', 'BRUGER', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '1', """,
    Objekttype.PERSON: f"""insert into bruger (organisation, uuid, sortering, person,
                                               virkning_fra, virkning_til, registreret_fra)
        select '{KOMMUNE}', gen_random_uuid(), '', """,
}
"""What points at objects of that type; the uuid, and the times, follow."""


@pytest.mark.parametrize("objekttype", PEGER)
async def test_the_next_gaps_are_found_without_reading_what_is_filled(dsn: str, objekttype: Objekttype) -> None:
    async with await Pool.open(dsn, size=1) as pool, pool.connection() as connection:
        await connection.execute(
            f"""{PEGER[objekttype]} lpad(to_hex(n), 32, '0')::uuid, {_TIDER} from generate_series(1, {MANGE}) n;
                insert into objekt (organisation, objekttype, uuid, reg_ns, rewind, tie, livscyklus, content_hash,
                                    aarsag, anvendt_at)
                select '{KOMMUNE}', '{objekttype}', lpad(to_hex(n), 32, '0')::uuid, 1, 0, 0, 'IMPORTERET', '',
                       'BOOTSTRAP', now() from generate_series(1, {MANGE} - {SIDE}) n;
                analyze adressering, bruger, objekt"""
        )
        fyldt = UUID(int=MANGE - SIDE)
        fundet = await snapshot.manglende(connection, KOMMUNE, objekttype, fyldt, SIDE)
        assert fundet == [UUID(int=n) for n in range(MANGE - SIDE + 1, MANGE + 1)]

        # As a large table is joined.
        await connection.execute("set enable_nestloop = off; set enable_hashjoin = off")
        saetning = snapshot.SQL[f"manglende_{objekttype.value.lower()}"]
        values = {"organisation": KOMMUNE, "efter": fyldt, "antal": SIDE}
        plan = await connection.fetchval(
            f"explain (analyze, format json) {saetning.text}", *(values[name] for name in saetning.parameters)
        )
        assert _read(json.loads(plan)[0]["Plan"]) < 10 * SIDE


def _read(plan: dict[str, Any]) -> int:
    """Rows that were read of tables, and thrown away."""
    under = sum(_read(one) for one in plan.get("Plans", ()))
    if "Relation Name" not in plan:
        return under
    return under + plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
