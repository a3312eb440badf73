/*
 * The vocabulary of failure. Functions of lib/ that can fail return an enum
 * status, leave their out-parameters untouched on failure, and put the reason
 * into a struct error. Only cmd/ turns that into a message and an exit status.
 */
#ifndef STATUS_H
#define STATUS_H

#include <stddef.h>

enum status {
	STATUS_OK = 0,
	STATUS_SYSTEM,      /* the system refused: open, read, write, map */
	STATUS_MEMORY,      /* no memory, or a size beyond what this machine can address */
	STATUS_TRUNCATED,   /* the input ended too soon */
	STATUS_MALFORMED,   /* the input breaks its format */
	STATUS_UNSUPPORTED, /* well-formed, but not something we take */
	STATUS_MISMATCH,    /* two inputs, or an input and an option, disagree */
};

/* The first error wins: later ones are ignored until error_clear. Initialise with {0}. */
struct error {
	enum status status;
	char text[4000]; /* lower case, no full stop; UTF-8 without control characters; "" if OK */
};

/* Records the error unless one is there already; returns the status that e now holds. */
enum status error_set(struct error *e, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set with STATUS_SYSTEM, and ": " strerror(errno) behind the text. */
enum status error_system(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* As error_set with STATUS_MEMORY: "out of memory". */
enum status error_memory(struct error *e);

/* Puts context in front of the text: "record 17 (byte 13328): " and what is there. */
enum status error_prefix(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds one more finding behind "; ", for checks that list all they find. Text that does
 * not fit is left off and the list then ends in "...". */
enum status error_add(struct error *e, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void error_clear(struct error *e);

/* The bytes of the UTF-8 character at text; 0 if it is broken or a control character: one of ASCII's,
 * the NUL included, or of those from U+0080 on, among which are commands to terminals, too. */
size_t printable_bytes(const char *text);

#endif
