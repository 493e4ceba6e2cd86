"""What was recorded, what is applied, and what is to be read back (ingest.md 2); the change log; leadership."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from model.tables.columns import Xid8, metadata, objekt_, tekst_, tid_, uuid_

registrering = Table(
    "registrering",
    metadata,
    *objekt_(),
    Column("rewind", Integer, primary_key=True, server_default=text("0")),
    Column("reg_ns", BigInteger, primary_key=True),
    Column("tie", SmallInteger, primary_key=True, server_default=text("0")),
    tekst_("livscyklus", nullable=False),
    tekst_("bruger"),
    tekst_("note"),
    Column("content", JSONB, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    tekst_("kilde", nullable=False),
    tid_("hentet_at", nullable=False),
)
"""Every registration seen. `kilde`: how it came (BESKED, BOOTSTRAP, ...); a tombstone has FRAVAER and no content."""

objekt = Table(
    "objekt",
    metadata,
    *objekt_(),
    Column("reg_ns", BigInteger, nullable=False),
    Column("rewind", Integer, nullable=False, server_default=text("0")),
    Column("tie", SmallInteger, nullable=False, server_default=text("0")),
    tekst_("livscyklus", nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    tekst_("aarsag", nullable=False),
    tid_("anvendt_at", nullable=False),
    tid_("verificeret_at"),
    tid_("naeste_graense"),
)
"""The version guard: what is applied of each object, since when, and when its next effect boundary passes."""
Index("objekt_naeste_graense_idx", objekt.c.naeste_graense, postgresql_where=text("naeste_graense is not null"))
Index("objekt_verificeret_idx", objekt.c.organisation, objekt.c.verificeret_at)

aendring = Table(
    "aendring",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("xid", Xid8(), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("incarnation", Integer, nullable=False),
    *objekt_(primary=False),
    tekst_("art", nullable=False),
    Column("reg_ns", BigInteger, nullable=False),
    Column("rewind", Integer, nullable=False, server_default=text("0")),
    Column("tie", SmallInteger, nullable=False, server_default=text("0")),
    Column("content_hash", LargeBinary),
    Column("felter", ARRAY(Text), nullable=False),
    tekst_("aarsag", nullable=False),
    Column("afledt_af", BigInteger),
    tid_("anvendt_at", nullable=False),
)
"""The change log: no personal data. Read in order (incarnation, xid, seq), below the xid horizon (ingest.md 4)."""
Index("aendring_orden_idx", aendring.c.organisation, aendring.c.incarnation, aendring.c.xid, aendring.c.seq)
Index("aendring_objekt_idx", aendring.c.organisation, aendring.c.objekttype, aendring.c.uuid)


anvenderkontekst = Table(
    "anvenderkontekst",
    metadata,
    Column("cvr", Text, primary_key=True),
    Column("organisation", Uuid(), nullable=False, unique=True),
    uuid_("rod"),
    tekst_("tilstand", nullable=False),
)
"""The municipalities served: CVR, its Organisation, its root unit, and whether the first fill is done.

`tilstand`: BOOTSTRAP until it is, then KLAR."""

inbox = Table(
    "inbox",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("besked_id", Text, primary_key=True),
    tekst_("kanal", nullable=False),
    tid_("modtaget_at", nullable=False),
    tekst_("objekttype", nullable=False),
    uuid_("uuid", nullable=False),
    Column("reg_ns", BigInteger),
    Column("body", LargeBinary),
    Column("body_hash", LargeBinary, nullable=False),
    tekst_("status", nullable=False),
)
"""Every message once. `body` is emptied when the message is applied. Statuses: MODTAGET, ANVENDT."""
Index("inbox_objekt_idx", inbox.c.organisation, inbox.c.uuid, postgresql_where=text("status = 'MODTAGET'"))

parked = Table(
    "parked",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("besked_id", Text, primary_key=True),
    tekst_("objekttype"),
    uuid_("uuid"),
    tekst_("reason", nullable=False),
    Column("body", LargeBinary),
    Column("attempts", Integer, nullable=False, server_default=text("1")),
    tid_("first_at", nullable=False),
    tid_("last_at", nullable=False),
)
"""What could not be read or applied; never blocks the queue. A parked object has besked_id `objekttype:uuid`."""

generation = Sequence("generation", start=10**9, metadata=metadata)
"""Every mark's own number, beyond those of before there was a sequence: no mark is taken for another of its object."""

