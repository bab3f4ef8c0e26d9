#ifndef LANDING_PARSER_HEAP_H
#define LANDING_PARSER_HEAP_H

#include <stddef.h>

// Memory of cmark-gfm's on one thread, given back all at once: a note of 20 kB is a thousand nodes and more texts, and
// malloc and free of each would be a third of parsing.
//
// What is freed is used again, so it holds no more than twice what is in use. A thread has at most one parser at a time.
//
// In C, since Swift has no variables of a thread, and would ask the system for its own at each block.

/// Zeroed. As the other functions, ends the program where there is no memory: cmark-gfm goes on without asking.
void *parser_heap_calloc(size_t count, size_t size);
void *parser_heap_realloc(void *block, size_t size);
void parser_heap_free(void *block);

/// Frees whatever the parsers of this thread have not.
void parser_heap_clear(void);

#endif
