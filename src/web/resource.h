#pragma once
/*
 * resource: the templates and the files for the browser that are built into the program.
 *
 * Files have a hash of their content in their names, so that a browser may keep them for ever:
 * "Cache-Control: public, max-age=31536000, immutable". Each is there plain, and packed by gzip and by
 * brotli. Templates are parsed once for each language; a folder may replace some of them or add others.
 *
 * To add a template: templates/<name>.html. A script, a style, an icon: see docs/modules/web.md.
 */
#include <glib.h>
#include <stdbool.h>

#include "web/view.h"

typedef struct MwResources MwResources; /* immutable; shared by all threads */

/* A file for the browser. Everything is the resources'. */
typedef struct {
    const char *url;  /* "/assets/app-N7JJX3VQ.js" */
    const char *etag; /* with its quotes           */
    const char *type; /* for Content-Type          */
    GBytes *plain, *gzip, *brotli;
} MwAsset;

enum { MW_TEMPLATE_FILES_MAX = 1000 }; /* in the folder */

/* `folder`: templates that come before those in the program; NULL: none. MW_ERROR_INVALID names the template
 * and line that is malformed, MW_ERROR_NOT_FOUND a folder or file that cannot be read. */
MwResources *mw_resources_new(const char *folder, GError **error);
void mw_resources_free(MwResources *resources);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwResources, mw_resources_free)

/* By the last part of its address: "app-N7JJX3VQ.js"; NULL when there is none. */
const MwAsset *mw_resources_asset(const MwResources *resources, const char *file);
/* By the name that it has in the sources: "app.js", "logo.svg"; NULL when there is none. */
const MwAsset *mw_resources_named(const MwResources *resources, const char *name);

bool mw_resources_has_template(const MwResources *resources, const char *name);
/* Appends template `name` in the language in use (base/i18n.h); errors as in mustache.h. */
bool mw_resources_render(const MwResources *resources, const char *name, const MwNode *view,
                         GString *out, GError **error);
