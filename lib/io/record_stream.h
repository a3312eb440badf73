/* Streams of records of a fixed size, handed out in place and in batches. */
#ifndef RECORD_STREAM_H
#define RECORD_STREAM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct input_list;

struct record_stream {
	int fd;
	FILE *tied;          /* flushed before a read waits (io/input.h); may be NULL */
	size_t record_bytes; /* > 0 */
	size_t capacity;     /* bytes in data */
	size_t backlog;      /* bytes in a pipe from which its producer is taken to wait for us */
	unsigned char *data; /* owned */
	size_t begin, end;   /* the bytes of data that have not been handed out */
	size_t max_records;  /* of a batch */
	uint64_t nrecords;   /* handed out so far */
	uint64_t nearlier;   /* those of them that earlier files held */
	uint64_t
	    nleft; /* to be handed out before the end; set it after init (shard/shard_part.h) */
	struct input_list
	    *files;       /* NULL, or the list that fd is of (io/input.h); set it after init */
	bool any_content; /* do not look at what the input is (io/content.h); set it after init */
	size_t element_bytes; /* 0, or the type to look for (io/content.h); set it after init */
	bool judged, ended;   /* the input that is being read */
	struct error failure; /* of a read, reported after the whole records before it */
};

/* Room for batches of at least one and at most max_records. */
enum status record_stream_init(struct record_stream *r, int fd, FILE *tied, size_t record_bytes,
                               size_t max_records, struct error *e);
void record_stream_release(struct record_stream *r);

/* Waits for one record, then takes what has arrived; a producer that had to wait because its pipe
 * was full gets about a millisecond to fill the batch. *batch points to *n whole records, valid
 * until the next call; *n is 0 at the end. A failing read is reported after all whole records
 * before it have been handed out, and so is an incomplete last record: STATUS_TRUNCATED, with its
 * index and byte offset in the text. Files of a list are read in turn: each holds whole records, is
 * looked at, and counts its records, on its own; no batch has records of two. */
enum status record_stream_next(struct record_stream *r, const unsigned char **batch, size_t *n,
                               struct error *e);

/* The same without waiting: *n is also 0 if no whole record has arrived. */
enum status record_stream_ready(struct record_stream *r, const unsigned char **batch, size_t *n,
                                struct error *e);

#endif
