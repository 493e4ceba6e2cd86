create extension if not exists btree_gist;
create extension if not exists pg_trgm;

CREATE TABLE adresse (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    adressetekst TEXT,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT adresse_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT adresse_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT adresse_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX adresse_uuid_idx ON adresse (uuid, registreret_til, virkning_til);

CREATE TABLE adressering (
    organisation UUID NOT NULL,
    ejertype TEXT NOT NULL,
    ejer UUID NOT NULL,
    adresse UUID NOT NULL,
    rolle UUID NOT NULL,
    type UUID NOT NULL,
    indeks TEXT COLLATE "C" NOT NULL,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT adressering_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT adressering_registreret_check CHECK (registreret_fra < registreret_til)
);
CREATE INDEX adressering_adresse_idx ON adressering (adresse, registreret_til, virkning_til);
CREATE INDEX adressering_ejer_idx ON adressering (ejer, registreret_til, virkning_til);

CREATE TABLE aendring (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    incarnation INTEGER NOT NULL,
    organisation UUID NOT NULL,
    objekttype TEXT NOT NULL,
    uuid UUID NOT NULL,
    art TEXT NOT NULL,
    reg_ns BIGINT NOT NULL,
    rewind INTEGER DEFAULT 0 NOT NULL,
    tie SMALLINT DEFAULT 0 NOT NULL,
    content_hash BYTEA,
    felter TEXT[] NOT NULL,
    aarsag TEXT NOT NULL,
    afledt_af BIGINT,
    anvendt_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT aendring_pkey PRIMARY KEY (seq)
);
CREATE INDEX aendring_objekt_idx ON aendring (organisation, objekttype, uuid);
CREATE INDEX aendring_orden_idx ON aendring (organisation, incarnation, xid, seq);

CREATE TABLE anvenderkontekst (
    cvr TEXT NOT NULL,
    organisation UUID NOT NULL,
    rod UUID,
    tilstand TEXT NOT NULL,
    CONSTRAINT anvenderkontekst_pkey PRIMARY KEY (cvr),
    CONSTRAINT anvenderkontekst_organisation_key UNIQUE (organisation)
);

CREATE TABLE bruger (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    brugernavn TEXT,
    sortering TEXT COLLATE "C" NOT NULL,
    status TEXT,
    status_fra TIMESTAMP WITH TIME ZONE,
    status_til TIMESTAMP WITH TIME ZONE,
    tilhoerer UUID,
    brugertype UUID,
    person UUID,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT bruger_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT bruger_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT bruger_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX bruger_brugernavn_idx ON bruger (organisation, lower(brugernavn) text_pattern_ops) WHERE registreret_til = 9223372036854775807;
CREATE INDEX bruger_liste_idx ON bruger (organisation, sortering, uuid) WHERE registreret_til = 9223372036854775807;
CREATE INDEX bruger_person_idx ON bruger (person, registreret_til, virkning_til);
CREATE INDEX bruger_uuid_idx ON bruger (uuid, registreret_til, virkning_til);

CREATE TABLE confirm (
    organisation UUID NOT NULL,
    objekttype TEXT NOT NULL,
    uuid UUID NOT NULL,
    gen BIGINT DEFAULT 1 NOT NULL,
    aeldre SMALLINT DEFAULT 0 NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT confirm_pkey PRIMARY KEY (organisation, objekttype, uuid)
);
CREATE INDEX confirm_due_at_idx ON confirm (due_at);

CREATE TABLE dirty (
    organisation UUID NOT NULL,
    objekttype TEXT NOT NULL,
    uuid UUID NOT NULL,
    want_ns BIGINT NOT NULL,
    gen BIGINT DEFAULT 1 NOT NULL,
    aarsag TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    first_marked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT dirty_pkey PRIMARY KEY (organisation, objekttype, uuid)
);
CREATE INDEX dirty_due_at_idx ON dirty (due_at);

CREATE TABLE enhed_sti (
    organisation UUID NOT NULL,
    enhed UUID NOT NULL,
    sti UUID[] NOT NULL,
    dybde INTEGER NOT NULL,
    CONSTRAINT enhed_sti_pkey PRIMARY KEY (organisation, enhed)
);
CREATE INDEX enhed_sti_sti_idx ON enhed_sti (sti);

CREATE TABLE feed_state (
    organisation UUID NOT NULL,
    kanal TEXT NOT NULL,
    connected_since TIMESTAMP WITH TIME ZONE,
    disconnected_at TIMESTAMP WITH TIME ZONE,
    last_empty_at TIMESTAMP WITH TIME ZONE,
    last_besked_at TIMESTAMP WITH TIME ZONE,
    source_ok_at TIMESTAMP WITH TIME ZONE,
    source_failed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT feed_state_pkey PRIMARY KEY (organisation, kanal)
);

CREATE TABLE funktion (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    funktionsnavn TEXT,
    sortering TEXT COLLATE "C" NOT NULL,
    funktionstype UUID,
    status TEXT,
    status_fra TIMESTAMP WITH TIME ZONE,
    status_til TIMESTAMP WITH TIME ZONE,
    tilhoerer UUID,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT funktion_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT funktion_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT funktion_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX funktion_uuid_idx ON funktion (uuid, registreret_til, virkning_til);

CREATE TABLE inbox (
    organisation UUID NOT NULL,
    besked_id TEXT NOT NULL,
    kanal TEXT NOT NULL,
    modtaget_at TIMESTAMP WITH TIME ZONE NOT NULL,
    objekttype TEXT NOT NULL,
    uuid UUID NOT NULL,
    reg_ns BIGINT,
    body BYTEA,
    body_hash BYTEA NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT inbox_pkey PRIMARY KEY (organisation, besked_id)
);
CREATE INDEX inbox_objekt_idx ON inbox (organisation, uuid) WHERE status = 'MODTAGET';

CREATE TABLE interessefaellesskab (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    navn TEXT,
    type TEXT,
    status TEXT,
    status_fra TIMESTAMP WITH TIME ZONE,
    status_til TIMESTAMP WITH TIME ZONE,
    overordnet UUID,
    tilhoerer UUID,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT interessefaellesskab_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT interessefaellesskab_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT interessefaellesskab_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX interessefaellesskab_uuid_idx ON interessefaellesskab (uuid, registreret_til, virkning_til);

CREATE TABLE it_system (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    it_system_navn TEXT,
    it_system_type TEXT,
    sortering TEXT COLLATE "C" NOT NULL,
    status TEXT,
    status_fra TIMESTAMP WITH TIME ZONE,
    status_til TIMESTAMP WITH TIME ZONE,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT it_system_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT it_system_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT it_system_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX it_system_uuid_idx ON it_system (uuid, registreret_til, virkning_til);

CREATE TABLE klasse (
    uuid UUID NOT NULL,
    nummer TEXT COLLATE "C",
    titel TEXT NOT NULL,
    facet TEXT,
    aktiv BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT klasse_pkey PRIMARY KEY (uuid)
);

CREATE TABLE leader (
    organisation UUID NOT NULL,
    role TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    holder TEXT NOT NULL,
    beat_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT leader_pkey PRIMARY KEY (organisation, role)
);

CREATE TABLE medlemskab (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    bruger UUID,
    enhed UUID NOT NULL,
    funktionstype UUID NOT NULL,
    titel TEXT,
    brugervendt_noegle TEXT,
    start TIMESTAMP WITH TIME ZONE,
    slut TIMESTAMP WITH TIME ZONE,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT medlemskab_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT medlemskab_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT medlemskab_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, bruger WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX medlemskab_bruger_idx ON medlemskab (bruger, registreret_til, virkning_til);
CREATE INDEX medlemskab_enhed_idx ON medlemskab (enhed, registreret_til, virkning_til);
CREATE INDEX medlemskab_uuid_idx ON medlemskab (uuid, registreret_til, virkning_til);

CREATE TABLE model_state (
    id SMALLINT NOT NULL,
    incarnation INTEGER NOT NULL,
    system_identifier TEXT NOT NULL,
    timeline_id INTEGER NOT NULL,
    secret BYTEA NOT NULL,
    CONSTRAINT model_state_pkey PRIMARY KEY (id),
    CONSTRAINT model_state_one_row_check CHECK (id = 1)
);

CREATE TABLE myndighed (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    cvr_nummer TEXT,
    navn TEXT,
    myndighedskode TEXT,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT myndighed_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT myndighed_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT myndighed_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX myndighed_uuid_idx ON myndighed (uuid, registreret_til, virkning_til);

CREATE TABLE objekt (
    organisation UUID NOT NULL,
    objekttype TEXT NOT NULL,
    uuid UUID NOT NULL,
    reg_ns BIGINT NOT NULL,
    rewind INTEGER DEFAULT 0 NOT NULL,
    tie SMALLINT DEFAULT 0 NOT NULL,
    livscyklus TEXT NOT NULL,
    content_hash BYTEA NOT NULL,
    aarsag TEXT NOT NULL,
    anvendt_at TIMESTAMP WITH TIME ZONE NOT NULL,
    verificeret_at TIMESTAMP WITH TIME ZONE,
    naeste_graense TIMESTAMP WITH TIME ZONE,
    CONSTRAINT objekt_pkey PRIMARY KEY (organisation, objekttype, uuid)
);
CREATE INDEX objekt_naeste_graense_idx ON objekt (naeste_graense) WHERE naeste_graense is not null;
CREATE INDEX objekt_verificeret_idx ON objekt (organisation, verificeret_at);

CREATE TABLE opgave (
    organisation UUID NOT NULL,
    ejertype TEXT NOT NULL,
    ejer UUID NOT NULL,
    klasse UUID NOT NULL,
    rolle UUID,
    type UUID,
    indeks TEXT COLLATE "C" NOT NULL,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT opgave_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT opgave_registreret_check CHECK (registreret_fra < registreret_til)
);
CREATE INDEX opgave_ejer_idx ON opgave (ejer, registreret_til, virkning_til);
CREATE INDEX opgave_klasse_idx ON opgave (klasse, registreret_til, virkning_til);

CREATE TABLE organisation (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    organisationsnavn TEXT,
    status TEXT,
    status_fra TIMESTAMP WITH TIME ZONE,
    status_til TIMESTAMP WITH TIME ZONE,
    overordnet UUID,
    virksomhed UUID,
    myndighed UUID,
    tilhoerer UUID,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT organisation_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT organisation_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT organisation_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX organisation_uuid_idx ON organisation (uuid, registreret_til, virkning_til);

CREATE TABLE organisation_enhed (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    enhedsnavn TEXT,
    sortering TEXT COLLATE "C" NOT NULL,
    status TEXT,
    status_fra TIMESTAMP WITH TIME ZONE,
    status_til TIMESTAMP WITH TIME ZONE,
    overordnet UUID,
    tilhoerer UUID,
    enhedstype UUID,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT organisation_enhed_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT organisation_enhed_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT organisation_enhed_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX organisation_enhed_liste_idx ON organisation_enhed (organisation, sortering, uuid) WHERE registreret_til = 9223372036854775807;
CREATE INDEX organisation_enhed_overordnet_idx ON organisation_enhed (overordnet, registreret_til, virkning_til);
CREATE INDEX organisation_enhed_uuid_idx ON organisation_enhed (uuid, registreret_til, virkning_til);

CREATE TABLE parked (
    organisation UUID NOT NULL,
    besked_id TEXT NOT NULL,
    objekttype TEXT,
    uuid UUID,
    reason TEXT NOT NULL,
    body BYTEA,
    attempts INTEGER DEFAULT 1 NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT parked_pkey PRIMARY KEY (organisation, besked_id)
);

CREATE TABLE person (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    navn TEXT,
    cpr TEXT,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT person_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT person_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT person_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX person_cpr_idx ON person (cpr, registreret_til, virkning_til);
CREATE INDEX person_uuid_idx ON person (uuid, registreret_til, virkning_til);

CREATE TABLE registrering (
    organisation UUID NOT NULL,
    objekttype TEXT NOT NULL,
    uuid UUID NOT NULL,
    rewind INTEGER DEFAULT 0 NOT NULL,
    reg_ns BIGINT NOT NULL,
    tie SMALLINT DEFAULT 0 NOT NULL,
    livscyklus TEXT NOT NULL,
    bruger TEXT,
    note TEXT,
    content JSONB NOT NULL,
    content_hash BYTEA NOT NULL,
    kilde TEXT NOT NULL,
    hentet_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT registrering_pkey PRIMARY KEY (organisation, objekttype, uuid, rewind, reg_ns, tie)
);

CREATE TABLE snapshot_run (
    organisation UUID NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    started_seq BIGINT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    phase TEXT NOT NULL,
    page_token JSONB NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT snapshot_run_pkey PRIMARY KEY (organisation, id)
);

CREATE TABLE snapshot_seen (
    organisation UUID NOT NULL,
    run BIGINT NOT NULL,
    objekttype TEXT NOT NULL,
    uuid UUID NOT NULL,
    reg_ns BIGINT,
    CONSTRAINT snapshot_seen_pkey PRIMARY KEY (organisation, run, objekttype, uuid)
);

CREATE TABLE soegetekst (
    organisation UUID NOT NULL,
    objekttype TEXT NOT NULL,
    uuid UUID NOT NULL,
    felt TEXT NOT NULL,
    ord TEXT COLLATE "C" NOT NULL
);
CREATE INDEX soegetekst_objekt_idx ON soegetekst (organisation, objekttype, uuid);
CREATE INDEX soegetekst_ord_idx ON soegetekst USING gin (ord gin_trgm_ops);

CREATE TABLE tilknytning (
    organisation UUID NOT NULL,
    ejertype TEXT NOT NULL,
    ejer UUID NOT NULL,
    relation TEXT NOT NULL,
    maal UUID NOT NULL,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT tilknytning_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT tilknytning_registreret_check CHECK (registreret_fra < registreret_til)
);
CREATE INDEX tilknytning_ejer_relation_idx ON tilknytning (ejer, relation, registreret_til, virkning_til);
CREATE INDEX tilknytning_maal_relation_idx ON tilknytning (maal, relation, registreret_til, virkning_til);

CREATE TABLE virksomhed (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    brugervendt_noegle TEXT,
    cvr_nummer TEXT,
    se_nummer TEXT,
    p_nummer TEXT,
    navn TEXT,
    virkning_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    virkning_til TIMESTAMP WITH TIME ZONE NOT NULL,
    registreret_fra BIGINT NOT NULL,
    registreret_til BIGINT DEFAULT 9223372036854775807 NOT NULL,
    CONSTRAINT virksomhed_virkning_check CHECK (virkning_fra < virkning_til),
    CONSTRAINT virksomhed_registreret_check CHECK (registreret_fra < registreret_til),
    CONSTRAINT virksomhed_ingen_overlap EXCLUDE USING gist (organisation WITH =, uuid WITH =, tstzrange(virkning_fra, virkning_til) WITH &&) WHERE (registreret_til + 0 = 9223372036854775807)
);
CREATE INDEX virksomhed_uuid_idx ON virksomhed (uuid, registreret_til, virkning_til);

CREATE TABLE write_request (
    organisation UUID NOT NULL,
    id UUID NOT NULL,
    caller TEXT NOT NULL,
    idempotensnoegle TEXT,
    operation TEXT NOT NULL,
    input_hash BYTEA NOT NULL,
    status TEXT NOT NULL,
    kvitteringer JSONB NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT write_request_pkey PRIMARY KEY (organisation, id)
);
CREATE UNIQUE INDEX write_request_noegle_key ON write_request (organisation, caller, idempotensnoegle) WHERE idempotensnoegle is not null;
