/* Shards of a list of files: near-equal shares of whole records of all files together. */
#ifndef SHARD_PART_H
#define SHARD_PART_H

#include "base/error.h"
#include "shard/shard.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input_list;
struct record_stream;

/* Where a shard lies in the files. */
struct shard_part {
	uint64_t first, n; /* records, counted over all files */
	size_t file;       /* that its first record is in */
	uint64_t skipped;  /* records of that file before it */
};

/* Finds the records floor((I-1) n / N) .. floor(I n / N) of the n that the files hold. Each file
 * must be a regular one of whole records (STATUS_TRUNCATED if not), and, unless any_content, must
 * not be of another kind (io/content.h). An error is about input_list_name(files), which is
 * rewound otherwise. */
enum status shard_part_find(const struct shard *s, struct input_list *files, size_t record_bytes,
                            bool any_content, struct shard_part *part, struct error *e);

/* Opens the file in which the part begins, at its first record; the part is not empty. */
enum status shard_part_open(const struct shard_part *part, struct input_list *files,
                            size_t record_bytes, struct error *e);

/* Makes a stream that was initialised with that file hand out the part alone. Records are counted
 * from its first, in messages from the first of their file. */
void shard_part_limit(const struct shard_part *part, struct record_stream *r);

#endif
