#include "node_literal.h"

// Of the same package as the library. Not every system has it.
#if __has_include(<cmark-gfm/node.h>)

#include <cmark-gfm/node.h>

struct node_literal node_literal(cmark_node *node) {
    return (struct node_literal){(const char *)node->as.literal.data, node->as.literal.len};
}

#else

#include <string.h>

struct node_literal node_literal(cmark_node *node) {
    const char *literal = cmark_node_get_literal(node);
    return (struct node_literal){literal, literal ? (int)strlen(literal) : 0};
}

#endif
