#include "exchange/shape.h"

#include "base/fold.h"
#include "base/i18n.h"

enum { PATH_PARTS_MAX = 3 };

typedef struct {
    const char *name, *entity;
    const char *const *aliases;
} Named;

/* clang-format off */
static const Named named[] = {
    { "orders", "sales_order",
      MW_NAMES("order_no", "external_number",
               "product", "line.product",
               "product_name", "line.product.name",
               "product_name", "line.description",
               "description", "line.description",
               "quantity", "line.quantity",
               "unit", "line.unit",
               "unit_price", "line.unit_price",
               "discount", "line.discount",
               "cost", "line.cost",
               "position", "line.position",
               "account_name", "account.name",
               "country", "country",
               "country", "account.country",
               "region", "account.region") },
    { "opportunities", "opportunity",
      MW_NAMES("opportunity_id", "external_number",
               "sales_agent", "owner",
               "deal_stage", "stage",
               "engage_date", "engaged_on",
               "close_date", "closed_on",
               "close_value", "amount") },
};
/* clang-format on */

bool
mw_shape_possible(const MwEntity *entity)
{
    return !(entity->flags & (MW_INTERNAL | MW_HIDDEN)) && !entity->master;
}

static void
fill(MwShape *shape, const char *name, const MwEntity *entity, const char *const *aliases)
{
    *shape = (MwShape){
        .name = name, .entity = entity, .detail = entity->details[0], .aliases = aliases
    };
}

bool
mw_shape_find(const MwCatalog *catalog, const char *name, MwShape *shape, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(catalog, &n);
    const MwEntity *entity = mw_catalog_entity(catalog, name);

    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        if (g_str_equal(named[i].name, name)) {
            fill(shape, named[i].name, mw_catalog_entity(catalog, named[i].entity),
                 named[i].aliases);
            return true;
        }
        g_string_append_printf(known, "%s%s", known->len ? ", " : "", named[i].name);
    }
    if (!entity)
        entity = mw_catalog_by_path(catalog, name);
    if (entity && mw_shape_possible(entity)) {
        fill(shape, entity->path, entity, NULL);
        return true;
    }
    for (; *entities; entities++)
        if (mw_shape_possible(*entities))
            g_string_append_printf(known, ", %s", (*entities)->path);
    return mw_fail(error, MW_ERROR_NOT_FOUND,
                   _("There is nothing named “%s” to take in; there are %s."), name, known->str);
}

/* ---- paths ---------------------------------------------------------------------- */

static bool
read_path(const MwShape *shape, const MwCatalog *catalog, const char *text, MwPath *path)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", PATH_PARTS_MAX + 1);
    char **part = parts;
    const MwEntity *entity = shape->entity;

    *path = (MwPath){ 0 };
    if (shape->detail && part[0] && part[1] &&
        (g_str_equal(part[0], "line") || g_str_equal(part[0], shape->detail->name))) {
        path->line = true;
        entity = shape->detail;
        part++;
    }
    const MwField *field = part[0] ? mw_entity_field(entity, part[0]) : NULL;
    if (!field || field->flags & (MW_SECRET | MW_RETIRED))
        return false;
    const MwEntity *target = field->target ? mw_catalog_entity(catalog, field->target) : NULL;
    if (!target || field->index == MW_FIELD_ID) {
        path->field = field;
        return !part[1];
    }
    path->link = field;
    if (!part[1])
        return true;
    path->field = mw_entity_field(target, part[1]);
    return path->field && !(path->field->flags & MW_SECRET) && !part[2];
}

bool
mw_shape_paths(const MwShape *shape, const MwCatalog *catalog, const char *key, GArray *paths)
{
    guint before = paths->len;
    MwPath path;

    for (const char *const *alias = shape->aliases; alias && *alias; alias += 2)
        if (g_str_equal(alias[0], key) && read_path(shape, catalog, alias[1], &path))
            g_array_append_val(paths, path);
    if (paths->len == before && read_path(shape, catalog, key, &path))
        g_array_append_val(paths, path);
    return paths->len > before;
}

enum { ALIKE_MIN = 2 /* characters that two names have in common at least */ };

/* ---- keys and guesses --------------------------------------------------------------- */

char *
mw_shape_label(const MwShape *shape, const MwCatalog *catalog, const char *key)
{
    g_autoptr(GArray) paths = g_array_new(false, false, sizeof(MwPath));

    if (!mw_shape_paths(shape, catalog, key, paths))
        return g_strdup(key);
    const MwPath *path = &g_array_index(paths, MwPath, 0);
    const char *link = path->link ? mw_field_label(path->link) : NULL;
    const char *field = path->field ? mw_field_label(path->field) : NULL;
    return link && field ? g_strdup_printf("%s › %s", link, field) : g_strdup(link ? link : field);
}

bool
mw_shape_settable(const MwField *field)
{
    return !(field->flags & (MW_SECRET | MW_RETIRED)) &&
           (!(field->flags & MW_READ_ONLY) || field->flags & MW_IMPORTABLE);
}

