-- What an import remembers of its file, besides its import_run.

-- How far it is: rows up to `done` are looked at for good. `turn` grows with whoever goes on with it, so that
-- one who is not dead after all notices.
CREATE TABLE import_state (
  run BIGINT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  turn BIGINT NOT NULL,
  done BIGINT NOT NULL,
  counts TEXT NOT NULL
);
CREATE INDEX import_state__fingerprint ON import_state (fingerprint);

-- Rows that were not taken in. `raw` begins with "=" (text as it stands) or "%" (base64).
CREATE TABLE import_reject (
  run BIGINT NOT NULL,
  line BIGINT NOT NULL,
  reason TEXT NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (run, line)
--@sqlite
) WITHOUT ROWID;
--@postgresql
);
--@all

-- What it has made and changed, for undoing it. `history`: the row of the history that tells of a change.
CREATE TABLE import_item (
  run BIGINT NOT NULL,
  position BIGINT NOT NULL,
  record BIGINT NOT NULL,
  entity TEXT NOT NULL,
  action TEXT NOT NULL,
  history BIGINT NOT NULL,
  PRIMARY KEY (run, position)
--@sqlite
) WITHOUT ROWID;
--@postgresql
);
--@all
