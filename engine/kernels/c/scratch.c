/* Scratch memory of a thread, kept from call to call: fresh memory costs more than most kernels. */

#include <stdlib.h>

#include "common.h"

static _Thread_local double *arena;
static _Thread_local i64 room;

#ifdef _WIN32
static void keep(void *memory) { (void)memory; }
#else
#include <pthread.h>

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_key(void) { pthread_key_create(&key, free); }

/* Free `memory` when the thread ends. */
static void keep(void *memory)
{
    pthread_once(&once, make_key);
    pthread_setspecific(key, memory);
}
#endif

double *scratch(i64 count)
{
    if (count <= room) return arena;
    free(arena);
    arena = malloc((size_t)count * sizeof(double));
    room = arena ? count : 0;
    keep(arena);
    return arena;
}
