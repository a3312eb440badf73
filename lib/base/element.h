/* Element types of streams and files, and their conversion. Streams are little-endian; IDX files
 * are big-endian. */
#ifndef ELEMENT_H
#define ELEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum element { ELEMENT_U8, ELEMENT_I8, ELEMENT_I16, ELEMENT_I32, ELEMENT_F32, ELEMENT_F64 };

size_t element_bytes(enum element type);
const char *element_name(enum element type); /* "u8", "i8", ... */

/* Parses the type of a raw stream: "u8", "f32" or "f64". */
bool element_parse_raw(const char *text, enum element *out);

/* Converts little-endian raw elements of type u8, f32 or f64 to n doubles. A u8 element b becomes
 * the float32 nearest to b/255, widened: the same bits as torchvision's ToTensor. */
void element_to_double(enum element type, const unsigned char *raw, size_t n, double *out);

/* Converts n doubles to little-endian raw elements of type f32 or f64, rounded to nearest. */
void element_from_double(enum element type, const double *values, size_t n, unsigned char *raw);

/* Converts big-endian elements of any type to little-endian raw elements of type `to` (u8, f32,
 * f64). False if there is no such conversion: only u8 can become u8. u8 is scaled to b/255 as
 * above, other integers keep their values, and if the type stays the same, so does every bit. */
bool element_big_endian_to_raw(enum element from, const unsigned char *in, size_t n,
                               enum element to, unsigned char *raw);

/* Converts little-endian raw elements to big-endian ones of the same type, bit for bit. */
void element_raw_to_big_endian(enum element type, const unsigned char *raw, size_t n,
                               unsigned char *out);

/* Reads one big-endian element of an integer type, unscaled; false for other types. */
bool element_big_endian_integer(enum element type, const unsigned char *p, int64_t *out);

#endif
