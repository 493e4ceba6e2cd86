-- What PostGraphile is asked over, filled from the read model as it is now.
-- `tabeller`: its strongest form. Plain current-state tables, each row once, with foreign keys and full indexes. `nr` is
-- the order of the answers, so that neither of the two has to sort.
-- `visninger`: views on the product's own tables, as one would put PostGraphile on them.
-- Smart comments give the names of orgraf's schema. Placeholder: {organisation}.

drop schema if exists tabeller, visninger cascade;
create schema tabeller;
create schema visninger;
set timezone = 'UTC';

create view visninger.enhed as
select uuid, coalesce(enhedsnavn, brugervendt_noegle, uuid::text) as enhedsnavn, overordnet as overordnet_uuid
  from organisation_enhed x
 where organisation = '{organisation}' and registreret_til = 9223372036854775807
   and virkning_til > now() and virkning_fra <= now() and status = 'AKTIV' and tilhoerer = organisation;

create view visninger.bruger as
select uuid, coalesce(brugernavn, brugervendt_noegle, uuid::text) as brugernavn, person as person_uuid, sortering
  from bruger x
 where organisation = '{organisation}' and registreret_til = 9223372036854775807
   and virkning_til > now() and virkning_fra <= now() and status = 'AKTIV' and tilhoerer = organisation;

create view visninger.person as
select uuid, navn from person x
 where organisation = '{organisation}' and registreret_til = 9223372036854775807
   and virkning_til > now() and virkning_fra <= now();

