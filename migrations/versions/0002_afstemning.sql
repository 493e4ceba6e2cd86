CREATE TABLE afstemning (
    organisation UUID NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    started_seq BIGINT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    straks BOOLEAN NOT NULL,
    phase TEXT NOT NULL,
    page_token JSONB NOT NULL,
    skannet BIGINT DEFAULT 0 NOT NULL,
    bremset BIGINT,
    rettet BIGINT,
    CONSTRAINT afstemning_pkey PRIMARY KEY (organisation, id)
);

CREATE UNIQUE INDEX afstemning_aaben_key ON afstemning (organisation) WHERE finished_at is null;

CREATE TABLE afstemning_forskel (
    organisation UUID NOT NULL,
    afstemning BIGINT NOT NULL,
    objekttype TEXT NOT NULL,
    uuid UUID NOT NULL,
    forskel TEXT NOT NULL,
    CONSTRAINT afstemning_forskel_pkey PRIMARY KEY (organisation, afstemning, objekttype, uuid)
);

ALTER TABLE dirty ADD COLUMN wanted_at TIMESTAMP WITH TIME ZONE;
