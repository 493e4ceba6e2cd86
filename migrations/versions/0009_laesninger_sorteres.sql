ALTER INDEX access_log_personer_idx SET (gin_pending_list_limit = 65536);
CREATE FUNCTION access_log_sorteres() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$SELECT gin_clean_pending_list('public.access_log_personer_idx')$$;
