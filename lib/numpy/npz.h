/* NumPy's .npz files: zip archives of .npy files, stored (savez) or deflated (savez_compressed). */
#ifndef NPZ_H
#define NPZ_H

#include "archive/zip_archive.h"
#include "base/error.h"
#include "io/whole_file.h"

#include <stdbool.h>
#include <stddef.h>

struct gzip;

struct npz {
	struct whole_file file;
	struct zip_archive zip;
};

/* Whether fd is a regular file that goes on with a zip archive; reads nothing from its position. */
bool npz_recognise(int fd);

/* Takes the operand FILE.npz:ARRAY apart: copies FILE.npz and points into the operand for ARRAY.
 * False if it is no such operand, or too long for n bytes. */
bool npz_split(const char *operand, char *file, size_t n, const char **array);

/* Reads the archive's directory from fd, which stays the caller's; a regular file is mapped and
 * must not shrink while it is in use. */
enum status npz_open(struct npz *z, int fd, struct error *e);
void npz_release(struct npz *z); /* a zeroed struct is allowed */

/* Starts reading an array by its name, with or without .npy after it; or, if that is NULL, the only
 * one. The caller owns *out, and z must outlive it. If there is no such array, or not one only, the
 * error lists those that there are. */
enum status npz_find(const struct npz *z, const char *array, struct gzip **out, struct error *e);

#endif
