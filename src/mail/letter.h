#pragma once
/*
 * letter: an e-mail as bytes for a server: RFC 5322 and MIME, written by GMime.
 *
 * Whatever people wrote may stand in it: names, subject and names of files are made one line and encoded, so that no
 * text becomes another header. Addresses are checked, because they go to the server as they are.
 */
#include "base/error.h"

enum { MW_ADDRESS_MAX = 254 /* bytes; RFC 5321 */ };

typedef struct {
    char *name; /* of the person; NULL: none */
    char *address;
} MwMailbox;

typedef struct {
    char *name, *type; /* "offer.pdf", "application/pdf" */
    GBytes *bytes;
} MwEnclosure;

/* All owned. */
typedef struct {
    MwMailbox from, reply_to; /* reply_to.address may be NULL */
    GArray *to;               /* of MwMailbox                                              */
    char *subject, *text;
    char *id;              /* of the message, "left@right"                               */
    int64_t at;            /* an instant                                                 */
    bool automatic;        /* written by the program: nobody's out-of-office note answers */
    GPtrArray *enclosures; /* of MwEnclosure */
} MwLetter;

MwLetter *mw_letter_new(void);
void mw_letter_free(MwLetter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwLetter, mw_letter_free)
void mw_letter_to(MwLetter *letter, const char *name, const char *address); /* copied */
/* Takes the bytes. */
void mw_letter_enclose(MwLetter *letter, const char *name, const char *type, GBytes *bytes);
/* The whole message with CR LF; the caller unrefs. */
GBytes *mw_letter_write(const MwLetter *letter);

/* Whether a text is an address that may be given to a server: ASCII, one "@", no blanks, brackets, quotes or control
 * characters. */
bool mw_mailbox_is_address(const char *text);
/* "Wang Fang <wang@example.com>" or the address alone; false, and nothing set, for anything else. The caller frees both
 * members. */
bool mw_mailbox_parse(const char *text, MwMailbox *mailbox);
/* The other way, for readers and mw_mailbox_parse(); the caller frees it. */
char *mw_mailbox_text(const char *name, const char *address);
void mw_mailbox_clear(MwMailbox *mailbox);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwMailbox, mw_mailbox_clear)
