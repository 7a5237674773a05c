#pragma once
/*
 * fuzz: the one function of a fuzz target, fed by libFuzzer (script/fuzz) or by replay.c (script/test).
 *
 * To add a target: fuzz_<name>.c that defines it, a line in meson.build, and seeds in corpus/<name>/.
 * It asserts what must hold for any bytes, keeps no state between calls, and returns 0.
 */
#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
