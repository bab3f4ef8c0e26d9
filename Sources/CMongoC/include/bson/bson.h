// What libmongoc's headers ask for by this name. Not by pkg-config's words, which would link the library as well.
#if __has_include(<libbson-1.0/bson/bson.h>)
#include <libbson-1.0/bson/bson.h>
#else
#include_next <bson/bson.h>
#endif
