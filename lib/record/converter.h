/* A reader of the records of a file (record/counted.h), which a function converts piece by piece.
 */
#ifndef CONVERTER_H
#define CONVERTER_H

#include "record/counted.h"
#include "record/reader.h"

/* Converts the first *n of the records that the file holds into raw, which has room for them, of
 * type r->type and r->nelements each. May lower *n, if a record after the first cannot be
 * converted; fails if that is the first. file: as it was given to converter_open. */
typedef enum status converter_function(const struct reader *r, const void *file,
                                       const unsigned char *records, size_t *n, unsigned char *raw,
                                       struct error *e);

/* body and file stay the caller's, and must outlive the reader. */
enum status converter_open(struct reader *r, struct counted *body, size_t nelements,
                           enum element type, converter_function *convert, const void *file,
                           struct error *e);

#endif
