#pragma once
/* derivations: everything that this layer computes within each write; registered with a company when it is opened. */
#include "record/derivation.h"

/* Ends with NULL; for mw_company_derive_by(). */
extern const MwDerivation *const mw_derivations[];
