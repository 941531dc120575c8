-- Up Migration

-- Whose card a message is.
create index cards_by_message on cards (channel, ts);
