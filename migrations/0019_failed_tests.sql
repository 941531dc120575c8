-- Up Migration

-- How long the last staging runs that passed took, the middle one of up to twenty, in milliseconds.
alter table changes add column staging_usual_ms double precision;

-- Which tests failed in an attempt of a staging run, so that the next result can say what is new. Attempts in which none
-- failed have no row.
create table failed_tests (
  change_id bigint not null references changes on delete cascade,
  -- Another push run of the same commit begins again with attempt 1.
  run_id bigint not null,
  attempt integer not null,
  -- How many tests ran, by its report.
  tests integer not null,
  -- The identity of each test that failed; null when they were too many.
  ids text[],
  -- The first of them, with their names: [{id, failure}].
  named jsonb not null,
  primary key (change_id, run_id, attempt)
);
