-- SQLite's index of words brings its pieces together when there are eight of a size, not four. At four, the commit that had to
-- do so took some 30 ms, four times a second while eight people write.
--@sqlite
INSERT INTO search (search, rank) VALUES ('automerge', 8);
