#ifndef LANDING_CMONGOC_H
#define LANDING_CMONGOC_H

#if __has_include(<libmongoc-1.0/mongoc/mongoc.h>)
#include <libmongoc-1.0/mongoc/mongoc.h>
#else
#include <mongoc/mongoc.h>
#endif

// Loaded when the first of its functions is called: linked, libpq, libmongoc and what the two need are thirty libraries, half of
// the time that a program takes before it begins, also of one that has no such database.

#define LANDING_LIBMONGOC(F) \
    F(bson_append_array) F(bson_append_binary) F(bson_append_bool) F(bson_append_date_time) F(bson_append_document) \
    F(bson_append_double) F(bson_append_int64) F(bson_append_null) F(bson_append_regex) F(bson_append_utf8) \
    F(bson_destroy) F(bson_get_data) F(bson_init) F(bson_new) F(mongoc_client_command_simple) \
    F(mongoc_client_get_collection) F(mongoc_client_pool_destroy) F(mongoc_client_pool_new_with_error) \
    F(mongoc_client_pool_pop) F(mongoc_client_pool_push) F(mongoc_client_pool_set_error_api) \
    F(mongoc_client_write_command_with_opts) F(mongoc_collection_count_documents) F(mongoc_collection_delete_many) \
    F(mongoc_collection_destroy) F(mongoc_collection_find_and_modify_with_opts) F(mongoc_collection_find_with_opts) \
    F(mongoc_collection_insert_one) F(mongoc_collection_update_one) F(mongoc_cursor_destroy) F(mongoc_cursor_error) \
    F(mongoc_cursor_next) F(mongoc_find_and_modify_opts_destroy) F(mongoc_find_and_modify_opts_new) \
    F(mongoc_find_and_modify_opts_set_flags) F(mongoc_find_and_modify_opts_set_update) F(mongoc_init) \
    F(mongoc_log_set_handler) F(mongoc_read_prefs_destroy) F(mongoc_read_prefs_new) F(mongoc_uri_destroy) \
    F(mongoc_uri_new_with_error)

struct landing_libmongoc {
#define F(name) __typeof__(name) *name;
    LANDING_LIBMONGOC(F)
#undef F
};

#ifdef __APPLE__
#define LANDING_LIBMONGOC_FILE "libmongoc-1.0.0.dylib"
#else
#define LANDING_LIBMONGOC_FILE "libmongoc-1.0.so.0"
#endif

/// Fills `library` from `file`, which stays loaded; otherwise says what is wrong, in the words of dlerror(3).
const char *landing_libmongoc_load(struct landing_libmongoc *library, const char *file);

#endif
