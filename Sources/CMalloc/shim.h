#ifndef LANDING_CMALLOC_SHIM_H
#define LANDING_CMALLOC_SHIM_H

#include <malloc.h>

#endif
