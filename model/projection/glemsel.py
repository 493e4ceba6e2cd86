"""Emptying what is stored of an anonymous person: every version's name and CPR number, and what was made of them.

Source: rules.md 35. Owns that step, in the leader's transaction; it does not ask the source, which may be away or still
show the name. What a caller has been shown is not ours to take back: the log of reads tells who it was.
"""

from datetime import datetime
from typing import Final

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus, from_content
from model import anonymisering, leader, sql
from model.anonymisering import Maerke, uden_person
from model.indhold import indhold
from model.leader import Leder
from model.pool import Connection
from model.projection import kort, log
from model.projection.kort import Beroert
from model.projection.log import Linje
from model.projection.raekker import Kontekst
from model.projection.vaern import Version

SQL: Final = sql.load(__file__)
PERSON: Final = Objekttype.PERSON


async def glem(tx: Connection, leder: Leder, kontekst: Kontekst, maerke: Maerke, now: datetime) -> None:
    """Empty it, and say so in the change log. Raises Afloest."""
    await leader.check(tx, leder, alene=True)
    if kontekst.secret is None:
        raise TypeError("wanted the municipality as `kontekst_af` gives it, found one without the key of hashes")
    om = {"organisation": kontekst.organisation, "person": maerke.person}
    hashes = {}
    for row in await SQL["versioner"].fetch(tx, **om, til_ns=maerke.til_ns):
        version = Version(row["reg_ns"], row["rewind"], row["tie"])
        livscyklus = Livscyklus(row["livscyklus"])
        fundet = from_content(row["content"], tidspunkt_ns=version.reg_ns, livscyklus=livscyklus)
        tomt = indhold(uden_person(fundet), kontekst.secret)
        hashes[version] = tomt.hash
        await SQL["toem_version"].execute(
            tx, **om, rewind=version.rewind, reg_ns=version.reg_ns, tie=version.tie, content=tomt.json, hash=tomt.hash
        )
    await SQL["toem_raekker"].execute(tx, **om, til_ns=maerke.til_ns)
    await SQL["toem_beskeder"].execute(tx, **om)
    if (nyeste := await SQL["nyeste"].fetchrow(tx, **om)) is not None:
        version = Version(nyeste["reg_ns"], nyeste["rewind"], nyeste["tie"])
        if version in hashes:
            await SQL["toem_ord"].execute(tx, **om)
            await SQL["nyt_aftryk"].execute(tx, **om, hash=hashes[version])
        await kort.opfrisk(tx, kontekst.organisation, Beroert(personer={maerke.person}), now)
        felter = sorted(anonymisering.GLEMMES)
        aftryk = hashes.get(version)
        await log.skriv(
            tx,
            kontekst.organisation,
            [Linje(PERSON, maerke.person, "AENDRET", "MUTATION", version, felter, aftryk)],
            now,
        )
    await anonymisering.glemt(tx, kontekst.organisation, maerke, now)
