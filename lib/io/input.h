/*
 * Reading from file descriptors: files, pipes, sockets, slow or fast. A read that would have to
 * wait first flushes the output it is tied to, so that everything that has arrived is answered
 * before the program sleeps.
 */
#ifndef INPUT_H
#define INPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Opens a file for reading; "-" is standard input. A directory is an error. */
enum status input_open(const char *path, int *fd, struct error *e);

/* Closes what input_open opened: not standard input, and not -1. */
void input_close(int fd);

/* Files that are read one after another. */
struct input_list {
	const char *const *names; /* at least one; "-" is standard input */
	size_t n, nopened;
	int fd; /* the one opened last */
};

/* Closes the file that is open, opens the next one; there is one while nopened < n. */
enum status input_list_open_next(struct input_list *l, struct error *e);
void input_list_close(struct input_list *l);

/* The file opened last, for messages; before that, the first. */
const char *input_list_name(const struct input_list *l);

/* Whether a read would not wait: data, the end or an error is there now, or within that time. */
bool input_ready(int fd, int milliseconds);

/* Reads what has arrived, at least one byte and at most n, waiting for the first; *got is 0 at the
 * end. Flushes tied, which may be NULL, before it waits. */
enum status input_read(int fd, FILE *tied, void *data, size_t n, size_t *got, struct error *e);

/* Asks the system to let a pipe hold at least n bytes, so that a producer can run ahead while we
 * compute. Best effort. Returns how many bytes it holds now; 0 if that is unknown or fd is no pipe.
 */
size_t input_widen(int fd, size_t n);

#endif
