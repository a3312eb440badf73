/* Allocation of large arrays. */
#define _DEFAULT_SOURCE /* madvise */
#include "system/hugepage.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };

void *hugepage_alloc(size_t count, size_t size)
{
	if (size > 0 && count > (SIZE_MAX / 2 - HUGE_PAGE) / size)
		return NULL;
	size_t bytes = count * size;
	size_t nhuge = (bytes + HUGE_PAGE / 2) / HUGE_PAGE; /* the remainder uses small pages */
	size_t grain = nhuge > 0 ? HUGE_PAGE : CACHE_LINE;
	void *p = aligned_alloc(grain, (bytes / grain + 1) * grain);
#ifdef MADV_HUGEPAGE
	if (p && nhuge > 0)
		(void)madvise(p, nhuge * HUGE_PAGE, MADV_HUGEPAGE);
#endif
	return p;
}

void *hugepage_zeroed(size_t count, size_t size)
{
	void *p = hugepage_alloc(count, size);
	return p ? memset(p, 0, count * size) : NULL;
}
