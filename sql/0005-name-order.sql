-- Names are listed by their pinyin: `millwright migrate` adds the column name_order where a title is a name, and fills it
-- in steps (record/refill.h). This number makes sure that it is run before an older database is opened.
UPDATE meta SET value = value WHERE key = 'level';
