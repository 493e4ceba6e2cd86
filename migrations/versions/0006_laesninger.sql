CREATE TABLE access_log (
    organisation UUID NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    tidspunkt TIMESTAMP WITH TIME ZONE NOT NULL,
    caller TEXT NOT NULL,
    operation TEXT,
    felter TEXT[] NOT NULL,
    personer UUID[] NOT NULL,
    CONSTRAINT access_log_pkey PRIMARY KEY (organisation, id)
);
CREATE INDEX access_log_tidspunkt_idx ON access_log USING brin (tidspunkt) WITH (pages_per_range = 16);
CREATE INDEX access_log_personer_idx ON access_log USING gin (personer);
