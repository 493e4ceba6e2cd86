SELECT convert_to('{"organisationEnhed":[' || coalesce(CAST((SELECT string_agg(coalesce((SELECT '{"uuid":"' || t1.uuid || '","enhedsnavn":' || coalesce(CAST(to_json(t1.enhedsnavn) AS TEXT), E'\x010\x02' || CAST(to_json(coalesce(t1.brugervendt_noegle, CAST(t1.uuid AS TEXT))) AS TEXT)) || ',"tilstand":{"status":' || CASE WHEN (t1.status = 'AKTIV') THEN '"AKTIV"' WHEN (t1.status = 'INAKTIV') THEN '"INAKTIV"' ELSE E'\x011\x02"INAKTIV"' END || '},"overordnetEnhed":' || coalesce((SELECT '{"enhedsnavn":' || coalesce(CAST(to_json(t2.enhedsnavn) AS TEXT), E'\x012\x02' || CAST(to_json(coalesce(t2.brugervendt_noegle, CAST(t2.uuid AS TEXT))) AS TEXT)) || '}' AS anon_2
FROM organisation_enhed AS t2
WHERE t2.uuid = t1.overordnet AND t2.organisation = $1::UUID AND t2.registreret_til = 9223372036854775807 AND t2.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t2.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE), 'null') || ',"sti":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x044\x02' ELSE '' END || coalesce(string_agg(r3.j, ','), '') AS anon_3
FROM (WITH RECURSIVE r2(uuid, brugervendt_noegle, enhedsnavn, sortering, status, status_fra, status_til, overordnet, tilhoerer, enhedstype, niveau) AS
(SELECT t3.uuid AS uuid, t3.brugervendt_noegle AS brugervendt_noegle, t3.enhedsnavn AS enhedsnavn, t3.sortering AS sortering, t3.status AS status, t3.status_fra AS status_fra, t3.status_til AS status_til, t3.overordnet AS overordnet, t3.tilhoerer AS tilhoerer, t3.enhedstype AS enhedstype, 0 AS niveau
FROM organisation_enhed AS t3
WHERE t3.uuid = t1.uuid AND t3.organisation = $1::UUID AND t3.registreret_til = 9223372036854775807 AND t3.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t3.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE AND t3.tilhoerer = $1::UUID UNION ALL SELECT t4.uuid AS uuid, t4.brugervendt_noegle AS brugervendt_noegle, t4.enhedsnavn AS enhedsnavn, t4.sortering AS sortering, t4.status AS status, t4.status_fra AS status_fra, t4.status_til AS status_til, t4.overordnet AS overordnet, t4.tilhoerer AS tilhoerer, t4.enhedstype AS enhedstype, r2.niveau + 1 AS anon_4
FROM organisation_enhed AS t4, r2
WHERE t4.uuid = r2.overordnet AND t4.organisation = $1::UUID AND t4.registreret_til = 9223372036854775807 AND t4.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t4.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE AND r2.niveau < 50 AND r2.uuid != (SELECT t5.overordnet
FROM organisation AS t5
WHERE t5.uuid = $1::UUID AND t5.organisation = $1::UUID AND t5.registreret_til = 9223372036854775807 AND t5.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t5.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t4.tilhoerer = $1::UUID)
 SELECT '{"enhedsnavn":' || coalesce(CAST(to_json(r2.enhedsnavn) AS TEXT), E'\x013\x02' || CAST(to_json(coalesce(r2.brugervendt_noegle, CAST(r2.uuid AS TEXT))) AS TEXT)) || '}' AS j
FROM r2
WHERE EXISTS (SELECT 1
FROM enhed_sti AS t6
WHERE t6.organisation = $1::UUID AND t6.enhed = t1.uuid) ORDER BY r2.niveau DESC
 LIMIT 2001) AS r3) || '],"dybde":' || coalesce(CAST((SELECT t7.dybde
FROM enhed_sti AS t7
WHERE t7.organisation = $1::UUID AND t7.enhed = t1.uuid) AS TEXT), 'null') || ',"ledere":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x046\x02' ELSE '' END || coalesce(string_agg(r4.j, ','), '') AS anon_5
FROM (SELECT '{"bruger":' || '{"brugernavn":' || coalesce(CAST(to_json(t9.brugernavn) AS TEXT), E'\x015\x02' || CAST(to_json(coalesce(t9.brugervendt_noegle, CAST(t9.uuid AS TEXT))) AS TEXT)) || '}' || '}' AS j
FROM medlemskab AS t8, bruger AS t9
WHERE t8.enhed = t1.uuid AND t8.organisation = $1::UUID AND t8.registreret_til = 9223372036854775807 AND t8.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t8.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE AND t8.funktionstype = $3::UUID AND t9.uuid = t8.bruger AND t9.organisation = $1::UUID AND t9.registreret_til = 9223372036854775807 AND t9.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t9.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE AND t9.status = 'AKTIV' ORDER BY coalesce(t8.start, '-infinity'::timestamptz), t8.uuid, t8.bruger NULLS FIRST
 LIMIT 2001) AS r4) || '],"medlemskaber":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x049\x02' ELSE '' END || coalesce(string_agg(r5.j, ','), '') AS anon_6
FROM (SELECT '{"medlemskabRolleTitel":' || coalesce(CAST(to_json(t10.titel) AS TEXT), 'null') || ',"funktionsTypeTitel":' || coalesce((SELECT coalesce(CAST(to_json(t11.titel) AS TEXT), 'null') AS coalesce_1
FROM klasse AS t11
WHERE t11.uuid = t10.funktionstype), CASE WHEN (t10.funktionstype IS NULL) THEN 'null' ELSE E'\x017\x02null' END) || ',"start":' || coalesce('"' || to_char(t10.start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '"', 'null') || ',"bruger":' || coalesce((SELECT '{"brugernavn":' || coalesce(CAST(to_json(t12.brugernavn) AS TEXT), E'\x018\x02' || CAST(to_json(coalesce(t12.brugervendt_noegle, CAST(t12.uuid AS TEXT))) AS TEXT)) || ',"person":' || coalesce((SELECT '{"navn":' || coalesce(CAST(to_json(t13.navn) AS TEXT), 'null') || '}' AS anon_8
FROM person AS t13
WHERE t13.uuid = t12.person AND t13.organisation = $1::UUID AND t13.registreret_til = 9223372036854775807 AND t13.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t13.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE), 'null') || '}' AS anon_7
FROM bruger AS t12
WHERE t12.uuid = t10.bruger AND t12.organisation = $1::UUID AND t12.registreret_til = 9223372036854775807 AND t12.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t12.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE), 'null') || '}' AS j
FROM medlemskab AS t10
WHERE t10.enhed = t1.uuid AND t10.organisation = $1::UUID AND t10.registreret_til = 9223372036854775807 AND t10.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t10.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE ORDER BY coalesce(t10.start, '-infinity'::timestamptz), t10.uuid, t10.bruger NULLS FIRST
 LIMIT 2001) AS r5) || '],"adresser":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x0413\x02' ELSE '' END || coalesce(string_agg(r6.j, ','), '') AS anon_9
FROM (SELECT coalesce(CASE WHEN (t15.uuid IS NOT NULL) THEN '{"adresseTekst":' || coalesce(CAST(to_json(t15.adressetekst) AS TEXT), E'\x0110\x02' || CAST(to_json(coalesce(t15.brugervendt_noegle, CAST(t15.uuid AS TEXT))) AS TEXT)) || ',"adresseRolleTitel":' || coalesce((SELECT coalesce(CAST(to_json(t16.titel) AS TEXT), 'null') AS coalesce_2
FROM klasse AS t16
WHERE t16.uuid = t14.rolle), CASE WHEN (t14.rolle IS NULL) THEN 'null' ELSE E'\x0111\x02null' END) || ',"klassifikation":' || CASE WHEN (t14.rolle IS NOT NULL) THEN '{"rolle":"' || t14.rolle || '","indeks":' || CAST(to_json(t14.indeks) AS TEXT) || '}' END || '}' END, E'\x0312\x02') AS j
FROM adressering AS t14 LEFT OUTER JOIN adresse AS t15 ON t15.uuid = t14.adresse AND t15.organisation = $1::UUID AND t15.registreret_til = 9223372036854775807 AND t15.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t15.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE
WHERE t14.organisation = $1::UUID AND t14.registreret_til = 9223372036854775807 AND t14.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t14.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE AND t14.ejer = t1.uuid AND t14.ejertype = 'ORGANISATION_ENHED' ORDER BY t14.indeks, t14.adresse, t14.rolle, t14.type
 LIMIT 2001) AS r6) || '],"opgaver":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x0415\x02' ELSE '' END || coalesce(string_agg(r7.j, ','), '') AS anon_10
FROM (SELECT '{"kleEmneNummer":' || coalesce((SELECT coalesce(CAST(to_json(t18.nummer) AS TEXT), 'null') AS coalesce_3
FROM klasse AS t18
WHERE t18.uuid = t17.klasse), CASE WHEN (t17.klasse IS NULL) THEN 'null' ELSE E'\x0114\x02null' END) || '}' AS j
FROM opgave AS t17
WHERE t17.organisation = $1::UUID AND t17.registreret_til = 9223372036854775807 AND t17.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t17.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE AND t17.ejer = t1.uuid AND t17.ejertype = 'ORGANISATION_ENHED' ORDER BY t17.indeks, t17.klasse, t17.rolle NULLS FIRST
 LIMIT 2001) AS r7) || ']}' AS anon_1
FROM organisation_enhed AS t1
WHERE t1.uuid = anon_11.uuid AND t1.organisation = $1::UUID AND t1.registreret_til = 9223372036854775807 AND t1.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t1.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE), E'\x0116:' || anon_11.nr || E'\x02null'), ',') AS string_agg_1
FROM unnest($4::UUID[]) WITH ORDINALITY AS anon_11(uuid, nr)) AS TEXT), '') || ']}', 'UTF8') AS svar, pg_snapshot_xmin(pg_current_snapshot()) AS horisont, CAST(NULL AS UUID[]) AS personer