create view visninger.medlemskab as
select uuid, bruger as bruger_uuid, enhed as enhed_uuid, funktionstype as funktions_type_uuid,
       to_char(start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as start, to_char(slut, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as slut
  from medlemskab x
 where organisation = '{organisation}' and registreret_til = 9223372036854775807
   and virkning_til > now() and virkning_fra <= now();

create view visninger.leder as
select m.uuid, m.bruger as bruger_uuid, m.enhed as enhed_uuid from medlemskab m join bruger b on b.uuid = m.bruger
 where m.organisation = '{organisation}' and m.registreret_til = 9223372036854775807
   and m.virkning_til > now() and m.virkning_fra <= now() and m.funktionstype = '{lederrolle}'
   and b.organisation = '{organisation}' and b.registreret_til = 9223372036854775807
   and b.virkning_til > now() and b.virkning_fra <= now() and b.status = 'AKTIV';

create view visninger.adresse as
select a.uuid, case when x.ejertype = 'ORGANISATION_ENHED' then x.ejer end as enhed_uuid,
       case when x.ejertype = 'BRUGER' then x.ejer end as bruger_uuid,
       coalesce(a.adressetekst, a.brugervendt_noegle, a.uuid::text) as adresse_tekst, x.rolle
  from adressering x join adresse a on a.uuid = x.adresse
 where x.organisation = '{organisation}' and x.registreret_til = 9223372036854775807
   and x.virkning_til > now() and x.virkning_fra <= now()
   and a.organisation = '{organisation}' and a.registreret_til = 9223372036854775807
   and a.virkning_til > now() and a.virkning_fra <= now();

create table tabeller.enhed as
select row_number() over (order by x.sortering, x.uuid)::int as nr, v.*
  from visninger.enhed v join organisation_enhed x
    on x.uuid = v.uuid and x.registreret_til = 9223372036854775807 and x.virkning_til > now() and x.virkning_fra <= now()
 order by 1;
create table tabeller.person as select * from visninger.person;
create table tabeller.bruger as
select row_number() over (order by x.sortering, x.uuid)::int as nr, v.uuid, v.brugernavn, p.uuid as person_uuid
  from visninger.bruger v join bruger x
    on x.uuid = v.uuid and x.registreret_til = 9223372036854775807 and x.virkning_til > now() and x.virkning_fra <= now()
  left join tabeller.person p on p.uuid = v.person_uuid
 order by 1;
create table tabeller.medlemskab as
select row_number() over (order by start nulls first, v.uuid, v.bruger_uuid)::int as nr, v.uuid, b.uuid as bruger_uuid,
       e.uuid as enhed_uuid, v.funktions_type_uuid, v.start, v.slut
  from visninger.medlemskab v left join tabeller.bruger b on b.uuid = v.bruger_uuid
  left join tabeller.enhed e on e.uuid = v.enhed_uuid
 order by 1;
create table tabeller.leder as
select row_number() over (order by m.start nulls first, v.uuid, v.bruger_uuid)::int as nr, v.*
  from visninger.leder v join visninger.medlemskab m on m.uuid = v.uuid and m.bruger_uuid = v.bruger_uuid
  join tabeller.bruger b on b.uuid = v.bruger_uuid join tabeller.enhed e on e.uuid = v.enhed_uuid
 order by 1;
create table tabeller.adresse as
select row_number() over (order by x.indeks, x.adresse, x.rolle, x.type)::int as nr, a.uuid, e.uuid as enhed_uuid,
       b.uuid as bruger_uuid, coalesce(a.adressetekst, a.brugervendt_noegle, a.uuid::text) as adresse_tekst, x.rolle
  from adressering x join adresse a on a.uuid = x.adresse
  left join tabeller.enhed e on e.uuid = x.ejer and x.ejertype = 'ORGANISATION_ENHED'
  left join tabeller.bruger b on b.uuid = x.ejer and x.ejertype = 'BRUGER'
 where x.organisation = '{organisation}' and x.registreret_til = 9223372036854775807
   and x.virkning_til > now() and x.virkning_fra <= now()
   and a.organisation = '{organisation}' and a.registreret_til = 9223372036854775807
   and a.virkning_til > now() and a.virkning_fra <= now()
 order by 1;

alter table tabeller.enhed add primary key (nr), add constraint enhed_uuid unique (uuid);
alter table tabeller.bruger add primary key (nr), add constraint bruger_uuid unique (uuid);
alter table tabeller.person add primary key (uuid);
alter table tabeller.medlemskab add primary key (nr);
alter table tabeller.leder add primary key (nr);
alter table tabeller.adresse add primary key (nr);
create index on tabeller.enhed (overordnet_uuid, nr);
create index on tabeller.bruger (person_uuid);
create index on tabeller.medlemskab (bruger_uuid, nr);
create index on tabeller.medlemskab (enhed_uuid, nr);
create index on tabeller.leder (bruger_uuid);
create index on tabeller.leder (enhed_uuid, nr);
create index on tabeller.adresse (bruger_uuid, nr);
create index on tabeller.adresse (enhed_uuid, nr);
update tabeller.enhed e set overordnet_uuid = null
 where not exists (select 1 from tabeller.enhed o where o.uuid = e.overordnet_uuid);
alter table tabeller.enhed add constraint overordnet foreign key (overordnet_uuid) references tabeller.enhed (uuid);
alter table tabeller.bruger add constraint person foreign key (person_uuid) references tabeller.person (uuid);
alter table tabeller.medlemskab add constraint bruger foreign key (bruger_uuid) references tabeller.bruger (uuid);
alter table tabeller.medlemskab add constraint enhed foreign key (enhed_uuid) references tabeller.enhed (uuid);
alter table tabeller.leder add constraint bruger foreign key (bruger_uuid) references tabeller.bruger (uuid);
alter table tabeller.leder add constraint enhed foreign key (enhed_uuid) references tabeller.enhed (uuid);
alter table tabeller.adresse add constraint bruger foreign key (bruger_uuid) references tabeller.bruger (uuid);
alter table tabeller.adresse add constraint enhed foreign key (enhed_uuid) references tabeller.enhed (uuid);

comment on constraint overordnet on tabeller.enhed is
  E'@fieldName overordnetEnhed\n@foreignSimpleFieldName underliggendeEnheder\n@foreignFieldName enhederUnder';
comment on constraint person on tabeller.bruger is
  E'@fieldName person\n@foreignSimpleFieldName brugere\n@foreignFieldName brugereAf';
comment on constraint bruger on tabeller.medlemskab is
  E'@fieldName bruger\n@foreignSimpleFieldName harMedlemskab\n@foreignFieldName medlemskaberAf';
comment on constraint enhed on tabeller.medlemskab is
  E'@fieldName medlemAf\n@foreignSimpleFieldName medlemskaber\n@foreignFieldName medlemskaberI';
comment on constraint bruger on tabeller.leder is
  E'@fieldName bruger\n@foreignSimpleFieldName lederAf\n@foreignFieldName lederposter';
comment on constraint enhed on tabeller.leder is
  E'@fieldName enhed\n@foreignSimpleFieldName ledere\n@foreignFieldName ledereI';
comment on constraint bruger on tabeller.adresse is
  E'@fieldName bruger\n@foreignSimpleFieldName adresser\n@foreignFieldName adresserAf';
comment on constraint enhed on tabeller.adresse is
  E'@fieldName enhed\n@foreignSimpleFieldName adresser\n@foreignFieldName adresserI';

comment on view visninger.enhed is E'@primaryKey uuid\n@foreignKey (overordnet_uuid) references enhed (uuid)|@fieldName overordnetEnhed|@foreignSimpleFieldName underliggendeEnheder|@foreignFieldName enhederUnder';
comment on view visninger.person is E'@primaryKey uuid';
comment on view visninger.bruger is E'@primaryKey uuid\n@foreignKey (person_uuid) references person (uuid)|@fieldName person|@foreignSimpleFieldName brugere|@foreignFieldName brugereAf';
comment on column visninger.bruger.sortering is E'@behavior +orderBy';
comment on view visninger.medlemskab is E'@foreignKey (bruger_uuid) references bruger (uuid)|@fieldName bruger|@foreignSimpleFieldName harMedlemskab|@foreignFieldName medlemskaberAf\n@foreignKey (enhed_uuid) references enhed (uuid)|@fieldName medlemAf|@foreignSimpleFieldName medlemskaber|@foreignFieldName medlemskaberI';
comment on view visninger.leder is E'@foreignKey (bruger_uuid) references bruger (uuid)|@fieldName bruger|@foreignSimpleFieldName lederAf|@foreignFieldName lederposter\n@foreignKey (enhed_uuid) references enhed (uuid)|@fieldName enhed|@foreignSimpleFieldName ledere|@foreignFieldName ledereI';
comment on view visninger.adresse is E'@foreignKey (bruger_uuid) references bruger (uuid)|@fieldName bruger|@foreignSimpleFieldName adresser|@foreignFieldName adresserAf\n@foreignKey (enhed_uuid) references enhed (uuid)|@fieldName enhed|@foreignSimpleFieldName adresser|@foreignFieldName adresserI';
