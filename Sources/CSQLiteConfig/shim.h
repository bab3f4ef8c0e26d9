#ifndef LANDING_CSQLITECONFIG_SHIM_H
#define LANDING_CSQLITECONFIG_SHIM_H

/* As in sqlite3.h, which is another module's to include. */
struct sqlite3;
extern int sqlite3_db_config(struct sqlite3 *, int, ...);

/* A function of any number of arguments cannot be called from Swift. 1003 is SQLITE_DBCONFIG_ENABLE_TRIGGER. */
static inline int landing_sqlite3_enable_triggers(struct sqlite3 *database, int on) {
    return sqlite3_db_config(database, 1003, on, (int *)0);
}

#endif
