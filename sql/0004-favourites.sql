-- When a user marked a record (not: NULL), in place of a flag. What was only marked and never opened has `at` 0.
ALTER TABLE visit ADD COLUMN marked_at BIGINT;
UPDATE visit SET marked_at = at WHERE favourite = 1;
ALTER TABLE visit DROP COLUMN favourite;
CREATE INDEX visit__marked ON visit (user_id, marked_at, entity, record) WHERE marked_at IS NOT NULL;
-- The purge and merges ask by it.
CREATE INDEX visit__record ON visit (record);

-- A user's own order of the views of an entity, and which of them he sees first. Views that it does not name follow by
-- their names.
CREATE TABLE view_place (
  user_id BIGINT NOT NULL,
  view BIGINT NOT NULL,
  entity TEXT NOT NULL,
  position BIGINT NOT NULL,
  initial BIGINT NOT NULL,
  PRIMARY KEY (user_id, view)
);
CREATE INDEX view_place__view ON view_place (view);

-- A record is in one group of likely twins, and is taken out of it by itself.
CREATE INDEX twin__record ON twin (record);
