/* Allocation and arenas; see memory.h. */
#include "base/memory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 16 * 1024, ALIGNMENT = _Alignof(max_align_t) };

typedef struct block {
    struct block *next;
    size_t size, used;
    _Alignas(max_align_t) char data[];
} block;

struct ais_arena {
    block *head;
    size_t used;
};

void ais_cleanup_free(void *pointer_to_pointer)
{
    free(*(void **)pointer_to_pointer);
}

void ais_cleanup_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

_Noreturn void ais_bug(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "aisprint: bug at %s:%d: ", file, line);
    vfprintf(stderr, format, arguments);
    fputs("\nThis is our fault, not yours; please report it with the command you ran.\n", stderr);
    va_end(arguments);
    abort();
}

static void *must(void *pointer)
{
    if (pointer == NULL) {
        static const char text[] = "aisprint: out of memory\n";
        ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
        (void)ignored;
        _exit(1);
    }
    return pointer;
}

void *ais_alloc(size_t size)
{
    return must(calloc(1, size > 0 ? size : 1));
}

void *ais_realloc(void *pointer, size_t size)
{
    return must(realloc(pointer, size > 0 ? size : 1));
}

char *ais_strdup(const char *text)
{
    return must(strdup(text));
}

char *ais_strndup(const char *text, size_t length)
{
    char *copy = ais_alloc(length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *ais_vformat(const char *format, va_list arguments)
{
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    return must(text);
}

char *ais_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = ais_vformat(format, arguments);
    va_end(arguments);
    return text;
}

void *ais_grow(void *items, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return items;
    size_t wanted = *capacity > 0 ? *capacity * 2 : 8;
    if (wanted < need)
        wanted = need;
    size_t bytes = 0;
    if (__builtin_mul_overflow(wanted, size, &bytes))
        must(NULL);
    *capacity = wanted;
    return ais_realloc(items, bytes);
}

ais_arena *ais_arena_new(void)
{
    return ais_alloc(sizeof(ais_arena));
}

void ais_arena_free(ais_arena *arena)
{
    if (arena == NULL)
        return;
    for (block *next, *b = arena->head; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(arena);
}

static block *add_block(ais_arena *arena, size_t size)
{
    const size_t wanted = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    block *b = must(malloc(sizeof(block) + wanted));
    b->size = wanted;
    b->used = 0;
    b->next = arena->head;
    arena->head = b;
    return b;
}

void *ais_arena_alloc(ais_arena *arena, size_t size)
{
    const size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    block *b = arena->head;
    if (rounded < size)
        must(NULL);
    if (b == NULL || b->size - b->used < rounded)
        b = add_block(arena, rounded);
    void *result = b->data + b->used;
    b->used += rounded;
    arena->used += rounded;
    return memset(result, 0, rounded);
}

char *ais_arena_strndup(ais_arena *arena, const char *text, size_t length)
{
    char *copy = ais_arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *ais_arena_strdup(ais_arena *arena, const char *text)
{
    return ais_arena_strndup(arena, text, strlen(text));
}

char *ais_arena_format(ais_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *text = ais_vformat(format, arguments);
    va_end(arguments);
    return ais_arena_strdup(arena, text);
}

void ais_arena_reset(ais_arena *arena)
{
    block *largest = NULL;
    for (block *next, *b = arena->head; b != NULL; b = next) {
        next = b->next;
        if (largest == NULL || b->size > largest->size) {
            free(largest);
            largest = b;
        } else {
            free(b);
        }
    }
    if (largest != NULL) {
        largest->next = NULL;
        largest->used = 0;
    }
    arena->head = largest;
    arena->used = 0;
}

size_t ais_arena_used(const ais_arena *arena)
{
    return arena->used;
}
