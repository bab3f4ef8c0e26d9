#ifndef LANDING_CLIBPQ_H
#define LANDING_CLIBPQ_H

#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

// Loaded when the first of its functions is called: linked, libpq, libmongoc and what the two need are thirty libraries, half of
// the time that a program takes before it begins, also of one that has no such database.

#define LANDING_LIBPQ(F) \
    F(PQclear) F(PQcmdTuples) F(PQconndefaults) F(PQconnectPoll) F(PQconnectStartParams) F(PQconninfoFree) \
    F(PQconsumeInput) F(PQerrorMessage) F(PQfinish) F(PQflush) F(PQgetResult) F(PQgetisnull) F(PQgetlength) \
    F(PQgetvalue) F(PQisBusy) F(PQnfields) F(PQntuples) F(PQresultErrorField) F(PQresultErrorMessage) \
    F(PQresultStatus) F(PQsendQueryParams) F(PQsetNoticeReceiver) F(PQsetnonblocking) F(PQsocket) F(PQstatus) \
    F(PQtransactionStatus)

struct landing_libpq {
#define F(name) __typeof__(name) *name;
    LANDING_LIBPQ(F)
#undef F
};

#ifdef __APPLE__
#define LANDING_LIBPQ_FILE "libpq.5.dylib"
#else
#define LANDING_LIBPQ_FILE "libpq.so.5"
#endif

/// Fills `library` from `file`, which stays loaded; otherwise says what is wrong, in the words of dlerror(3).
const char *landing_libpq_load(struct landing_libpq *library, const char *file);

#endif
