#include "web/form.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "web/params.h"

/*
 * The body is "--boundary", then for each part a line end, headers, an empty line, content, a line end,
 * "--boundary"; then "--". Bytes that may begin a boundary wait in `held` until it is clear.
 */
typedef enum { PREAMBLE, AFTER_BOUNDARY, HEAD, CONTENT, EPILOGUE, FAULTY } State;

struct MwForm {
    MwArena *arena;
    State state;
    char *boundary; /* "\r\n--…" */
    size_t boundary_size;
    const char *folder;
    GString *held;                       /* not yet understood */
    GString *content;                    /* of a field */
    GArray *params;                      /* of MwParam */
    GArray *uploads;                     /* of MwUpload */
    const char *name, *file_name, *type; /* of the part */
    int file;                            /* -1: the part is a field */
    size_t file_size;
    unsigned parts;
    MwError fault;
};

/* ---- beginning and end -------------------------------------------------------------- */

/* The value of `name` in "…; name=value; other="quoted"", into the arena; NULL. */
static char *
attribute(MwArena *arena, const char *header, const char *name)
{
    const char *at = strchr(header, ';');
    size_t n = strlen(name);

    while (at) {
        at += 1 + strspn(at + 1, " \t");
        bool wanted = g_ascii_strncasecmp(at, name, n) == 0 && at[n] == '=';
        const char *value = strpbrk(at, "=;");
        if (!value || *value == ';') {
            at = value;
            continue;
        }
        value++;
        bool quoted = *value == '"';
        size_t size = quoted ? strcspn(value + 1, "\"") : strcspn(value, "; \t");
        if (quoted && value[1 + size] != '"')
            return NULL;
        if (wanted)
            return mw_arena_copy(arena, value + quoted, size);
        at = strchr(value + size + (quoted ? 2 : 0), ';');
    }
    return NULL;
}

MwForm *
mw_form_new(MwArena *arena, const char *content_type, const char *folder, GError **error)
{
    const char *boundary = attribute(arena, content_type, "boundary");

    if (!boundary || !*boundary || strlen(boundary) > MW_FORM_BOUNDARY_MAX)
        return mw_fail_null(error, MW_ERROR_INVALID, _("The form is malformed."));
    MwForm *form = g_new0(MwForm, 1);
    form->arena = arena;
    form->folder = folder;
    form->boundary = g_strconcat("\r\n--", boundary, NULL);
    form->boundary_size = strlen(form->boundary);
    form->held = g_string_new("\r\n"); /* the first boundary has no line end before it */
    form->content = g_string_new(NULL);
    form->params = g_array_new(false, false, sizeof(MwParam));
    form->uploads = g_array_new(false, false, sizeof(MwUpload));
    form->file = -1;
    return form;
}

void
mw_form_free(MwForm *form)
{
    if (!form)
        return;
    if (form->file >= 0)
        close(form->file);
    for (guint i = 0; i < form->uploads->len; i++)
        g_unlink(g_array_index(form->uploads, MwUpload, i).path);
    g_array_unref(form->uploads);
    g_array_unref(form->params);
    g_string_free(form->content, true);
    g_string_free(form->held, true);
    g_free(form->boundary);
    g_free(form);
}

/* ---- parts ------------------------------------------------------------------------------ */

static bool
fault(MwForm *form, MwError code)
{
    form->state = FAULTY;
    form->fault = code;
    return false;
}

/* The last part of a path of any system. */
static const char *
base_name(const char *path)
{
    for (const char *c = path; *c; c++)
        if (*c == '/' || *c == '\\')
            path = c + 1;
    return path;
}

static bool
open_upload(MwForm *form)
{
    g_autofree char *path = g_build_filename(form->folder, "upload-XXXXXX", NULL);

    if (form->uploads->len == MW_FORM_UPLOADS_MAX)
        return fault(form, MW_ERROR_TOO_LARGE);
    form->file = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (form->file < 0)
        return fault(form, MW_ERROR_FULL);
    MwUpload upload = {
        .name = form->name,
        .file_name = form->file_name,
        .type = form->type ? form->type : "",
        .path = mw_arena_copy(form->arena, path, strlen(path)),
    };
    form->file_size = 0;
    g_array_append_val(form->uploads, upload);
    return true;
}

/* One header line of a part. */
static bool
read_header(MwForm *form, const char *line, size_t size)
{
    static const char disposition[] = "Content-Disposition:", type[] = "Content-Type:";
    const char *text = mw_arena_copy(form->arena, line, size);

    if (!mw_params_is_text(line, size))
        return fault(form, MW_ERROR_INVALID);
    if (g_ascii_strncasecmp(text, disposition, strlen(disposition)) == 0) {
        const char *file_name = attribute(form->arena, text, "filename");
        form->name = attribute(form->arena, text, "name");
        form->file_name = file_name ? base_name(file_name) : NULL;
    } else if (g_ascii_strncasecmp(text, type, strlen(type)) == 0) {
        text += strlen(type);
        form->type = text + strspn(text, " \t");
    }
    return true;
}

