CREATE INDEX write_request_uafklaret_idx ON write_request (organisation, started_at) WHERE status in ('STARTET', 'UVIS');
