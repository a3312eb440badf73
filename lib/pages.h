/* Memory for large arrays. */
#ifndef PAGES_H
#define PAGES_H

#include <stddef.h>

/* count elements of `size` bytes, at an address that is a multiple of 64, given back by free().
 * A large array gets huge pages where the system has them: a first touch then costs one fault for
 * 2 MiB, not 512. The contents are arbitrary. NULL if there is no such memory. */
void *pages_alloc(size_t count, size_t size);
void *pages_zeroed(size_t count, size_t size); /* the same, all zero */

#endif
