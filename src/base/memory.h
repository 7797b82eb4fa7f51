/* base/memory - allocation that cannot fail, arenas, and cleanup bound to scope.
 *
 * Layer: the bottom; includes nothing of the project.
 * Units: bytes.
 * Threads: the functions share no state; an arena belongs to one thread at a time.
 *
 * Small allocations end the process when memory is gone (in ais_alloc alone). A size that was read
 * from input is held against a named limit by the reader before it comes here. */
#ifndef AIS_BASE_MEMORY_H
#define AIS_BASE_MEMORY_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "aisprint/error.h"

/* A `T *` that T_free() frees at the end of the scope. Needs AIS_DEFINE_AUTO(T) once, after T. */
#define AIS_AUTO(T) __attribute__((cleanup(T##_freep))) T *
#define AIS_DEFINE_AUTO(T)                                                                         \
    static inline void T##_freep(T **pointer)                                                      \
    {                                                                                              \
        T##_free(*pointer);                                                                        \
    }
/* A `T` that T_clear() ends at the end of the scope. */
#define AIS_SCOPED(T) __attribute__((cleanup(T##_clear))) T
/* A `char *` or other malloc'd pointer that free() frees; declare as `AIS_FREE char *name = ...`.
 */
#define AIS_FREE __attribute__((cleanup(ais_cleanup_free)))
/* A descriptor that is closed when not negative; declare as `AIS_CLOSE int fd = ...`. */
#define AIS_CLOSE __attribute__((cleanup(ais_cleanup_close)))

void ais_cleanup_free(void *pointer_to_pointer);
void ais_cleanup_close(const int *fd);

/* A broken promise of our own code: prints file and line and aborts. No input may reach it. */
#define AIS_BUG(...) ais_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void ais_bug(const char *file, int line, const char *format, ...) AIS_PRINTF(3, 4);

#define AIS_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Zeroed memory; never NULL (size 0 gives a unique pointer). Ownership: the caller frees. */
void *ais_alloc(size_t size);
/* As realloc(); new bytes are not zeroed. */
void *ais_realloc(void *pointer, size_t size);
char *ais_strdup(const char *text);
char *ais_strndup(const char *text, size_t length);
char *ais_format(const char *format, ...) AIS_PRINTF(1, 2);
char *ais_vformat(const char *format, va_list arguments) AIS_PRINTF(1, 0);

/* Make room for `need` elements of `size` bytes in a growing array; doubles. Returns the array:
 *     list->items = ais_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
 */
void *ais_grow(void *items, size_t *capacity, size_t need, size_t size);

/* Memory for what is built and dies together. */
typedef struct ais_arena ais_arena;
ais_arena *ais_arena_new(void);
void ais_arena_free(ais_arena *arena);
AIS_DEFINE_AUTO(ais_arena)
/* Zeroed, aligned for any type; dies with the arena. */
void *ais_arena_alloc(ais_arena *arena, size_t size);
char *ais_arena_strdup(ais_arena *arena, const char *text);
char *ais_arena_strndup(ais_arena *arena, const char *text, size_t length);
char *ais_arena_format(ais_arena *arena, const char *format, ...) AIS_PRINTF(2, 3);
/* Forget all contents, keep the largest block. */
void ais_arena_reset(ais_arena *arena);
/* Bytes handed out since new or reset. */
size_t ais_arena_used(const ais_arena *arena);
#endif
