#ifndef LANDING_NODE_LITERAL_H
#define LANDING_NODE_LITERAL_H

#include <cmark-gfm.h>

struct node_literal {
    const char *start;
    int length;
};

/// What a text or a piece of code says, where it lies; good as long as the node. cmark_node_get_literal() copies it first,
/// so that it ends with a zero, and every second node of a note is one.
struct node_literal node_literal(cmark_node *node);

#endif
