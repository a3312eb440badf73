/* Aligned memory for large arrays, in huge pages where available. */
#ifndef HUGEPAGE_H
#define HUGEPAGE_H

#include <stddef.h>

/* Allocates count elements of `size` bytes at an address that is a multiple of 64; release with
 * free(). A large array gets huge pages if the system supports them, so that first use costs one
 * page fault per 2 MiB instead of 512. The contents are undefined. NULL if out of memory. */
void *hugepage_alloc(size_t count, size_t size);
void *hugepage_zeroed(size_t count, size_t size); /* the same, filled with zeros */

#endif
