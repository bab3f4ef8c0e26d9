#include "parser_heap.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Classes of sizes: multiples of 16 up to 512, powers of two above.
enum { FINE_CLASSES = 32, CLASSES = FINE_CLASSES + 55 };
// Before each block: its class. As many bytes as the alignment of anything.
enum { HEADER = 16 };
enum { CHUNK_SIZE = 512 << 10 };

struct heap {
    char *next;
    size_t left;
    // The newest, which begins with the address of the one before.
    void *chunk;
    // The first of the blocks that were freed, by class; each begins with the address of the next.
    void *free[CLASSES];
};

static _Thread_local struct heap heap;

static pthread_key_t ends;
static pthread_once_t knows_ends = PTHREAD_ONCE_INIT;

static _Noreturn void give_up(void) {
    fputs("there is no memory to parse with\n", stderr);
    abort();
}

static size_t class_of(size_t size) {
    if (size <= 512) return size ? (size - 1) >> 4 : 0;
    return FINE_CLASSES + (64 - (size_t)__builtin_clzll(size - 1) - 10);
}

static size_t capacity(size_t class) {
    return class < FINE_CLASSES ? (class + 1) << 4 : (size_t)1 << (class - FINE_CLASSES + 10);
}

static void free_chunk(void *chunk) { free(chunk); }

static void make_key(void) {
    if (pthread_key_create(&ends, free_chunk)) give_up();
}

static void grow(size_t size) {
    size_t whole = size + HEADER > CHUNK_SIZE ? size + HEADER : CHUNK_SIZE;
    char *chunk = malloc(whole);
    if (!chunk) give_up();
    *(void **)chunk = heap.chunk;
    if (!heap.chunk) {
        // The first one stays until its thread ends.
        pthread_once(&knows_ends, make_key);
        pthread_setspecific(ends, chunk);
    }
    heap.chunk = chunk;
    heap.next = chunk + HEADER;
    heap.left = whole - HEADER;
}

static void *block_of(size_t class) {
    void *block = heap.free[class];
    if (block) {
        heap.free[class] = *(void **)block;
        return block;
    }
    size_t size = HEADER + capacity(class);
    if (size > heap.left) grow(size);
    char *start = heap.next;
    heap.next += size;
    heap.left -= size;
    *(size_t *)start = class;
    return start + HEADER;
}

void *parser_heap_calloc(size_t count, size_t size) {
    // No node and no text is anywhere near.
    if (count >= 1 << 30 || size >= 1 << 30) give_up();
    void *block = block_of(class_of(count * size));
    return memset(block, 0, count * size);
}

void *parser_heap_realloc(void *block, size_t size) {
    if (size >= (size_t)1 << 60) give_up();
    if (!block) return block_of(class_of(size));
    size_t old = capacity(*(size_t *)((char *)block - HEADER));
    if (size <= old) return block;
    void *new = block_of(class_of(size));
    memcpy(new, block, old);
    parser_heap_free(block);
    return new;
}

void parser_heap_free(void *block) {
    if (!block) return;
    size_t class = *(size_t *)((char *)block - HEADER);
    *(void **)block = heap.free[class];
    heap.free[class] = block;
}

void parser_heap_clear(void) {
    // All but the first, which is enough for most notes: memory that is known already is twice as quick.
    while (heap.chunk && *(void **)heap.chunk) {
        void *last = heap.chunk;
        heap.chunk = *(void **)last;
        free(last);
    }
    if (heap.chunk) {
        heap.next = (char *)heap.chunk + HEADER;
        heap.left = CHUNK_SIZE - HEADER;
    }
    memset(heap.free, 0, sizeof heap.free);
}
