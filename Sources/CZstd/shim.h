#ifndef LANDING_CZSTD_SHIM_H
#define LANDING_CZSTD_SHIM_H

#include <zstd.h>

#endif
