SELECT convert_to(('{"soeg":' || (SELECT (('{"edges":[' || coalesce(string_agg(r9.j0, ',') FILTER (WHERE r9.n <= $1::INTEGER), '')) || ('],"pageInfo":{"hasNextPage":' || CAST((count(*) > $1::INTEGER) AS TEXT))) || '}}' AS anon_1
FROM (SELECT row_number() OVER (ORDER BY ((to_char((1 - r7.naerhed) * 1000, 'FM0000') || E'\x01') || r7.objekttype) COLLATE "C", r7.uuid) AS n, ('1' || CAST(r7.uuid AS TEXT)) || ((to_char((1 - r7.naerhed) * 1000, 'FM0000') || E'\x01') || r7.objekttype) COLLATE "C" AS c, coalesce((('{"felt":' || CAST(to_json(r7.felt) AS TEXT)) || (',"node":' || CASE WHEN (r7.objekttype = 'ORGANISATION_ENHED') THEN (SELECT (('{"__typename":"OrganisationEnhed","uuid":"' || CAST(t19.uuid AS TEXT)) || ('","enhedsnavn":' || coalesce(CAST(to_json(t19.enhedsnavn) AS TEXT), E'\x010\x02' || CAST(to_json(coalesce(t19.brugervendt_noegle, CAST(t19.uuid AS TEXT))) AS TEXT)))) || '}' AS anon_2
FROM organisation_enhed AS t19
WHERE t19.uuid = r7.uuid AND (t19.organisation = $2::UUID AND t19.registreret_til = 9223372036854775807 AND t19.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t19.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)) WHEN (r7.objekttype = 'BRUGER') THEN (SELECT (('{"__typename":"Bruger","uuid":"' || CAST(t20.uuid AS TEXT)) || ('","brugernavn":' || coalesce(CAST(to_json(t20.brugernavn) AS TEXT), E'\x011\x02' || CAST(to_json(coalesce(t20.brugervendt_noegle, CAST(t20.uuid AS TEXT))) AS TEXT)))) || '}' AS anon_3
FROM bruger AS t20
WHERE t20.uuid = r7.uuid AND (t20.organisation = $2::UUID AND t20.registreret_til = 9223372036854775807 AND t20.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t20.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)) WHEN (r7.objekttype = 'PERSON') THEN (SELECT ((E'\x07' || CAST(t21.uuid AS TEXT)) || E'\x07' || '{"__typename":"Person","uuid":"') || (CAST(t21.uuid AS TEXT) || '"}') AS anon_4
FROM person AS t21
WHERE t21.uuid = r7.uuid AND (t21.organisation = $2::UUID AND t21.registreret_til = 9223372036854775807 AND t21.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t21.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)) WHEN (r7.objekttype = 'ADRESSE') THEN (SELECT ('{"__typename":"Adresse","uuid":"' || CAST(t22.uuid AS TEXT)) || '"}' AS anon_5
FROM adresse AS t22 LEFT OUTER JOIN LATERAL (SELECT t23.rolle AS rolle, t23.type AS type, t23.indeks AS indeks
FROM adressering AS t23
WHERE (t23.organisation = $2::UUID AND t23.registreret_til = 9223372036854775807 AND t23.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t23.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t23.adresse = t22.uuid ORDER BY t23.ejer, t23.indeks, t23.rolle
 LIMIT 1) AS r8 ON true
WHERE t22.uuid = r7.uuid AND (t22.organisation = $2::UUID AND t22.registreret_til = 9223372036854775807 AND t22.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t22.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)) END)) || '}', E'\x032\x02') AS j0
FROM (SELECT DISTINCT ON (r6.objekttype, r6.uuid) r6.objekttype AS objekttype, r6.uuid AS uuid, r6.felt AS felt, r6.ord AS ord, r6.naerhed AS naerhed
FROM (SELECT r5.objekttype AS objekttype, r5.uuid AS uuid, r5.felt AS felt, r5.ord AS ord, round(((2 - CAST(r5.rang AS NUMERIC)) + CAST(CASE WHEN (r5.rang = '2') THEN word_similarity($4::VARCHAR, r5.ord) ELSE similarity(r5.ord, $4::VARCHAR) END AS NUMERIC)) / CAST(3 AS NUMERIC), 3) AS naerhed
FROM ((SELECT r4.objekttype AS objekttype, r4.uuid AS uuid, r4.felt AS felt, r4.ord AS ord, r4.rang AS rang
FROM (SELECT t13.objekttype AS objekttype, t13.uuid AS uuid, t13.felt AS felt, t13.ord AS ord, CASE WHEN (t13.ord LIKE $5::VARCHAR) THEN '0' ELSE '1' END AS rang
FROM soegetekst AS t13
WHERE t13.organisation = $2::UUID AND t13.ord LIKE $6::VARCHAR AND t13.objekttype IN ('ORGANISATION_ENHED', 'BRUGER', 'PERSON', 'ADRESSE') ORDER BY rang, t13.ord, t13.uuid
 LIMIT 5000) AS r4
WHERE r4.objekttype = 'ORGANISATION_ENHED' AND (EXISTS (SELECT 1
FROM organisation_enhed AS t14
WHERE t14.uuid = r4.uuid AND (t14.organisation = $2::UUID AND t14.registreret_til = 9223372036854775807 AND t14.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t14.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t14.tilhoerer = $2::UUID AND t14.status = 'AKTIV' AND (EXISTS (SELECT 1
FROM enhed_sti AS t15
WHERE t15.organisation = $2::UUID AND t15.enhed = t14.uuid)))) OR r4.objekttype = 'BRUGER' AND (EXISTS (SELECT 1
FROM bruger AS t16
WHERE t16.uuid = r4.uuid AND (t16.organisation = $2::UUID AND t16.registreret_til = 9223372036854775807 AND t16.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t16.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t16.tilhoerer = $2::UUID AND t16.status = 'AKTIV')) OR r4.objekttype = 'PERSON' AND (EXISTS (SELECT 1
FROM person AS t17
WHERE t17.uuid = r4.uuid AND (t17.organisation = $2::UUID AND t17.registreret_til = 9223372036854775807 AND t17.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t17.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE))) OR r4.objekttype = 'ADRESSE' AND (EXISTS (SELECT 1
FROM adresse AS t18
WHERE t18.uuid = r4.uuid AND (t18.organisation = $2::UUID AND t18.registreret_til = 9223372036854775807 AND t18.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t18.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)))
 LIMIT 2000) UNION ALL (SELECT r3.objekttype AS objekttype, r3.uuid AS uuid, r3.felt AS felt, r3.ord AS ord, r3.rang AS rang
FROM (SELECT t7.objekttype AS objekttype, t7.uuid AS uuid, t7.felt AS felt, t7.ord AS ord, '2' AS rang
FROM soegetekst AS t7
WHERE t7.organisation = $2::UUID AND ($4::VARCHAR <% t7.ord) AND t7.ord NOT LIKE $6::VARCHAR AND t7.objekttype IN ('ORGANISATION_ENHED', 'BRUGER', 'PERSON', 'ADRESSE') ORDER BY word_similarity($4::VARCHAR, t7.ord) DESC, t7.ord, t7.uuid
 LIMIT 5000) AS r3
WHERE (r3.objekttype = 'ORGANISATION_ENHED' AND (EXISTS (SELECT 1
FROM organisation_enhed AS t8
WHERE t8.uuid = r3.uuid AND (t8.organisation = $2::UUID AND t8.registreret_til = 9223372036854775807 AND t8.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t8.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t8.tilhoerer = $2::UUID AND t8.status = 'AKTIV' AND (EXISTS (SELECT 1
FROM enhed_sti AS t9
WHERE t9.organisation = $2::UUID AND t9.enhed = t8.uuid)))) OR r3.objekttype = 'BRUGER' AND (EXISTS (SELECT 1
FROM bruger AS t10
WHERE t10.uuid = r3.uuid AND (t10.organisation = $2::UUID AND t10.registreret_til = 9223372036854775807 AND t10.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t10.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t10.tilhoerer = $2::UUID AND t10.status = 'AKTIV')) OR r3.objekttype = 'PERSON' AND (EXISTS (SELECT 1
FROM person AS t11
WHERE t11.uuid = r3.uuid AND (t11.organisation = $2::UUID AND t11.registreret_til = 9223372036854775807 AND t11.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t11.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE))) OR r3.objekttype = 'ADRESSE' AND (EXISTS (SELECT 1
FROM adresse AS t12
WHERE t12.uuid = r3.uuid AND (t12.organisation = $2::UUID AND t12.registreret_til = 9223372036854775807 AND t12.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t12.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)))) AND (SELECT count(*) AS count_1
FROM (SELECT r1.objekttype AS objekttype, r1.uuid AS uuid, r1.felt AS felt, r1.ord AS ord, r1.rang AS rang
FROM (SELECT t1.objekttype AS objekttype, t1.uuid AS uuid, t1.felt AS felt, t1.ord AS ord, CASE WHEN (t1.ord LIKE $5::VARCHAR) THEN '0' ELSE '1' END AS rang
FROM soegetekst AS t1
WHERE t1.organisation = $2::UUID AND t1.ord LIKE $6::VARCHAR AND t1.objekttype IN ('ORGANISATION_ENHED', 'BRUGER', 'PERSON', 'ADRESSE')) AS r1
WHERE r1.objekttype = 'ORGANISATION_ENHED' AND (EXISTS (SELECT 1
FROM organisation_enhed AS t2
WHERE t2.uuid = r1.uuid AND (t2.organisation = $2::UUID AND t2.registreret_til = 9223372036854775807 AND t2.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t2.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t2.tilhoerer = $2::UUID AND t2.status = 'AKTIV' AND (EXISTS (SELECT 1
FROM enhed_sti AS t3
WHERE t3.organisation = $2::UUID AND t3.enhed = t2.uuid)))) OR r1.objekttype = 'BRUGER' AND (EXISTS (SELECT 1
FROM bruger AS t4
WHERE t4.uuid = r1.uuid AND (t4.organisation = $2::UUID AND t4.registreret_til = 9223372036854775807 AND t4.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t4.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t4.tilhoerer = $2::UUID AND t4.status = 'AKTIV')) OR r1.objekttype = 'PERSON' AND (EXISTS (SELECT 1
FROM person AS t5
WHERE t5.uuid = r1.uuid AND (t5.organisation = $2::UUID AND t5.registreret_til = 9223372036854775807 AND t5.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t5.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE))) OR r1.objekttype = 'ADRESSE' AND (EXISTS (SELECT 1
FROM adresse AS t6
WHERE t6.uuid = r1.uuid AND (t6.organisation = $2::UUID AND t6.registreret_til = 9223372036854775807 AND t6.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t6.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)))
 LIMIT 5) AS r2) < 5
 LIMIT 2000)) AS r5) AS r6 ORDER BY r6.objekttype, r6.uuid, r6.naerhed DESC, r6.ord, r6.felt) AS r7
WHERE (((to_char((1 - r7.naerhed) * 1000, 'FM0000') || E'\x01') || r7.objekttype) COLLATE "C", r7.uuid) > ($7::VARCHAR, $8::UUID) ORDER BY ((to_char((1 - r7.naerhed) * 1000, 'FM0000') || E'\x01') || r7.objekttype) COLLATE "C", r7.uuid
 LIMIT $1::INTEGER + 1) AS r9
HAVING true)) || '}', 'UTF8') AS svar, pg_snapshot_xmin(pg_current_snapshot()) AS horisont
