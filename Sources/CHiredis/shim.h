#ifndef LANDING_CHIREDIS_SHIM_H
#define LANDING_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>

// The stack of values being read is an array in C, which Swift sees as a tuple, and another thing in hiredis 1.
static inline int landing_redisReaderPendingType(const redisReader *reader) {
    if (reader->ridx < 0) return -1;
#if HIREDIS_MAJOR >= 1
    return reader->task[reader->ridx]->type;
#else
    return reader->rstack[reader->ridx].type;
#endif
}

#endif
