#ifndef LANDING_CBROTLI_SHIM_H
#define LANDING_CBROTLI_SHIM_H

#include <brotli/encode.h>

#endif
