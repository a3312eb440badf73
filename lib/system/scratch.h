/* Memory of each thread's own, for what it needs again and again and only for a while. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>

/* `bytes` of memory at a multiple of 64, with anything in them; the calling thread's until it asks
 * again, and never to be freed. NULL if out of memory. */
void *scratch_get(size_t bytes);

#endif
