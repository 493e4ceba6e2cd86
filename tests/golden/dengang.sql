SELECT convert_to(('{"organisationEnhed":[' || coalesce(CAST((SELECT string_agg(coalesce((SELECT (('{"enhedsnavn":' || coalesce(CAST(to_json(t1.enhedsnavn) AS TEXT), E'\x010\x02' || CAST(to_json(coalesce(t1.brugervendt_noegle, CAST(t1.uuid AS TEXT))) AS TEXT))) || (',"underliggendeEnheder":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x042\x02' ELSE '' END || coalesce(string_agg(r3.j, ','), '') AS anon_2
FROM (SELECT ('{"enhedsnavn":' || coalesce(CAST(to_json(t2.enhedsnavn) AS TEXT), E'\x011\x02' || CAST(to_json(coalesce(t2.brugervendt_noegle, CAST(t2.uuid AS TEXT))) AS TEXT))) || '}' AS j
FROM organisation_enhed AS t2
WHERE t2.overordnet = t1.uuid AND (t2.organisation = $1::UUID AND t2.registreret_til > $2::BIGINT AND t2.registreret_fra <= $2::BIGINT AND t2.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t2.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t2.status = 'AKTIV' AND t2.tilhoerer = $1::UUID AND t2.uuid != (SELECT t3.overordnet
FROM organisation AS t3
WHERE t3.uuid = $1::UUID AND (t3.organisation = $1::UUID AND t3.registreret_til > $2::BIGINT AND t3.registreret_fra <= $2::BIGINT AND t3.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t3.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)) AND (EXISTS (WITH RECURSIVE r2(uuid, overordnet, niveau) AS
(SELECT t4.uuid AS uuid, t4.overordnet AS overordnet, 0 AS niveau
FROM organisation_enhed AS t4
WHERE t4.uuid = t1.uuid AND (t4.organisation = $1::UUID AND t4.registreret_til > $2::BIGINT AND t4.registreret_fra <= $2::BIGINT AND t4.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t4.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t4.tilhoerer = $1::UUID UNION ALL SELECT t5.uuid AS uuid, t5.overordnet AS overordnet, r2.niveau + 1 AS anon_3
FROM organisation_enhed AS t5, r2
WHERE t5.uuid = r2.overordnet AND (t5.organisation = $1::UUID AND t5.registreret_til > $2::BIGINT AND t5.registreret_fra <= $2::BIGINT AND t5.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t5.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND r2.niveau < 50 AND r2.uuid != (SELECT t6.overordnet
FROM organisation AS t6
WHERE t6.uuid = $1::UUID AND (t6.organisation = $1::UUID AND t6.registreret_til > $2::BIGINT AND t6.registreret_fra <= $2::BIGINT AND t6.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t6.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)) AND t5.tilhoerer = $1::UUID)
 SELECT 1
FROM r2
WHERE r2.uuid = (SELECT t7.overordnet
FROM organisation AS t7
WHERE t7.uuid = $1::UUID AND (t7.organisation = $1::UUID AND t7.registreret_til > $2::BIGINT AND t7.registreret_fra <= $2::BIGINT AND t7.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t7.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)))) ORDER BY t2.sortering || '', t2.uuid
 LIMIT 2001) AS r3))) || (('],"effektivLeder":' || coalesce((WITH RECURSIVE r4(uuid, overordnet, niveau, fundet) AS
(SELECT t8.uuid AS uuid, t8.overordnet AS overordnet, 0 AS niveau, EXISTS (SELECT 1
FROM medlemskab AS t10, bruger AS t11
WHERE t10.enhed = t8.uuid AND (t10.organisation = $1::UUID AND t10.registreret_til > $2::BIGINT AND t10.registreret_fra <= $2::BIGINT AND t10.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t10.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t10.funktionstype = $4::UUID AND t11.uuid = t10.bruger AND (t11.organisation = $1::UUID AND t11.registreret_til > $2::BIGINT AND t11.registreret_fra <= $2::BIGINT AND t11.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t11.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t11.status = 'AKTIV') AS fundet
FROM organisation_enhed AS t8
WHERE t8.uuid = t1.uuid AND (t8.organisation = $1::UUID AND t8.registreret_til > $2::BIGINT AND t8.registreret_fra <= $2::BIGINT AND t8.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t8.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) UNION ALL SELECT t9.uuid AS uuid, t9.overordnet AS overordnet, r4.niveau + 1 AS anon_4, EXISTS (SELECT 1
FROM medlemskab AS t12, bruger AS t13
WHERE t12.enhed = t9.uuid AND (t12.organisation = $1::UUID AND t12.registreret_til > $2::BIGINT AND t12.registreret_fra <= $2::BIGINT AND t12.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t12.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t12.funktionstype = $4::UUID AND t13.uuid = t12.bruger AND (t13.organisation = $1::UUID AND t13.registreret_til > $2::BIGINT AND t13.registreret_fra <= $2::BIGINT AND t13.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t13.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t13.status = 'AKTIV') AS anon_5
FROM organisation_enhed AS t9, r4
WHERE t9.uuid = r4.overordnet AND (t9.organisation = $1::UUID AND t9.registreret_til > $2::BIGINT AND t9.registreret_fra <= $2::BIGINT AND t9.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t9.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND r4.niveau < 50 AND r4.uuid != (SELECT t14.overordnet
FROM organisation AS t14
WHERE t14.uuid = $1::UUID AND (t14.organisation = $1::UUID AND t14.registreret_til > $2::BIGINT AND t14.registreret_fra <= $2::BIGINT AND t14.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t14.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)) AND NOT r4.fundet AND (EXISTS (WITH RECURSIVE r5(uuid, overordnet, niveau) AS
(SELECT t15.uuid AS uuid, t15.overordnet AS overordnet, 0 AS niveau
FROM organisation_enhed AS t15
WHERE t15.uuid = t1.uuid AND (t15.organisation = $1::UUID AND t15.registreret_til > $2::BIGINT AND t15.registreret_fra <= $2::BIGINT AND t15.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t15.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t15.tilhoerer = $1::UUID UNION ALL SELECT t16.uuid AS uuid, t16.overordnet AS overordnet, r5.niveau + 1 AS anon_6
FROM organisation_enhed AS t16, r5
WHERE t16.uuid = r5.overordnet AND (t16.organisation = $1::UUID AND t16.registreret_til > $2::BIGINT AND t16.registreret_fra <= $2::BIGINT AND t16.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t16.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND r5.niveau < 50 AND r5.uuid != (SELECT t17.overordnet
FROM organisation AS t17
WHERE t17.uuid = $1::UUID AND (t17.organisation = $1::UUID AND t17.registreret_til > $2::BIGINT AND t17.registreret_fra <= $2::BIGINT AND t17.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t17.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)) AND t16.tilhoerer = $1::UUID)
 SELECT 1
FROM r5
WHERE r5.uuid = (SELECT t18.overordnet
FROM organisation AS t18
WHERE t18.uuid = $1::UUID AND (t18.organisation = $1::UUID AND t18.registreret_til > $2::BIGINT AND t18.registreret_fra <= $2::BIGINT AND t18.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t18.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)))))
 SELECT coalesce((('{"bruger":{"brugernavn":' || coalesce(CAST(to_json(t20.brugernavn) AS TEXT), E'\x013\x02' || CAST(to_json(coalesce(t20.brugervendt_noegle, CAST(t20.uuid AS TEXT))) AS TEXT))) || ('},"afstand":' || CAST(r4.niveau AS TEXT))) || '}', E'\x014\x02null') AS coalesce_1
FROM r4, medlemskab AS t19, bruger AS t20
WHERE r4.fundet AND t19.enhed = r4.uuid AND (t19.organisation = $1::UUID AND t19.registreret_til > $2::BIGINT AND t19.registreret_fra <= $2::BIGINT AND t19.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t19.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t19.funktionstype = $4::UUID AND t20.uuid = t19.bruger AND (t20.organisation = $1::UUID AND t20.registreret_til > $2::BIGINT AND t20.registreret_fra <= $2::BIGINT AND t20.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t20.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE) AND t20.status = 'AKTIV' ORDER BY coalesce(t19.start, '-infinity'::timestamptz), t19.uuid, t19.bruger NULLS FIRST
 LIMIT 1), 'null')) || '}') AS anon_1
FROM organisation_enhed AS t1
WHERE t1.uuid = anon_7.uuid AND (t1.organisation = $1::UUID AND t1.registreret_til > $2::BIGINT AND t1.registreret_fra <= $2::BIGINT AND t1.virkning_til > $3::TIMESTAMP WITH TIME ZONE AND t1.virkning_fra <= $3::TIMESTAMP WITH TIME ZONE)), (E'\x015:' || CAST(anon_7.nr AS TEXT)) || E'\x02null'), ',') AS string_agg_1
FROM unnest($5::UUID[]) WITH ORDINALITY AS anon_7(uuid, nr)) AS TEXT), '')) || ']}', 'UTF8') AS svar, pg_snapshot_xmin(pg_current_snapshot()) AS horisont
