ALTER TABLE bruger_kort ADD COLUMN brugernavn TEXT;

ALTER TABLE bruger_kort ADD COLUMN medlemskaber TEXT;

ALTER TABLE leader ADD COLUMN kort2_epoch BIGINT;