static void
add_keys(GPtrArray *keys, const MwEntity *entity, const char *prefix)
{
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (!mw_shape_settable(field) ||
            (entity->master && g_str_equal(field->name, entity->master)))
            continue;
        g_ptr_array_add(keys, g_strconcat(prefix, field->name, NULL));
        g_ptr_array_add(keys, g_strdup(mw_field_label(field)));
    }
}

GPtrArray *
mw_shape_keys(const MwShape *shape, const MwCatalog *catalog G_GNUC_UNUSED)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);

    for (const char *const *alias = shape->aliases; alias && *alias; alias += 2) {
        g_ptr_array_add(keys, g_strdup(alias[0]));
        g_ptr_array_add(keys, g_strdup(alias[1]));
    }
    add_keys(keys, shape->entity, "");
    if (shape->detail)
        add_keys(keys, shape->detail, "line.");
    return keys;
}

/* Letters, digits and ideographs alone, folded: "Order No." is "orderno". */
static char *
fold(const char *text)
{
    size_t n;
    g_autofree gunichar *folded = mw_fold(text, 200, &n);
    GString *plain = g_string_new(NULL);

    for (size_t i = 0; i < n; i++)
        if (g_unichar_isalnum(folded[i]))
            g_string_append_unichar(plain, folded[i]);
    return g_string_free(plain, false);
}

/* The key among pairs of key and label, in the language in use, that `wanted` (folded) names. */
static char *
guess_among(const GPtrArray *keys, const char *wanted)
{
    for (guint i = 0; i + 1 < keys->len; i++) {
        const char *key = keys->pdata[i - i % 2];
        g_autofree char *name = fold(keys->pdata[i]);
        const char *dot = strrchr(key, '.');
        g_autofree char *last = dot ? fold(dot + 1) : NULL;
        if (g_str_equal(name, wanted) || g_strcmp0(last, wanted) == 0)
            return g_strdup(key);
    }
    return NULL;
}

/* The only key whose name or label begins as `wanted` (folded) does, or it as they do; NULL where there are several. */
static char *
guess_alike(const GPtrArray *keys, const char *wanted)
{
    const char *found = NULL;

    for (guint i = 0; i + 1 < keys->len; i++) {
        const char *key = keys->pdata[i - i % 2];
        g_autofree char *name = fold(keys->pdata[i]);
        bool alike = g_utf8_strlen(name, -1) >= ALIKE_MIN &&
                     (g_str_has_prefix(name, wanted) || g_str_has_prefix(wanted, name));
        if (alike && found && !g_str_equal(found, key))
            return NULL;
        if (alike)
            found = key;
    }
    return g_strdup(found);
}

char *
mw_shape_suggest(const MwShape *shape, const MwCatalog *catalog, const char *column)
{
    static const char *const languages[] = { "en", "zh_CN" };
    g_autofree char *wanted = fold(column);
    const char *before = mw_i18n_language();
    char *key = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(languages) && !key; i++) {
        if (g_utf8_strlen(wanted, -1) < ALIKE_MIN)
            break;
        mw_i18n_use(languages[i]);
        g_autoptr(GPtrArray) keys = mw_shape_keys(shape, catalog);
        key = guess_alike(keys, wanted);
    }
    mw_i18n_use(before);
    return key;
}

/* What other programs call a column, and the keys that it may be here, the first that there is. */
static char *
guess_usual(const MwShape *shape, const MwCatalog *catalog, const char *wanted)
{
    static const char *const usual[][3] = {
        { "invoiceno", "order_no", "number" },
        { "invoicenumber", "order_no", "number" },
        { "ordernumber", "order_no", "number" },
        { "orderid", "order_no", "number" },
        { "stockcode", "product", "code" },
        { "sku", "product", "code" },
        { "itemno", "product", "code" },
        { "itemcode", "product", "code" },
        { "articleno", "product", "code" },
        { "productcode", "product", "code" },
        { "customerid", "account", "external_code" },
        { "customerno", "account", "external_code" },
        { "customercode", "account", "external_code" },
        { "customer", "account", "name" },
        { "company", "account", "name" },
        { "companyname", "account", "name" },
        { "invoicedate", "ordered_at", NULL },
        { "orderdate", "ordered_at", NULL },
        { "qty", "quantity", NULL },
        { "price", "unit_price", "list_price" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(usual); i++) {
        g_autoptr(GArray) paths = g_array_new(false, false, sizeof(MwPath));
        if (!g_str_equal(usual[i][0], wanted))
            continue;
        for (size_t k = 1; k < 3 && usual[i][k]; k++)
            if (mw_shape_paths(shape, catalog, usual[i][k], paths))
                return g_strdup(usual[i][k]);
    }
    return NULL;
}

char *
mw_shape_guess(const MwShape *shape, const MwCatalog *catalog, const char *column)
{
    static const char *const languages[] = { "en", "zh_CN" };
    g_autofree char *wanted = fold(column);
    const char *before = mw_i18n_language();
    char *key = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(languages) && *wanted && !key; i++) {
        mw_i18n_use(languages[i]);
        g_autoptr(GPtrArray) keys = mw_shape_keys(shape, catalog);
        key = guess_among(keys, wanted);
    }
    mw_i18n_use(before);
    return key ? key : guess_usual(shape, catalog, wanted);
}
