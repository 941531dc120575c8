-- Up Migration

-- The staging workflow's run number of its change, when it was asked for: the order of changes, which is not that in which they
-- became known.
alter table deployments add column run_number bigint;
update deployments d set run_number = c.run_number from changes c where c.id = d.change_id;

-- What deploys itself does not wait for the end of a pause any more: it ends, and is asked for anew.
update deployments set waits_for = null where waits_for = 'paused';
