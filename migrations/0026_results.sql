-- Up Migration

-- What else than the push run must be green before a change is deployed.
alter table changes
  -- The status of the push run alone, where more is required: staging_status is that of all. Null: nothing else is.
  add column run_status text constraint changes_run_status check (run_status in ('running', 'passed', 'failed')),
  -- The attempts that are known at what else is required.
  add column results jsonb,
  -- Since when those are waited for: when Pushbutton learned of the end of the push run.
  add column results_since timestamptz,
  -- What is required is not all green yet, and GitHub is asked from time to time.
  add column awaits boolean not null default false,
  -- The attempts for which a re-run was sent to GitHub, by RUN:ATTEMPT with the time: none is sent twice.
  add column reruns_sent jsonb;
create index changes_awaiting on changes (service, run_number desc) where awaits;

-- What was required of a service when a replica last started, so that a change of the config is noticed.
alter table services add column requires text;
