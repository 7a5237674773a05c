-- What a change to many records has done, for undoing it: an import, a bulk change, a merge. `action`: create, update,
-- remove, restore, point (a link was moved), waiting, skipped, same.
ALTER TABLE import_item RENAME TO change_item;

-- Records that were merged into another one.
CREATE TABLE merged (
  record BIGINT PRIMARY KEY,
  survivor BIGINT NOT NULL,
  run BIGINT NOT NULL
);

-- Likely twins, as the last search through all records of an entity has found them. `reasons`: bits.
CREATE TABLE twin (
  entity TEXT NOT NULL,
  score BIGINT NOT NULL,
  number BIGINT NOT NULL,
  record BIGINT NOT NULL,
  reasons BIGINT NOT NULL,
  PRIMARY KEY (entity, number, record)
--@sqlite
) WITHOUT ROWID;
--@postgresql
);
--@all
CREATE INDEX twin__score ON twin (entity, score, number);
-- Pairs that somebody has said are not twins; the smaller id first.
CREATE TABLE not_twin (
  first BIGINT NOT NULL,
  second BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (first, second)
--@sqlite
) WITHOUT ROWID;
--@postgresql
);
--@all
