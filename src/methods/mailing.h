#pragma once
/*
 * mailing: an e-mail to people of a record. It is an activity of type mail, with its state of delivery, and goes through
 * the outbox (record/outbox.h).
 *
 * Who may change a record may write to its people as far as he may see them. It goes to all of them or to none.
 */
#include "record/outbox.h"
#include "record/service.h"

enum {
    MW_MAILING_PEOPLE_MAX = 50,
    MW_MAILING_FILES_MAX = 20,
    MW_MAILING_BYTES_MAX =
        20 << 20, /* of all files; servers take some 25 MB, and base64 adds a third */
};

/* Whether activities are about records of an entity, so that people of them can be written to. */
bool mw_mailing_suits(const MwCatalog *catalog, const MwEntity *entity);

/* Whom one can write to: a contact, or with 0 the record at its own address. */
typedef struct {
    int64_t contact;
    char *name, *address;
} MwAddressee;

/* Those of a record that the actor sees with their address, the record itself first, people by name; at most
 * MW_MAILING_PEOPLE_MAX. An array of MwAddressee. `only` (int64_t, contacts or 0): just these; NULL: all. */
GPtrArray *mw_mailing_people(const MwContext *context, const MwRecord *record, const GArray *only,
                             GError **error);

typedef struct {
    const GArray *to;    /* of int64_t: contacts, or 0 for the record itself                    */
    const GArray *files; /* of int64_t: files of the record that go along; NULL: none           */
    size_t upload_bytes; /* of files that the caller adds to the activity in this transaction   */
} MwMailingAsk;

/* `input`: of the activity, its subject and text. The activity as it was made, NULL on an error; with problems (of `to`, `files`,
 * or fields of the activity) nothing was written. */
MwRecord *mw_mailing_send(const MwContext *context, const MwRecord *record, MwInput *input,
                          const MwMailingAsk *ask, MwProblems *problems, GError **error);
/* Sends again what has failed, to the same people at the addresses that they have now; MW_ERROR_NOT_FOUND when it has not. By the mail, for administrators (the caller checks); by its
 * activity, for who may change that. */
bool mw_mailing_retry(const MwContext *context, int64_t mail, GError **error);
bool mw_mailing_again(const MwContext *context, int64_t activity, GError **error);
/* Keeps with its activity what became of a letter, and tells the sender when it failed. */
bool mw_mailing_settled(const MwContext *context, const MwMail *mail, MwMailEnd end,
                        const char *reason, GError **error);
