#ifndef LANDING_CSTATFS_SHIM_H
#define LANDING_CSTATFS_SHIM_H

#include <sys/vfs.h>

#endif
