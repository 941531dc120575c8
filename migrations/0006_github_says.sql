-- Up Migration

-- queued and waits for GitHub: in what words GitHub refuses what the start rests on, and since when. Null: it gave no answer.
alter table deployments add column github_says text, add column refused_since timestamptz;
