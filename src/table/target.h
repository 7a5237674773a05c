#pragma once
/* target: where a written table goes: a file that appears when it is whole, or a sink. Private
 * to table/. */
#include "table/writer.h"

typedef struct MwTarget MwTarget;

MwTarget *mw_target_of_path(const char *path, GError **error);
MwTarget *mw_target_of_sink(MwTableSink sink, void *data);
/* Without a commit, nothing is left. */
void mw_target_free(MwTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwTarget, mw_target_free)

bool mw_target_write(MwTarget *target, const void *bytes, size_t size, GError **error);
/* The name of a file to write the whole content to, instead of mw_target_write(). */
const char *mw_target_file(MwTarget *target, GError **error);
bool mw_target_commit(MwTarget *target, GError **error);

/* Sets `error` from an errno of a write. Returns false. */
bool mw_target_fail(GError **error, int cause);
