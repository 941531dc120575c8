-- Until when nothing is posted in a channel, though its cards are updated: Slack's limits of both are different ones.
alter table channel_slots add column posts_rest_until timestamptz;
