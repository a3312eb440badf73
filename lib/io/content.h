/* What an input is, by its first bytes: files of other kinds where raw records are expected. */
#ifndef CONTENT_H
#define CONTENT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* So many bytes, or all there are, are enough to judge an input. */
enum { CONTENT_HEAD_BYTES = 256 };

/* STATUS_CONTENT, with the program that reads it, if the first n bytes of an input are those of a
 * NumPy array, a PNG picture, a gzip, zip, IDX or safetensors file, or lines of text: rules in
 * niceraw(5). `all`: there are no more. *partial tells that these few bytes may still turn out to
 * be such a file's, and that it takes more to know. */
enum status content_check(const unsigned char *head, size_t n, bool all, bool *partial,
                          struct error *e);

/* STATUS_CONTENT, with the type that it is, if the first n bytes of raw records, of elements of
 * element_bytes (1: u8, 4: f32, 8: f64), are clearly numbers of another type, which would be read
 * as many wrong ones: rules in niceraw(5). Bytes that could be either are accepted. */
enum status content_check_elements(const unsigned char *data, size_t n, size_t element_bytes,
                                   struct error *e);

#endif
