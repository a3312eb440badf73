/* One array a thread, which grows. It lasts as long as the process: threads of the pool do not end.
 */
#include "system/scratch.h"

#include "system/hugepage.h"

#include <stdlib.h>

static _Thread_local struct {
	void *memory;
	size_t bytes;
} own;

void *scratch_get(size_t bytes)
{
	if (bytes > own.bytes) {
		free(own.memory);
		own.memory = hugepage_alloc(bytes, 1);
		own.bytes = own.memory ? bytes : 0;
	}
	return own.memory;
}
