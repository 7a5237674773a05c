#pragma once
/*
 * progress: what moves on by itself, once, and from its first status only: a lead that was not contacted is in work with
 * the first completed call, visit, mail or task at it; a prospect becomes a customer with the first opportunity that is
 * won, or the first order. The history says why, by its action: "first_activity", "first_win", "first_order". An imported
 * activity moves no lead: the file says itself how far that is.
 *
 * mw_progress_derivations is registered with the company.
 */
#include "record/derivation.h"

extern const MwDerivation mw_progress_derivations[];
