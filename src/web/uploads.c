#include "web/uploads.h"

#include "base/i18n.h"

/* One user who sends something. */
typedef struct {
    unsigned site, forms, bodies;
    int64_t user;
    size_t bytes;
} Sender;

struct MwUploads {
    size_t bytes_max; /* of one user */
    GMutex lock;      /* of the senders: a few, so that a list will do */
    GArray *senders;  /* of Sender */
};

MwUploads *
mw_uploads_new(size_t bytes_max)
{
    MwUploads *uploads = g_new0(MwUploads, 1);

    uploads->bytes_max = bytes_max;
    uploads->senders = g_array_new(false, true, sizeof(Sender));
    g_mutex_init(&uploads->lock);
    return uploads;
}

void
mw_uploads_free(MwUploads *uploads)
{
    if (!uploads)
        return;
    g_array_unref(uploads->senders);
    g_mutex_clear(&uploads->lock);
    g_free(uploads);
}

static Sender *
find(MwUploads *uploads, unsigned site, int64_t user)
{
    for (guint i = 0; i < uploads->senders->len; i++) {
        Sender *sender = &g_array_index(uploads->senders, Sender, i);
        if (sender->site == site && sender->user == user)
            return sender;
    }
    return NULL;
}

bool
mw_uploads_admit(MwUploads *uploads, unsigned site, int64_t user, bool form, size_t bytes,
                 GError **error)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&uploads->lock);
    const Sender none = { .site = site, .user = user };
    Sender *sender = find(uploads, site, user);

    if (sender && ((form && sender->forms >= MW_UPLOADS_AT_ONCE) ||
                   sender->bytes + bytes > uploads->bytes_max))
        return mw_fail(error, MW_ERROR_TOO_MANY,
                       _("You are sending too much at the same time; wait until it is there."));
    if (!sender) {
        g_array_append_val(uploads->senders, none);
        sender = find(uploads, site, user);
    }
    sender->bodies++;
    sender->forms += form;
    sender->bytes += bytes;
    return true;
}

void
mw_uploads_release(MwUploads *uploads, unsigned site, int64_t user, bool form, size_t bytes)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&uploads->lock);
    Sender *sender = find(uploads, site, user);

    sender->forms -= form;
    sender->bytes -= bytes;
    if (--sender->bodies == 0)
        g_array_remove_index_fast(uploads->senders,
                                  (guint)(sender - (Sender *)uploads->senders->data));
}
