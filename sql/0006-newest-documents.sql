-- Of words that very many documents have, PostgreSQL finds the newest by looking through the newest documents.
--@postgresql
CREATE INDEX search_doc__newest ON search_doc (entity, record);
