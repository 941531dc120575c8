-- Up Migration

-- Services with `paths`. A change that touches none of them, or of which that is not known yet, stands aside: it has no card
-- and is not the newest that passed. null: it counts, as every change of a service without paths.
alter table changes add column aside text constraint aside_for_a_reason check (aside in ('not known', 'touches nothing'));
create index changes_that_count on changes (service, run_number desc) where staging_status = 'passed' and aside is null;
create index changes_undecided on changes (id) where aside = 'not known';
create index changes_aside on changes (service, run_number) where aside is not null;

-- Whether a commit touches a list of patterns, of which `paths` is the digest. It never changes.
create table commit_paths (
  repository text not null,
  sha text not null,
  paths text not null,
  touches boolean not null,
  primary key (repository, paths, sha)
);
