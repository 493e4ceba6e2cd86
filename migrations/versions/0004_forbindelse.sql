CREATE TABLE feed_forbindelse (
    organisation UUID NOT NULL,
    kanal TEXT NOT NULL,
    forbindelse UUID NOT NULL,
    empty_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT feed_forbindelse_pkey PRIMARY KEY (organisation, kanal, forbindelse)
);
