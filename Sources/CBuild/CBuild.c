#include "CBuild.h"

#ifndef NUDGED_COMMIT
#define NUDGED_COMMIT ""
#endif

const char *nudged_commit(void) { return NUDGED_COMMIT; }
