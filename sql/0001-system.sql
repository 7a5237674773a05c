-- The system's own tables. Entities are not here: their tables derive from the declarations.
-- A line "--@sqlite" or "--@postgresql" begins statements for that database alone, "--@all" ends them.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE counter (key TEXT PRIMARY KEY, value BIGINT NOT NULL);

-- Append-only. Each lane is a hash chain; a lane is held by one writer at a time.
CREATE TABLE history (
  id BIGINT PRIMARY KEY,
  lane BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor BIGINT,
  source TEXT NOT NULL,
  entity TEXT NOT NULL,
  record BIGINT NOT NULL,
  action TEXT NOT NULL,
  changes TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE UNIQUE INDEX history__lane ON history (lane, seq);
CREATE INDEX history__record ON history (record, id);
CREATE INDEX history__actor ON history (actor, id);
CREATE INDEX history__entity ON history (entity, id);
CREATE TABLE history_lane (lane BIGINT PRIMARY KEY, seq BIGINT NOT NULL, hash TEXT NOT NULL);
INSERT INTO history_lane (lane, seq, hash) VALUES (0, 0, '');
--@postgresql
INSERT INTO history_lane (lane, seq, hash) SELECT n, 0, '' FROM generate_series(1, 15) n;
--@all

-- Only hashes of the secrets are kept.
CREATE TABLE session (
  token TEXT PRIMARY KEY,
  user_id BIGINT NOT NULL,
  csrf TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);
CREATE INDEX session__user ON session (user_id);
CREATE INDEX session__expires ON session (expires_at);
CREATE TABLE login_failure (key TEXT PRIMARY KEY, failures BIGINT NOT NULL, until BIGINT NOT NULL);

CREATE TABLE idempotency (
  key TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  request TEXT NOT NULL,
  status BIGINT NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX idempotency__at ON idempotency (at);

-- Content of files, base64 in pieces, so that a backup has everything.
CREATE TABLE file_piece (
  file BIGINT NOT NULL,
  position BIGINT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (file, position)
);

-- What a user opened last, and what he marked.
CREATE TABLE visit (
  user_id BIGINT NOT NULL,
  entity TEXT NOT NULL,
  record BIGINT NOT NULL,
  at BIGINT NOT NULL,
  favourite BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, record)
);
CREATE INDEX visit__recent ON visit (user_id, at);

-- The full-text index: tokens as base/tokens.h makes them, divided by blanks.
CREATE TABLE search_doc (
  record BIGINT PRIMARY KEY,
  entity TEXT NOT NULL,
  title TEXT NOT NULL,
  tokens TEXT NOT NULL
);
--@sqlite
CREATE VIRTUAL TABLE search USING fts5(
  tokens, content='search_doc', content_rowid='record', detail='none', prefix='1 2',
  tokenize='ascii'
);
--@postgresql
CREATE INDEX search_doc__tokens ON search_doc USING gin (array_to_tsvector(string_to_array(tokens, ' ')));
--@all
