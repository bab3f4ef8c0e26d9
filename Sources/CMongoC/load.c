#include "CMongoC.h"

#include <dlfcn.h>

const char *landing_libmongoc_load(struct landing_libmongoc *library, const char *file) {
    void *handle = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
    if (!handle) return dlerror();
#define F(name) if (!(library->name = (__typeof__(name) *)dlsym(handle, #name))) return dlerror();
    LANDING_LIBMONGOC(F)
#undef F
    return (const char *)0;
}
