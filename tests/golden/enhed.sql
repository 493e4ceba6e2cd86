SELECT convert_to(('{"organisationEnhed":[' || coalesce(CAST((SELECT string_agg(coalesce((SELECT (((('{"uuid":"' || CAST(t1.uuid AS TEXT)) || ('","enhedsnavn":' || coalesce(CAST(to_json(t1.enhedsnavn) AS TEXT), E'\x010\x02' || CAST(to_json(coalesce(t1.brugervendt_noegle, CAST(t1.uuid AS TEXT))) AS TEXT)))) || ((',"tilstand":{"status":' || CASE WHEN (t1.status = 'AKTIV') THEN '"AKTIV"' WHEN (t1.status = 'INAKTIV') THEN '"INAKTIV"' ELSE E'\x011\x02"INAKTIV"' END) || ('},"overordnetEnhed":' || coalesce((SELECT ('{"enhedsnavn":' || coalesce(CAST(to_json(t2.enhedsnavn) AS TEXT), E'\x012\x02' || CAST(to_json(coalesce(t2.brugervendt_noegle, CAST(t2.uuid AS TEXT))) AS TEXT))) || '}' AS anon_2
FROM organisation_enhed AS t2
WHERE t2.uuid = t1.overordnet AND (t2.organisation = $1::UUID AND t2.registreret_til = 9223372036854775807 AND t2.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t2.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)), 'null')))) || (((',"sti":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x044\x02' ELSE '' END || coalesce(string_agg(r3.j, ','), '') AS anon_3
FROM (WITH RECURSIVE r2(uuid, brugervendt_noegle, enhedsnavn, sortering, status, status_fra, status_til, overordnet, tilhoerer, enhedstype, niveau) AS
(SELECT t3.uuid AS uuid, t3.brugervendt_noegle AS brugervendt_noegle, t3.enhedsnavn AS enhedsnavn, t3.sortering AS sortering, t3.status AS status, t3.status_fra AS status_fra, t3.status_til AS status_til, t3.overordnet AS overordnet, t3.tilhoerer AS tilhoerer, t3.enhedstype AS enhedstype, 0 AS niveau
FROM organisation_enhed AS t3
WHERE t3.uuid = t1.uuid AND (t3.organisation = $1::UUID AND t3.registreret_til = 9223372036854775807 AND t3.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t3.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t3.tilhoerer = $1::UUID UNION ALL SELECT t4.uuid AS uuid, t4.brugervendt_noegle AS brugervendt_noegle, t4.enhedsnavn AS enhedsnavn, t4.sortering AS sortering, t4.status AS status, t4.status_fra AS status_fra, t4.status_til AS status_til, t4.overordnet AS overordnet, t4.tilhoerer AS tilhoerer, t4.enhedstype AS enhedstype, r2.niveau + 1 AS anon_4
FROM organisation_enhed AS t4, r2
WHERE t4.uuid = r2.overordnet AND (t4.organisation = $1::UUID AND t4.registreret_til = 9223372036854775807 AND t4.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t4.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND r2.niveau < 50 AND r2.uuid != (SELECT t5.overordnet
FROM organisation AS t5
WHERE t5.uuid = $1::UUID AND (t5.organisation = $1::UUID AND t5.registreret_til = 9223372036854775807 AND t5.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t5.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)) AND t4.tilhoerer = $1::UUID)
 SELECT ('{"enhedsnavn":' || coalesce(CAST(to_json(r2.enhedsnavn) AS TEXT), E'\x013\x02' || CAST(to_json(coalesce(r2.brugervendt_noegle, CAST(r2.uuid AS TEXT))) AS TEXT))) || '}' AS j
FROM r2
WHERE EXISTS (SELECT 1
FROM enhed_sti AS t6
WHERE t6.organisation = $1::UUID AND t6.enhed = t1.uuid) ORDER BY r2.niveau DESC
 LIMIT 2001) AS r3)) || ('],"dybde":' || coalesce(CAST((SELECT t7.dybde
FROM enhed_sti AS t7
WHERE t7.organisation = $1::UUID AND t7.enhed = t1.uuid) AS TEXT), 'null'))) || ((',"ledere":' || coalesce((SELECT replace(replace(t10.ledernavne, E'\x05', ''), E'\x06', '') AS replace_1
FROM enhed_kort AS t10
WHERE t10.uuid = t1.uuid AND t10.organisation = $1::UUID AND t10.gaelder_fra <= $2::TIMESTAMP WITH TIME ZONE AND t10.gaelder_til > $2::TIMESTAMP WITH TIME ZONE AND (SELECT t11.kort2_epoch = t11.epoch AS anon_5
FROM leader AS t11
WHERE t11.organisation = $1::UUID AND t11.role = 'INGEST')), ('[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x046\x02' ELSE '' END || coalesce(string_agg(r4.j, ','), '') AS anon_6
FROM (SELECT ('{"bruger":' || ('{"brugernavn":' || coalesce(CAST(to_json(t9.brugernavn) AS TEXT), E'\x015\x02' || CAST(to_json(coalesce(t9.brugervendt_noegle, CAST(t9.uuid AS TEXT))) AS TEXT))) || '}') || '}' AS j
FROM medlemskab AS t8, bruger AS t9
WHERE t8.enhed = t1.uuid AND (t8.organisation = $1::UUID AND t8.registreret_til = 9223372036854775807 AND t8.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t8.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t8.funktionstype = $3::UUID AND t9.uuid = t8.bruger AND (t9.organisation = $1::UUID AND t9.registreret_til = 9223372036854775807 AND t9.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t9.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t9.status = 'AKTIV' ORDER BY coalesce(t8.start, '-infinity'::timestamptz), t8.uuid, t8.bruger NULLS FIRST
 LIMIT 2001) AS r4)) || ']')) || (',"medlemskaber":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x049\x02' ELSE '' END || coalesce(string_agg(r5.j, ','), '') AS anon_7
FROM (SELECT ((('{"medlemskabRolleTitel":' || coalesce(CAST(to_json(t12.titel) AS TEXT), 'null')) || (',"funktionsTypeTitel":' || coalesce((SELECT coalesce(CAST(to_json(t13.titel) AS TEXT), 'null') AS coalesce_1
FROM klasse AS t13
WHERE t13.uuid = t12.funktionstype), CASE WHEN (t12.funktionstype IS NULL) THEN 'null' ELSE E'\x017\x02null' END))) || ((',"start":' || coalesce(('"' || CAST(to_char(t12.start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS TEXT)) || '"', 'null')) || (',"bruger":' || coalesce((SELECT (('{"brugernavn":' || coalesce(CAST(to_json(t14.brugernavn) AS TEXT), E'\x018\x02' || CAST(to_json(coalesce(t14.brugervendt_noegle, CAST(t14.uuid AS TEXT))) AS TEXT))) || (',"person":' || coalesce((SELECT ((E'\x07' || CAST(t15.uuid AS TEXT)) || E'\x07' || '{"navn":') || (coalesce(CAST(to_json(t15.navn) AS TEXT), 'null') || '}') AS anon_9
FROM person AS t15
WHERE t15.uuid = t14.person AND (t15.organisation = $1::UUID AND t15.registreret_til = 9223372036854775807 AND t15.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t15.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)), 'null'))) || '}' AS anon_8
FROM bruger AS t14
WHERE t14.uuid = t12.bruger AND (t14.organisation = $1::UUID AND t14.registreret_til = 9223372036854775807 AND t14.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t14.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)), 'null')))) || '}' AS j
FROM medlemskab AS t12
WHERE t12.enhed = t1.uuid AND (t12.organisation = $1::UUID AND t12.registreret_til = 9223372036854775807 AND t12.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t12.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) ORDER BY coalesce(t12.start, '-infinity'::timestamptz), t12.uuid, t12.bruger NULLS FIRST
 LIMIT 2001) AS r5))))) || ((('],"adresser":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x0413\x02' ELSE '' END || coalesce(string_agg(r6.j, ','), '') AS anon_10
FROM (SELECT coalesce(CASE WHEN (t17.uuid IS NOT NULL) THEN (('{"adresseTekst":' || coalesce(CAST(to_json(t17.adressetekst) AS TEXT), E'\x0110\x02' || CAST(to_json(coalesce(t17.brugervendt_noegle, CAST(t17.uuid AS TEXT))) AS TEXT))) || (',"adresseRolleTitel":' || coalesce((SELECT coalesce(CAST(to_json(t18.titel) AS TEXT), 'null') AS coalesce_2
FROM klasse AS t18
WHERE t18.uuid = t16.rolle), CASE WHEN (t16.rolle IS NULL) THEN 'null' ELSE E'\x0111\x02null' END))) || ((',"klassifikation":' || CASE WHEN (t16.rolle IS NOT NULL) THEN (('{"rolle":"' || CAST(t16.rolle AS TEXT)) || ('","indeks":' || CAST(to_json(t16.indeks) AS TEXT))) || '}' END) || '}') END, E'\x0312\x02') AS j
FROM adressering AS t16 LEFT OUTER JOIN adresse AS t17 ON t17.uuid = t16.adresse AND (t17.organisation = $1::UUID AND t17.registreret_til = 9223372036854775807 AND t17.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t17.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)
WHERE (t16.organisation = $1::UUID AND t16.registreret_til = 9223372036854775807 AND t16.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t16.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t16.ejer = t1.uuid AND t16.ejertype = 'ORGANISATION_ENHED' ORDER BY t16.indeks, t16.adresse, t16.rolle, t16.type
 LIMIT 2001) AS r6)) || ('],"opgaver":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x0415\x02' ELSE '' END || coalesce(string_agg(r7.j, ','), '') AS anon_11
FROM (SELECT ('{"kleEmneNummer":' || coalesce((SELECT coalesce(CAST(to_json(t20.nummer) AS TEXT), 'null') AS coalesce_3
FROM klasse AS t20
WHERE t20.uuid = t19.klasse), CASE WHEN (t19.klasse IS NULL) THEN 'null' ELSE E'\x0114\x02null' END)) || '}' AS j
FROM opgave AS t19
WHERE (t19.organisation = $1::UUID AND t19.registreret_til = 9223372036854775807 AND t19.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t19.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t19.ejer = t1.uuid AND t19.ejertype = 'ORGANISATION_ENHED' ORDER BY t19.indeks, t19.klasse, t19.rolle NULLS FIRST
 LIMIT 2001) AS r7))) || ']}') AS anon_1
FROM organisation_enhed AS t1
WHERE t1.uuid = anon_12.uuid AND (t1.organisation = $1::UUID AND t1.registreret_til = 9223372036854775807 AND t1.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t1.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)), (E'\x0116:' || CAST(anon_12.nr AS TEXT)) || E'\x02null'), ',') AS string_agg_1
FROM unnest($4::UUID[]) WITH ORDINALITY AS anon_12(uuid, nr)) AS TEXT), '')) || ']}', 'UTF8') AS svar, pg_snapshot_xmin(pg_current_snapshot()) AS horisont
