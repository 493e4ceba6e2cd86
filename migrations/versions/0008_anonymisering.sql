CREATE TABLE anonymisering (
    organisation UUID NOT NULL,
    person UUID NOT NULL,
    til_ns BIGINT NOT NULL,
    anonymiseret_at TIMESTAMP WITH TIME ZONE NOT NULL,
    glemt_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT anonymisering_pkey PRIMARY KEY (organisation, person)
);
CREATE INDEX anonymisering_venter_idx ON anonymisering (organisation) WHERE glemt_at IS NULL;