dirty = Table(
    "dirty",
    metadata,
    *objekt_(),
    Column("want_ns", BigInteger, nullable=False),
    Column("gen", BigInteger, nullable=False, server_default=generation.next_value()),
    tekst_("aarsag", nullable=False),
    tid_("due_at", nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    tid_("first_marked_at", nullable=False),
    tid_("wanted_at"),
)
"""The objects to be read back: k messages for one object are one row. A claim moves due_at to the lease's end.

`wanted_at`: since when want_ns has been what it is (null: since first_marked_at); a source that is behind has so long
from then."""
Index(
    "dirty_oensket_idx",
    dirty.c.organisation,
    dirty.c.due_at,
    postgresql_where=text("want_ns > '-9223372036854775808'::bigint"),
)
Index(
    "dirty_resten_idx",
    dirty.c.organisation,
    dirty.c.due_at,
    postgresql_where=text("want_ns = '-9223372036854775808'::bigint"),
)
# One for each of the two queues in it (model.dirty.UANSET): what merely hangs on others may be most of it by far.

confirm = Table(
    "confirm",
    metadata,
    *objekt_(),
    Column("gen", BigInteger, nullable=False, server_default=generation.next_value()),
    Column("aeldre", SmallInteger, nullable=False, server_default=text("0")),
    tid_("due_at", nullable=False),
)
"""One more read of each touched object after the settle time; only a confirm read may overwrite on a tie.

`aeldre`: how many confirm reads in a row returned something older than what is stored."""
Index("confirm_due_at_idx", confirm.c.due_at)

leader = Table(
    "leader",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    tekst_("holder", nullable=False),
    tid_("beat_at", nullable=False),
    Column("kort_epoch", BigInteger),
    Column("kort2_epoch", BigInteger),
)
"""`kort2_epoch`: the epoch whose leader keeps the cards; those of another are not to be believed. `kort_epoch` said so
until the cards got more columns, and is what the version before goes by."""

feed_state = Table(
    "feed_state",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("kanal", Text, primary_key=True),
    tid_("connected_since"),
    tid_("disconnected_at"),
    tid_("last_empty_at"),
    tid_("last_besked_at"),
    tid_("source_ok_at"),
    tid_("source_failed_at"),
)
"""What freshness is told from: one row per channel (AMQP, PUSH) and one for the source (SOAP)."""

feed_forbindelse = Table(
    "feed_forbindelse",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("kanal", Text, primary_key=True),
    Column("forbindelse", Uuid(), primary_key=True),
    tid_("empty_at", nullable=False),
)
"""When each connection to a mailbox last saw it empty with nothing in its own hand; those of the past fade out."""

snapshot_run = Table(
    "snapshot_run",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("started_seq", BigInteger, nullable=False),
    tid_("started_at", nullable=False),
    tid_("finished_at"),
    tekst_("phase", nullable=False),
    Column("page_token", JSONB, nullable=False),
    tekst_("state", nullable=False),
)
"""A walk through the export: resumable from `page_token`. States: RUNNING, DONE, BRAKED."""

snapshot_seen = Table(
    "snapshot_seen",
    metadata,
    uuid_("organisation", nullable=False),
    Column("run", BigInteger, nullable=False),
    tekst_("objekttype", nullable=False),
    uuid_("uuid", nullable=False),
    Column("reg_ns", BigInteger),
    PrimaryKeyConstraint("organisation", "run", "objekttype", "uuid"),
)

afstemning = Table(
    "afstemning",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("started_seq", BigInteger, nullable=False),
    tid_("started_at", nullable=False),
    tid_("finished_at"),
    Column("straks", Boolean, nullable=False),
    tekst_("phase", nullable=False),
    Column("page_token", JSONB, nullable=False),
    Column("skannet", BigInteger, nullable=False, server_default=text("0")),
    Column("bremset", BigInteger),
    Column("rettet", BigInteger),
    Column("kort", BigInteger, nullable=False, server_default=text("0")),
)
"""A comparison of everything with the source: resumable from `page_token`; one is open at a time. `straks`: without
pauses. `bremset`: so many were absent that nothing was touched. `rettet`: differences that ended in a change here.
`kort`: cards that were believed and did not say what the tables say."""
Index("afstemning_aaben_key", afstemning.c.organisation, unique=True, postgresql_where=text("finished_at is null"))

afstemning_forskel = Table(
    "afstemning_forskel",
    metadata,
    uuid_("organisation", nullable=False),
    Column("afstemning", BigInteger, nullable=False),
    tekst_("objekttype", nullable=False),
    uuid_("uuid", nullable=False),
    tekst_("forskel", nullable=False),
    PrimaryKeyConstraint("organisation", "afstemning", "objekttype", "uuid"),
)
"""What a comparison found to differ, by ingest.sammenlign.Forskel."""

write_request = Table(
    "write_request",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("id", Uuid(), primary_key=True),
    tekst_("caller", nullable=False),
    tekst_("idempotensnoegle"),
    tekst_("operation", nullable=False),
    Column("input_hash", LargeBinary, nullable=False),
    tekst_("status", nullable=False),
    Column("kvitteringer", JSONB, nullable=False),
    tid_("started_at", nullable=False),
    tid_("finished_at"),
)
"""The record of a mutation, written before the first SOAP call. Statuses: STARTET, UDFOERT, AFVIST, UVIS."""
Index(
    "write_request_noegle_key",
    write_request.c.organisation,
    write_request.c.caller,
    write_request.c.idempotensnoegle,
    unique=True,
    postgresql_where=text("idempotensnoegle is not null"),
)
Index(
    "write_request_uafklaret_idx",
    write_request.c.organisation,
    write_request.c.started_at,
    postgresql_where=text("status in ('STARTET', 'UVIS')"),
)

access_log = Table(
    "access_log",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    tid_("tidspunkt", nullable=False),
    tekst_("caller", nullable=False),
    tekst_("operation"),
    Column("felter", ARRAY(Text), nullable=False),
    Column("personer", ARRAY(Uuid()), nullable=False),
)
"""One row per answer that showed a name or CPR number, or searched by one (rules.md 34): to whom, of whom, which. Only
ever added to, until it is old enough to be forgotten."""
Index(
    "access_log_tidspunkt_idx",
    access_log.c.tidspunkt,
    postgresql_using="brin",
    postgresql_with={"pages_per_range": 16},
)
Index(
    "access_log_personer_idx",
    access_log.c.personer,
    postgresql_using="gin",
    postgresql_with={"gin_pending_list_limit": 65536},  # kB, which ingest empties in time (migration 0009)
)

anonymisering = Table(
    "anonymisering",
    metadata,
    Column("organisation", Uuid(), primary_key=True),
    Column("person", Uuid(), primary_key=True),
    Column("til_ns", BigInteger, nullable=False),
    tid_("anonymiseret_at", nullable=False),
    tid_("glemt_at"),
)
"""Persons whose name and CPR number are forgotten (rules.md 35): of no registration up to `til_ns` is either stored.
While `glemt_at` is null the leader has still to empty what was stored before."""
Index(
    "anonymisering_venter_idx",
    anonymisering.c.organisation,
    postgresql_where=text("glemt_at is null"),
)

model_state = Table(
    "model_state",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("incarnation", Integer, nullable=False),
    tekst_("system_identifier", nullable=False),
    Column("timeline_id", Integer, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row: the incarnation (rules.md 30) and the key that signs positions and content hashes (rules.md 29, 35)."""