static bool
read_head(MwForm *form, const char *head, size_t size)
{
    const char *end = head + size;

    form->name = form->file_name = form->type = NULL;
    while (head < end) {
        const char *stop = g_strstr_len(head, end - head, "\r\n");
        stop = stop ? stop : end;
        if (!read_header(form, head, (size_t)(stop - head)))
            return false;
        head = stop + 2;
    }
    if (!form->name)
        return fault(form, MW_ERROR_INVALID);
    form->state = CONTENT;
    g_string_truncate(form->content, 0);
    /* A browser sends an empty name for a file that was not chosen. */
    return !form->file_name || !*form->file_name || open_upload(form);
}

static bool
add_content(MwForm *form, const char *bytes, size_t size)
{
    if (form->file < 0) {
        if (form->content->len + size > MW_FORM_FIELD_MAX)
            return fault(form, MW_ERROR_TOO_LARGE);
        g_string_append_len(form->content, bytes, (gssize)size);
        return true;
    }
    form->file_size += size;
    while (size > 0) {
        ssize_t written = write(form->file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fault(form, MW_ERROR_FULL);
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

static bool
end_part(MwForm *form)
{
    form->state = AFTER_BOUNDARY;
    if (!form->name) /* the preamble */
        return true;
    if (++form->parts > MW_FORM_PARTS_MAX)
        return fault(form, MW_ERROR_TOO_LARGE);
    if (form->file >= 0) {
        close(form->file);
        form->file = -1;
        g_array_index(form->uploads, MwUpload, form->uploads->len - 1).size = form->file_size;
    } else if (!form->file_name) {
        if (!mw_params_is_text(form->content->str, form->content->len))
            return fault(form, MW_ERROR_INVALID);
        MwParam param = { form->name,
                          mw_arena_copy(form->arena, form->content->str, form->content->len) };
        g_array_append_val(form->params, param);
    }
    form->name = NULL;
    return true;
}

/* ---- the stream ---------------------------------------------------------------------------- */

/* Each takes what it understands from the front of `held`: how many bytes, 0 when it needs more, -1 on a
 * fault. */
static ssize_t
take_content(MwForm *form)
{
    const GString *held = form->held;
    const char *found = memmem(held->str, held->len, form->boundary, form->boundary_size);
    size_t size = found                              ? (size_t)(found - held->str)
                  : held->len >= form->boundary_size ? held->len - form->boundary_size + 1
                                                     : 0;

    if (form->state == CONTENT && size > 0 && !add_content(form, held->str, size))
        return -1;
    if (!found)
        return (ssize_t)size;
    return end_part(form) ? (ssize_t)(size + form->boundary_size) : -1;
}

static ssize_t
take_after_boundary(MwForm *form)
{
    const GString *held = form->held;
    size_t blanks = strspn(held->str, " \t");

    if (blanks > MW_FORM_BOUNDARY_MAX)
        return fault(form, MW_ERROR_INVALID), -1;
    if (held->len < blanks + 2)
        return 0;
    if (strncmp(held->str, "--", 2) == 0)
        form->state = EPILOGUE;
    else if (strncmp(held->str + blanks, "\r\n", 2) == 0)
        form->state = HEAD;
    else
        return fault(form, MW_ERROR_INVALID), -1;
    return (ssize_t)blanks + 2;
}

static ssize_t
take_head(MwForm *form)
{
    const GString *held = form->held;
    const char *end = memmem(held->str, held->len, "\r\n\r\n", 4);

    if (!end && held->len <= MW_FORM_HEAD_MAX)
        return 0;
    if (!end || end - held->str > MW_FORM_HEAD_MAX)
        return fault(form, MW_ERROR_INVALID), -1;
    size_t size = (size_t)(end - held->str);
    return read_head(form, held->str, size) ? (ssize_t)size + 4 : -1;
}

static ssize_t
take(MwForm *form)
{
    switch (form->state) {
    case PREAMBLE:
    case CONTENT:
        return take_content(form);
    case AFTER_BOUNDARY:
        return take_after_boundary(form);
    case HEAD:
        return take_head(form);
    case EPILOGUE:
        return (ssize_t)form->held->len;
    case FAULTY:
        break;
    }
    return -1;
}

static bool
tell(const MwForm *form, GError **error)
{
    switch (form->fault) {
    case MW_ERROR_TOO_LARGE:
        return mw_fail(error, form->fault, _("The form is too large."));
    case MW_ERROR_FULL:
        return mw_fail(error, form->fault, _("There is no space left on the disk."));
    default:
        return mw_fail(error, MW_ERROR_INVALID, _("The form is malformed."));
    }
}

bool
mw_form_feed(MwForm *form, const char *bytes, size_t size, GError **error)
{
    if (form->state == FAULTY)
        return tell(form, error);
    g_string_append_len(form->held, bytes, (gssize)size);
    while (form->held->len > 0) {
        ssize_t taken = take(form);
        if (taken < 0)
            return tell(form, error);
        if (taken == 0)
            break;
        g_string_erase(form->held, 0, taken);
    }
    return true;
}

bool
mw_form_end(MwForm *form, const MwParam **params, size_t *n_params, const MwUpload **uploads,
            size_t *n_uploads, GError **error)
{
    if (form->state != EPILOGUE && form->state != FAULTY)
        fault(form, MW_ERROR_INVALID);
    if (form->state == FAULTY)
        return tell(form, error);
    *params = (const MwParam *)form->params->data;
    *n_params = form->params->len;
    *uploads = (const MwUpload *)form->uploads->data;
    *n_uploads = form->uploads->len;
    return true;
}
