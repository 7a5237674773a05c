/* main: puts it together. */
#include "cli/main.h"

int
main(int argc, char **argv)
{
    return mw_main(argc, argv);
}
