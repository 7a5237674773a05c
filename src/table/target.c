#include "table/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"

struct MwTarget {
    MwTableSink sink; /* NULL: a file */
    void *sink_data;

    int fd;          /* -1: none    */
    bool keep_open;  /* fd is standard output */
    char *path;      /* of the finished file, or NULL when fd is written to directly */
    char *temporary; /* the file behind fd, or the spool of a sink; NULL: none       */
};

bool
mw_target_fail(GError **error, int cause)
{
    switch (cause) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return mw_fail(error, MW_ERROR_FULL, _("There is no space left to write the file."));
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("The file cannot be written: %s."),
                       g_strerror(cause));
    case EACCES:
    case EPERM:
    case EROFS:
        return mw_fail(error, MW_ERROR_DENIED, _("The file cannot be written: %s."),
                       g_strerror(cause));
    default:
        return mw_fail(error, MW_ERROR_UNAVAILABLE, _("The file cannot be written: %s."),
                       g_strerror(cause));
    }
}

/* Makes a new file beside `path`, with the mode that a new file gets. */
static bool
make_temporary(MwTarget *target, const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path), *name = g_path_get_basename(path);

    for (int attempt = 0; attempt < 100; attempt++) {
        g_autofree char *temporary =
            g_strdup_printf("%s/.%.200s.%08x.part", folder, name, g_random_int());
        target->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (target->fd >= 0) {
            target->temporary = g_steal_pointer(&temporary);
            return true;
        }
        if (errno != EEXIST)
            break;
    }
    return mw_target_fail(error, errno);
}

MwTarget *
mw_target_of_path(const char *path, GError **error)
{
    g_autoptr(MwTarget) target = g_new0(MwTarget, 1);
    struct stat status;

    target->fd = -1;
    if (g_str_equal(path, "-")) {
        target->fd = STDOUT_FILENO;
        target->keep_open = true;
        return g_steal_pointer(&target);
    }
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        target->fd = open(path, O_WRONLY | O_CLOEXEC);
        if (target->fd >= 0)
            return g_steal_pointer(&target);
        mw_target_fail(error, errno);
        return NULL;
    }
    char *real = realpath(path, NULL); /* a link stays a link */
    target->path = g_strdup(real ? real : path);
    free(real);
    return make_temporary(target, target->path, error) ? g_steal_pointer(&target) : NULL;
}

MwTarget *
mw_target_of_sink(MwTableSink sink, void *data)
{
    MwTarget *target = g_new0(MwTarget, 1);

    target->fd = -1;
    target->sink = sink;
    target->sink_data = data;
    return target;
}

void
mw_target_free(MwTarget *target)
{
    if (!target)
        return;
    if (target->fd >= 0 && !target->keep_open)
        close(target->fd);
    if (target->temporary)
        unlink(target->temporary);
    g_free(target->temporary);
    g_free(target->path);
    g_free(target);
}

static bool
write_fd(int fd, const char *bytes, size_t size, GError **error)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mw_target_fail(error, errno);
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

bool
mw_target_write(MwTarget *target, const void *bytes, size_t size, GError **error)
{
    if (target->sink)
        return target->sink(bytes, size, target->sink_data, error);
    return write_fd(target->fd, bytes, size, error);
}

const char *
mw_target_file(MwTarget *target, GError **error)
{
    if (!target->temporary) {
        int fd = g_file_open_tmp("millwright-XXXXXX.part", &target->temporary, NULL);
        if (fd < 0) {
            mw_target_fail(error, errno);
            return NULL;
        }
        close(fd);
    }
    return target->temporary;
}

/* Sends the file made by mw_target_file() where it was wanted. */
static bool
send_spool(MwTarget *target, GError **error)
{
    enum { CHUNK_BYTES = 64 * 1024 };
    g_autofree char *chunk = g_malloc(CHUNK_BYTES);
    FILE *spool = fopen(target->temporary, "rbe");
    if (!spool)
        return mw_target_fail(error, errno);

    bool sent = true;
    for (size_t n; sent && (n = fread(chunk, 1, CHUNK_BYTES, spool)) > 0;)
        sent = mw_target_write(target, chunk, n, error);
    if (sent && ferror(spool))
        sent = mw_target_fail(error, EIO);
    fclose(spool);
    return sent;
}

bool
mw_target_commit(MwTarget *target, GError **error)
{
    if (!target->path)
        return !target->temporary || send_spool(target, error);

    /* The file may have been written under its name, by another descriptor; one fsync does. */
    if (fsync(target->fd) != 0)
        return mw_target_fail(error, errno);
    int fd = target->fd;
    target->fd = -1;
    if (close(fd) != 0 || rename(target->temporary, target->path) != 0)
        return mw_target_fail(error, errno);
    g_clear_pointer(&target->temporary, g_free);
    return true;
}
