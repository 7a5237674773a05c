/* millwright backup, restore: a verified copy of a company, and back. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "entities/entities.h"
#include "record/history.h"

static gboolean force;

static const GOptionEntry options[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &force, N_("Overwrite what is there"), NULL },
    G_OPTION_ENTRY_NULL,
};

static bool
one_argument(int argc, const char *what, GError **error)
{
    return argc == 2 || mw_wrong_call(error, "%s", what);
}

/* On the disk for good, under its own name only when it is whole. */
static bool
put_in_place(const char *from, const char *to, GError **error)
{
    int file = g_open(from, O_RDONLY | O_CLOEXEC, 0);
    bool synced = file >= 0 && fsync(file) == 0;

    if (file >= 0)
        close(file);
    if (synced && g_rename(from, to) == 0)
        return true;
    int code = errno;
    g_unlink(from);
    return mw_fail(error, MW_ERROR_FULL, "%s: %s", to, g_strerror(code));
}

static bool
refuse_existing(const char *path, GError **error)
{
    if (force || !g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    return mw_fail(error, MW_ERROR_CONFLICT,
                   _("%s is there already; with --force it is overwritten."), path);
}

static bool
run_backup(MwApp *app, int argc, char **argv, GError **error)
{
    const char *database = mw_app_database(app, error);

    if (!database || !one_argument(argc, _("Name the file to write."), error) ||
        !refuse_existing(argv[1], error))
        return false;
    g_autofree char *url = mw_store_url_of(database);
    g_autofree char *part = g_strconcat(argv[1], ".part", NULL);
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_EXISTING, error);
    if (!store)
        return false;
    g_unlink(part);
    if (!mw_store_backup(store, part, error)) {
        g_unlink(part);
        return false;
    }
    return put_in_place(part, argv[1], error);
}

const MwCommand mw_command_backup = {
    .name = "backup",
    .summary = N_("Copy a company to a file while it is in use, and verify the copy"),
    .arguments = N_("FILE"),
    .options = options,
    .run = run_backup,
};

/* A file that is no company, or a damaged one, must not take the place of a good one. */
static bool
verify_copy(const char *path, GError **error)
{
    g_autofree char *url = g_strconcat("sqlite:", path, NULL);
    g_autoptr(MwCompany) company = mw_company_open(url, mw_entities, error);
    g_autoptr(MwStore) store = company ? mw_company_connect(company, 0, error) : NULL;
    MwHistoryReport report;

    if (!store || !mw_history_verify(store, &report, error))
        return false;
    g_autofree char *fault = report.fault;
    return !fault || mw_fail(error, MW_ERROR_INVALID, "%s: %s", path, fault);
}

static bool
run_restore(MwApp *app, int argc, char **argv, GError **error)
{
    const char *database = mw_app_database(app, error);

    if (!database || !one_argument(argc, _("Name the file to restore from."), error))
        return false;
    g_autofree char *url = mw_store_url_of(database);
    if (!g_str_has_prefix(url, "sqlite:"))
        return mw_fail(error, MW_ERROR_INVALID,
                       _("A PostgreSQL company is restored with pg_restore; see the README."));
    const char *target = url + strlen("sqlite:");
    g_autofree char *part = g_strconcat(target, ".part", NULL);
    g_autofree char *source = g_strconcat("sqlite:", argv[1], NULL);
    if (!refuse_existing(target, error))
        return false;

    g_autoptr(MwStore) store = mw_store_open(source, MW_OPEN_EXISTING, error);
    g_unlink(part);
    if (!store || !mw_store_backup(store, part, error) || !verify_copy(part, error)) {
        g_unlink(part);
        return false;
    }
    static const char *const beside[] = { "-wal", "-shm" };
    for (size_t i = 0; i < G_N_ELEMENTS(beside); i++) {
        g_autofree char *path = g_strconcat(target, beside[i], NULL);
        g_autofree char *part_path = g_strconcat(part, beside[i], NULL);
        g_unlink(path);
        g_unlink(part_path);
    }
    return put_in_place(part, target, error);
}

const MwCommand mw_command_restore = {
    .name = "restore",
    .summary = N_("Put a company back from a backup"),
    .arguments = N_("FILE"),
    .options = options,
    .run = run_restore,
};
