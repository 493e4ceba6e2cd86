DROP INDEX dirty_due_at_idx;
CREATE INDEX dirty_oensket_idx ON dirty (organisation, due_at) WHERE want_ns > '-9223372036854775808'::bigint;
CREATE INDEX dirty_resten_idx ON dirty (organisation, due_at) WHERE want_ns = '-9223372036854775808'::bigint;
