/* record_parts: what the pages of some entities have beside the generic. */
#include "base/i18n.h"
#include "web/activity.h"
#include "web/mailing.h"
#include "web/parts.h"
#include "web/people.h"

const MwRecordPart mw_record_parts[] = {
    { "lead", "pool/head", mw_pool_head_put },
    { "account", "pool/head", mw_pool_head_put },
    { "contact", "people/head", mw_people_head },
    { "opportunity", "opportunity/head", mw_opportunity_part },
    { "sales_process", "opportunity/process", mw_process_part },
    { "activity", "record/work", mw_activity_part },
    { "activity", "mail/state", mw_mail_part },
    { "mail", "mail/state", mw_mail_part },
    { NULL, NULL, NULL },
};

const MwFormNote mw_form_notes[] = {
    { "opportunity", "probability", mw_opportunity_chances },
    { NULL, NULL, NULL },
};

const MwRecordTab mw_record_tabs[] = {
    { "opportunity", "people", N_("People in the decision"), "users-group", "people/tab",
      MW_NAMES("opportunity_person"), mw_people_put },
    { "account", "people", N_("People"), "users-group", "people/tab", MW_NAMES("contact.account"),
      mw_people_put },
    { "contact", "people", N_("Relations"), "affiliate", "people/contact",
      MW_NAMES("contact_account", "contact_relation", "acquaintance"), mw_people_put_contact },
    { "activity", "about", N_("What it is about"), "calendar-event", "record/about", NULL,
      mw_activity_tab },
    { .entity = NULL },
};
