/*
 * How failures are reported. A function of lib/ that can fail returns an enum status, leaves its
 * out-parameters untouched on failure, and records the reason in a struct error. Only cmd/ turns
 * that into a message and an exit status.
 */
#ifndef ERROR_H
#define ERROR_H

#include <stddef.h>

enum status {
	STATUS_OK = 0,
	STATUS_SYSTEM,      /* a system call failed: open, read, write, map */
	STATUS_MEMORY,      /* out of memory, or a size that this machine cannot address */
	STATUS_TRUNCATED,   /* unexpected end of input */
	STATUS_MALFORMED,   /* the input violates its format */
	STATUS_UNSUPPORTED, /* well-formed, but not supported */
	STATUS_CONTENT,     /* well-formed perhaps, but a file of another kind than expected */
	STATUS_MISMATCH,    /* two inputs, or an input and an option, disagree */
	STATUS_ELSEWHERE,   /* another process has failed, and says why (team/team.h) */
};

/* The first error wins: later ones are ignored. Initialise with {0}. */
struct error {
	enum status status;
	char text[4000]; /* lower case, no full stop; UTF-8 without control characters; "" if OK */
};

/* Records the error unless e already holds one; returns the status that e then holds. */
enum status error_set(struct error *e, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set with STATUS_SYSTEM; ": " and strerror(errno) are appended to the text. */
enum status error_system(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* As error_set with STATUS_MEMORY: "out of memory". */
enum status error_memory(struct error *e);

/* Puts context such as "record 17 (byte 13328): " before the text. */
enum status error_prefix(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends "; " and a further finding, for checks that report every fault they find. A finding that
 * does not fit is omitted, and the list then ends in "...". */
enum status error_add(struct error *e, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
