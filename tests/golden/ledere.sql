SELECT convert_to(('{"bruger":[' || coalesce(CAST((SELECT string_agg(coalesce((SELECT ((('{"brugernavn":' || coalesce(CAST(to_json(t1.brugernavn) AS TEXT), E'\x010\x02' || CAST(to_json(coalesce(t1.brugervendt_noegle, CAST(t1.uuid AS TEXT))) AS TEXT))) || (',"ledere":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x043\x02' ELSE '' END || coalesce(string_agg(r5.j, ','), '') AS anon_2
FROM (SELECT coalesce((('{"bruger":{"brugernavn":' || coalesce(CAST(to_json(t17.brugernavn) AS TEXT), E'\x011\x02' || CAST(to_json(coalesce(t17.brugervendt_noegle, CAST(t17.uuid AS TEXT))) AS TEXT))) || ('},"afstand":' || CAST(r4.niveau AS TEXT))) || ((',"nedarvet":' || CAST((r4.niveau > 0) AS TEXT)) || '}'), E'\x032\x02') AS j
FROM (SELECT DISTINCT ON (r3.bruger) r3.uuid AS uuid, r3.bruger AS bruger, r3.enhed AS enhed, r3.funktionstype AS funktionstype, r3.titel AS titel, r3.brugervendt_noegle AS brugervendt_noegle, r3.start AS start, r3.slut AS slut, r3.niveau AS niveau, coalesce(t2.start, '-infinity'::timestamptz) AS foerst, t2.uuid AS saa
FROM medlemskab AS t2 JOIN LATERAL (WITH RECURSIVE r2(uuid, overordnet, niveau, fundet) AS
(SELECT t5.uuid AS uuid, t5.overordnet AS overordnet, 0 AS niveau, (EXISTS (SELECT 1
FROM medlemskab AS t7, bruger AS t8
WHERE t7.enhed = t5.uuid AND (t7.organisation = $1::UUID AND t7.registreret_til = 9223372036854775807 AND t7.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t7.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t7.funktionstype = $3::UUID AND t8.uuid = t7.bruger AND (t8.organisation = $1::UUID AND t8.registreret_til = 9223372036854775807 AND t8.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t8.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t8.status = 'AKTIV')) AND NOT (EXISTS (SELECT 1
FROM medlemskab AS t9, bruger AS t10
WHERE t9.enhed = t5.uuid AND (t9.organisation = $1::UUID AND t9.registreret_til = 9223372036854775807 AND t9.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t9.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t9.funktionstype = $3::UUID AND t10.uuid = t9.bruger AND (t10.organisation = $1::UUID AND t10.registreret_til = 9223372036854775807 AND t10.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t10.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t10.status = 'AKTIV' AND t9.bruger = t1.uuid)) AS fundet
FROM organisation_enhed AS t5
WHERE t5.uuid = t2.enhed AND (t5.organisation = $1::UUID AND t5.registreret_til = 9223372036854775807 AND t5.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t5.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) UNION ALL SELECT t6.uuid AS uuid, t6.overordnet AS overordnet, r2.niveau + 1 AS anon_3, (EXISTS (SELECT 1
FROM medlemskab AS t11, bruger AS t12
WHERE t11.enhed = t6.uuid AND (t11.organisation = $1::UUID AND t11.registreret_til = 9223372036854775807 AND t11.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t11.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t11.funktionstype = $3::UUID AND t12.uuid = t11.bruger AND (t12.organisation = $1::UUID AND t12.registreret_til = 9223372036854775807 AND t12.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t12.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t12.status = 'AKTIV')) AND NOT (EXISTS (SELECT 1
FROM medlemskab AS t13, bruger AS t14
WHERE t13.enhed = t6.uuid AND (t13.organisation = $1::UUID AND t13.registreret_til = 9223372036854775807 AND t13.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t13.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t13.funktionstype = $3::UUID AND t14.uuid = t13.bruger AND (t14.organisation = $1::UUID AND t14.registreret_til = 9223372036854775807 AND t14.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t14.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t14.status = 'AKTIV' AND t13.bruger = t1.uuid)) AS anon_4
FROM organisation_enhed AS t6, r2
WHERE t6.uuid = r2.overordnet AND (t6.organisation = $1::UUID AND t6.registreret_til = 9223372036854775807 AND t6.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t6.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND r2.niveau < 50 AND r2.uuid != (SELECT t15.overordnet
FROM organisation AS t15
WHERE t15.uuid = $1::UUID AND (t15.organisation = $1::UUID AND t15.registreret_til = 9223372036854775807 AND t15.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t15.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)) AND NOT r2.fundet AND (EXISTS (SELECT 1
FROM enhed_sti AS t16
WHERE t16.organisation = $1::UUID AND t16.enhed = t2.enhed)))
 SELECT t3.uuid AS uuid, t3.bruger AS bruger, t3.enhed AS enhed, t3.funktionstype AS funktionstype, t3.titel AS titel, t3.brugervendt_noegle AS brugervendt_noegle, t3.start AS start, t3.slut AS slut, r2.niveau AS niveau
FROM r2, medlemskab AS t3, bruger AS t4
WHERE r2.fundet AND t3.enhed = r2.uuid AND (t3.organisation = $1::UUID AND t3.registreret_til = 9223372036854775807 AND t3.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t3.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t3.funktionstype = $3::UUID AND t4.uuid = t3.bruger AND (t4.organisation = $1::UUID AND t4.registreret_til = 9223372036854775807 AND t4.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t4.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t4.status = 'AKTIV' ORDER BY coalesce(t3.start, '-infinity'::timestamptz), t3.uuid, t3.bruger NULLS FIRST
 LIMIT 1) AS r3 ON true
WHERE t2.bruger = t1.uuid AND (t2.organisation = $1::UUID AND t2.registreret_til = 9223372036854775807 AND t2.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t2.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t2.funktionstype IN ($4::UUID, $5::UUID) ORDER BY r3.bruger, coalesce(t2.start, '-infinity'::timestamptz), t2.uuid) AS r4, bruger AS t17
WHERE t17.uuid = r4.bruger AND (t17.organisation = $1::UUID AND t17.registreret_til = 9223372036854775807 AND t17.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t17.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) ORDER BY r4.foerst, r4.saa
 LIMIT 2001) AS r5))) || (('],"lederkaede":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x047\x02' ELSE '' END || coalesce(string_agg(r9.j, ','), '') AS anon_5
FROM (SELECT coalesce((('{"bruger":{"brugernavn":' || coalesce(CAST(to_json(t28.brugernavn) AS TEXT), E'\x014\x02' || CAST(to_json(coalesce(t28.brugervendt_noegle, CAST(t28.uuid AS TEXT))) AS TEXT))) || ('},"fraEnhed":' || (SELECT ('{"enhedsnavn":' || coalesce(CAST(to_json(t29.enhedsnavn) AS TEXT), E'\x015\x02' || CAST(to_json(coalesce(t29.brugervendt_noegle, CAST(t29.uuid AS TEXT))) AS TEXT))) || '}' AS anon_6
FROM organisation_enhed AS t29
WHERE t29.uuid = r8.enhed AND (t29.organisation = $1::UUID AND t29.registreret_til = 9223372036854775807 AND t29.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t29.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)))) || '}', E'\x036\x02') AS j
FROM (WITH RECURSIVE r6(uuid, overordnet, niveau) AS
(SELECT t22.uuid AS uuid, t22.overordnet AS overordnet, 0 AS niveau
FROM organisation_enhed AS t22
WHERE t22.uuid = (SELECT t20.enhed
FROM medlemskab AS t20
WHERE t20.bruger = t1.uuid AND (t20.organisation = $1::UUID AND t20.registreret_til = 9223372036854775807 AND t20.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t20.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t20.funktionstype IN ($4::UUID, $5::UUID) ORDER BY coalesce(t20.start, '-infinity'::timestamptz), t20.uuid, t20.bruger NULLS FIRST
 LIMIT 1) AND (t22.organisation = $1::UUID AND t22.registreret_til = 9223372036854775807 AND t22.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t22.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) UNION ALL SELECT t23.uuid AS uuid, t23.overordnet AS overordnet, r6.niveau + 1 AS anon_7
FROM organisation_enhed AS t23, r6
WHERE t23.uuid = r6.overordnet AND (t23.organisation = $1::UUID AND t23.registreret_til = 9223372036854775807 AND t23.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t23.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND r6.niveau < 50 AND r6.uuid != (SELECT t24.overordnet
FROM organisation AS t24
WHERE t24.uuid = $1::UUID AND (t24.organisation = $1::UUID AND t24.registreret_til = 9223372036854775807 AND t24.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t24.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)) AND (EXISTS (SELECT 1
FROM enhed_sti AS t25
WHERE t25.organisation = $1::UUID AND t25.enhed = (SELECT t21.enhed
FROM medlemskab AS t21
WHERE t21.bruger = t1.uuid AND (t21.organisation = $1::UUID AND t21.registreret_til = 9223372036854775807 AND t21.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t21.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t21.funktionstype IN ($4::UUID, $5::UUID) ORDER BY coalesce(t21.start, '-infinity'::timestamptz), t21.uuid, t21.bruger NULLS FIRST
 LIMIT 1))))
 SELECT DISTINCT ON (r7.bruger) r7.uuid AS uuid, r7.bruger AS bruger, r7.enhed AS enhed, r7.funktionstype AS funktionstype, r7.titel AS titel, r7.brugervendt_noegle AS brugervendt_noegle, r7.start AS start, r7.slut AS slut, r7.niveau AS niveau, r6.niveau AS foerst, r6.uuid AS saa
FROM r6 JOIN LATERAL (SELECT t18.uuid AS uuid, t18.bruger AS bruger, t18.enhed AS enhed, t18.funktionstype AS funktionstype, t18.titel AS titel, t18.brugervendt_noegle AS brugervendt_noegle, t18.start AS start, t18.slut AS slut, r6.niveau AS niveau
FROM medlemskab AS t18, bruger AS t19
WHERE t18.enhed = r6.uuid AND (t18.organisation = $1::UUID AND t18.registreret_til = 9223372036854775807 AND t18.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t18.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t18.funktionstype = $3::UUID AND t19.uuid = t18.bruger AND (t19.organisation = $1::UUID AND t19.registreret_til = 9223372036854775807 AND t19.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t19.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t19.status = 'AKTIV' AND NOT (EXISTS (SELECT 1
FROM medlemskab AS t26, bruger AS t27
WHERE t26.enhed = r6.uuid AND (t26.organisation = $1::UUID AND t26.registreret_til = 9223372036854775807 AND t26.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t26.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t26.funktionstype = $3::UUID AND t27.uuid = t26.bruger AND (t27.organisation = $1::UUID AND t27.registreret_til = 9223372036854775807 AND t27.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t27.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t27.status = 'AKTIV' AND t26.bruger = t1.uuid)) ORDER BY coalesce(t18.start, '-infinity'::timestamptz), t18.uuid, t18.bruger NULLS FIRST
 LIMIT 1) AS r7 ON true ORDER BY r7.bruger, r6.niveau, r6.uuid) AS r8, bruger AS t28
WHERE t28.uuid = r8.bruger AND (t28.organisation = $1::UUID AND t28.registreret_til = 9223372036854775807 AND t28.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t28.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) ORDER BY r8.foerst, r8.saa
 LIMIT 2001) AS r9)) || ('],"enhedsstier":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x0410\x02' ELSE '' END || coalesce(string_agg(r12.j, ','), '') AS anon_8
FROM (SELECT (('{"medlemskab":{"medlemskabRolleTitel":' || coalesce(CAST(to_json(t30.titel) AS TEXT), 'null')) || ('},"sti":[' || (SELECT CASE WHEN (count(*) > 2000) THEN E'\x049\x02' ELSE '' END || coalesce(string_agg(r11.j, ','), '') AS anon_9
FROM (WITH RECURSIVE r10(uuid, brugervendt_noegle, enhedsnavn, sortering, status, status_fra, status_til, overordnet, tilhoerer, enhedstype, niveau) AS
(SELECT t31.uuid AS uuid, t31.brugervendt_noegle AS brugervendt_noegle, t31.enhedsnavn AS enhedsnavn, t31.sortering AS sortering, t31.status AS status, t31.status_fra AS status_fra, t31.status_til AS status_til, t31.overordnet AS overordnet, t31.tilhoerer AS tilhoerer, t31.enhedstype AS enhedstype, 0 AS niveau
FROM organisation_enhed AS t31
WHERE t31.uuid = t30.enhed AND (t31.organisation = $1::UUID AND t31.registreret_til = 9223372036854775807 AND t31.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t31.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t31.tilhoerer = $1::UUID UNION ALL SELECT t32.uuid AS uuid, t32.brugervendt_noegle AS brugervendt_noegle, t32.enhedsnavn AS enhedsnavn, t32.sortering AS sortering, t32.status AS status, t32.status_fra AS status_fra, t32.status_til AS status_til, t32.overordnet AS overordnet, t32.tilhoerer AS tilhoerer, t32.enhedstype AS enhedstype, r10.niveau + 1 AS anon_10
FROM organisation_enhed AS t32, r10
WHERE t32.uuid = r10.overordnet AND (t32.organisation = $1::UUID AND t32.registreret_til = 9223372036854775807 AND t32.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t32.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND r10.niveau < 50 AND r10.uuid != (SELECT t33.overordnet
FROM organisation AS t33
WHERE t33.uuid = $1::UUID AND (t33.organisation = $1::UUID AND t33.registreret_til = 9223372036854775807 AND t33.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t33.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)) AND t32.tilhoerer = $1::UUID)
 SELECT ('{"enhedsnavn":' || coalesce(CAST(to_json(r10.enhedsnavn) AS TEXT), E'\x018\x02' || CAST(to_json(coalesce(r10.brugervendt_noegle, CAST(r10.uuid AS TEXT))) AS TEXT))) || '}' AS j
FROM r10
WHERE EXISTS (SELECT 1
FROM enhed_sti AS t34
WHERE t34.organisation = $1::UUID AND t34.enhed = t30.enhed) ORDER BY r10.niveau DESC
 LIMIT 2001) AS r11))) || ']}' AS j
FROM medlemskab AS t30
WHERE t30.bruger = t1.uuid AND (t30.organisation = $1::UUID AND t30.registreret_til = 9223372036854775807 AND t30.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t30.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t30.funktionstype IN ($4::UUID, $5::UUID) ORDER BY coalesce(t30.start, '-infinity'::timestamptz), t30.uuid, t30.bruger NULLS FIRST
 LIMIT 2001) AS r12)))) || (('],"medarbejdere":' || (SELECT ('{"edges":[' || coalesce(string_agg(r15.j0, ',') FILTER (WHERE r15.n <= $6::INTEGER), '')) || ']}' AS anon_11
FROM (SELECT row_number() OVER (ORDER BY t35.sortering || '', t35.uuid) AS n, ('1' || CAST(t35.uuid AS TEXT)) || (t35.sortering || '') AS c, ('{"node":{"brugernavn":' || coalesce(CAST(to_json(t35.brugernavn) AS TEXT), E'\x0111\x02' || CAST(to_json(coalesce(t35.brugervendt_noegle, CAST(t35.uuid AS TEXT))) AS TEXT))) || '}}' AS j0
FROM bruger AS t35
WHERE t35.uuid IN (WITH RECURSIVE r13(rod, uuid, kraever, niveau, i_traeet) AS
(SELECT t36.uuid AS rod, t36.uuid AS uuid, CAST(NULL AS UUID) AS kraever, 0 AS niveau, EXISTS (SELECT 1
FROM enhed_sti AS t39
WHERE t39.organisation = $1::UUID AND t39.enhed = t36.uuid) AS i_traeet
FROM organisation_enhed AS t36
WHERE t36.uuid IN (SELECT t37.enhed
FROM medlemskab AS t37
WHERE (t37.organisation = $1::UUID AND t37.registreret_til = 9223372036854775807 AND t37.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t37.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t37.bruger = t1.uuid AND t37.funktionstype = $3::UUID) AND (t36.organisation = $1::UUID AND t36.registreret_til = 9223372036854775807 AND t36.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t36.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND (SELECT t40.bruger
FROM medlemskab AS t40, bruger AS t41
WHERE t40.enhed = t36.uuid AND (t40.organisation = $1::UUID AND t40.registreret_til = 9223372036854775807 AND t40.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t40.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t40.funktionstype = $3::UUID AND t41.uuid = t40.bruger AND (t41.organisation = $1::UUID AND t41.registreret_til = 9223372036854775807 AND t41.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t41.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t41.status = 'AKTIV' ORDER BY coalesce(t40.start, '-infinity'::timestamptz), t40.uuid, t40.bruger NULLS FIRST
 LIMIT 1) = t1.uuid UNION ALL SELECT r13.rod AS rod, t38.uuid AS uuid, coalesce(r14.bruger, r13.kraever) AS coalesce_1, r13.niveau + 1 AS anon_12, r13.i_traeet AS i_traeet
FROM r13 JOIN organisation_enhed AS t38 ON true LEFT OUTER JOIN LATERAL (SELECT DISTINCT t42.bruger AS bruger
FROM medlemskab AS t42, bruger AS t43
WHERE t42.enhed = t38.uuid AND (t42.organisation = $1::UUID AND t42.registreret_til = 9223372036854775807 AND t42.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t42.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t42.funktionstype = $3::UUID AND t43.uuid = t42.bruger AND (t43.organisation = $1::UUID AND t43.registreret_til = 9223372036854775807 AND t43.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t43.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t43.status = 'AKTIV') AS r14 ON true
WHERE r13.i_traeet AND t38.overordnet = r13.uuid AND (t38.organisation = $1::UUID AND t38.registreret_til = 9223372036854775807 AND t38.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t38.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND r13.niveau < 50 AND t38.tilhoerer = $1::UUID AND t38.uuid != (SELECT t44.overordnet
FROM organisation AS t44
WHERE t44.uuid = $1::UUID AND (t44.organisation = $1::UUID AND t44.registreret_til = 9223372036854775807 AND t44.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t44.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)) AND (r14.bruger IS NULL OR r13.kraever IS NULL OR r14.bruger = r13.kraever))
 SELECT t45.bruger
FROM r13 JOIN medlemskab AS t45 ON t45.enhed = r13.uuid
WHERE (t45.organisation = $1::UUID AND t45.registreret_til = 9223372036854775807 AND t45.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t45.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t45.funktionstype IN ($4::UUID, $5::UUID) AND (r13.kraever IS NULL OR t45.bruger = r13.kraever) AND NOT (EXISTS (SELECT 1
FROM medlemskab AS t46, bruger AS t47
WHERE t46.enhed = r13.rod AND (t46.organisation = $1::UUID AND t46.registreret_til = 9223372036854775807 AND t46.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t46.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t46.funktionstype = $3::UUID AND t47.uuid = t46.bruger AND (t47.organisation = $1::UUID AND t47.registreret_til = 9223372036854775807 AND t47.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t47.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND t47.status = 'AKTIV' AND t46.bruger = t45.bruger))) AND t35.uuid != t1.uuid AND (t35.organisation = $1::UUID AND t35.registreret_til = 9223372036854775807 AND t35.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t35.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE) AND (t35.sortering || '', t35.uuid) > ($7::VARCHAR, $8::UUID) ORDER BY t35.sortering || '', t35.uuid
 LIMIT $6::INTEGER + 1) AS r15
HAVING true)) || '}') AS anon_1
FROM bruger AS t1
WHERE t1.uuid = anon_13.uuid AND (t1.organisation = $1::UUID AND t1.registreret_til = 9223372036854775807 AND t1.virkning_til > $2::TIMESTAMP WITH TIME ZONE AND t1.virkning_fra <= $2::TIMESTAMP WITH TIME ZONE)), (E'\x0112:' || CAST(anon_13.nr AS TEXT)) || E'\x02null'), ',') AS string_agg_1
FROM unnest($9::UUID[]) WITH ORDINALITY AS anon_13(uuid, nr)) AS TEXT), '')) || ']}', 'UTF8') AS svar, pg_snapshot_xmin(pg_current_snapshot()) AS horisont
