#pragma once
/* main: picks the command, parses its options, runs it, prints the error once. */

#define MW_VERSION "0.1.0"

/* Returns the exit status: 0 done, 1 could not be done, 2 called wrongly. */
int mw_main(int argc, char **argv);
