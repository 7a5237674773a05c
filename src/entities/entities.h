#pragma once
/*
 * entities: every business entity, one file each.
 *
 * To add one: a file here with `const MwEntity mw_entity_<name>`, its name below and in
 * entities.c, one line in meson.build, its strings in po/. Nothing else lists its fields.
 */
#include "model/entity.h"

/* All, in the order of navigation and of creation (masters before details); ends with NULL. */
extern const MwEntity *const mw_entities[];
