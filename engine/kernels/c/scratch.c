/* Scratch memory of a thread, kept from call to call: fresh memory costs more than most kernels. */

#include <stdlib.h>

#include "common.h"

#define LINE 64 /* bytes of a cache line, and of the widest vector */

static _Thread_local void *memory;
static _Thread_local i64 room;

#ifdef _WIN32
static void keep(void) {}
#else
#include <pthread.h>

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_key(void) { pthread_key_create(&key, free); }

/* Free the memory when the thread ends. */
static void keep(void)
{
    pthread_once(&once, make_key);
    pthread_setspecific(key, memory);
}
#endif

double *scratch(i64 count)
{
    if (count > room) {
        free(memory);
        memory = malloc((size_t)count * sizeof(double) + LINE);
        room = memory ? count : 0;
        keep();
    }
    if (!memory) return NULL;
    return (double *)(((uintptr_t)memory + LINE - 1) / LINE * LINE);
}
