#include "CLibPQ.h"

#include <dlfcn.h>

const char *landing_libpq_load(struct landing_libpq *library, const char *file) {
    void *handle = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
    if (!handle) return dlerror();
#define F(name) if (!(library->name = (__typeof__(name) *)dlsym(handle, #name))) return dlerror();
    LANDING_LIBPQ(F)
#undef F
    return (const char *)0;
}
