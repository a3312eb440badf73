/*
 * Reader of arrays in Fortran order, where the first dimension varies fastest: element j of all
 * records comes before element j+1 of any. No record is complete before the last elements have
 * come, so that the whole array is kept.
 */
#ifndef NPY_FORTRAN_H
#define NPY_FORTRAN_H

#include "base/error.h"
#include "numpy/npy.h"
#include "record/converter.h"
#include "record/reader.h"

/* As npy_reader_open, of records that `convert` converts once their elements have been gathered in
 * C order. Memory grows with the bytes received, up to those of the array. x stays the caller's and
 * must outlive the reader. */
enum status npy_fortran_open(struct reader *r, const struct npy *x, enum element type,
                             converter_function *convert, struct error *e);

#endif
