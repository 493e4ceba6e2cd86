CREATE TABLE bruger_kort (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    person TEXT,
    adresser TEXT,
    gaelder_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    gaelder_til TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT bruger_kort_pkey PRIMARY KEY (organisation, uuid)
);

CREATE TABLE enhed_kort (
    organisation UUID NOT NULL,
    uuid UUID NOT NULL,
    ledere TEXT,
    ledernavne TEXT,
    gaelder_fra TIMESTAMP WITH TIME ZONE NOT NULL,
    gaelder_til TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT enhed_kort_pkey PRIMARY KEY (organisation, uuid)
);

ALTER TABLE leader ADD COLUMN kort_epoch BIGINT;

ALTER TABLE afstemning ADD COLUMN kort BIGINT DEFAULT 0 NOT NULL;

CREATE SEQUENCE generation START WITH 1000000000;
ALTER TABLE dirty ALTER COLUMN gen SET DEFAULT nextval('generation');
ALTER TABLE confirm ALTER COLUMN gen SET DEFAULT nextval('generation');
