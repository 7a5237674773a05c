#pragma once
/*
 * entities: every business entity, one file each; details stand in the file of their master.
 *
 * To add one: a file here with `const MwEntity mw_entity_<name>`, its name below and in
 * entities.c, one line in meson.build, its strings in po/. Nothing else lists its fields.
 */
#include "model/entity.h"

extern const MwEntity mw_entity_account, mw_entity_contact, mw_entity_product, mw_entity_competitor,
    mw_entity_sales_process, mw_entity_stage, mw_entity_stage_gate, mw_entity_lead, mw_entity_pool,
    mw_entity_pool_rule, mw_entity_pool_move, mw_entity_opportunity, mw_entity_opportunity_line,
    mw_entity_opportunity_competitor, mw_entity_opportunity_person, mw_entity_contact_account,
    mw_entity_contact_relation, mw_entity_acquaintance, mw_entity_map_position,
    mw_entity_stage_move, mw_entity_sales_order, mw_entity_sales_order_line, mw_entity_payment,
    mw_entity_activity, mw_entity_classification_run, mw_entity_classification_indicator,
    mw_entity_classification_result, mw_entity_class_policy, mw_entity_user, mw_entity_user_role,
    mw_entity_team, mw_entity_role, mw_entity_role_right, mw_entity_role_field,
    mw_entity_currency_rate, mw_entity_custom_field, mw_entity_import_run, mw_entity_saved_view,
    mw_entity_api_token, mw_entity_job, mw_entity_file, mw_entity_notice;
extern const MwEntity mw_entity_bulk_change, mw_entity_mail, mw_entity_activity_user,
    mw_entity_activity_contact;

/* All, in the order of navigation and of creation (masters before details); ends with NULL. */
extern const MwEntity *const mw_entities[];
