/*
 * Center, spread and grain of the elements of training records: what makes a table's columns, each
 * of its own unit, one scale, and integers among them continuous.
 */
#ifndef SCALING_H
#define SCALING_H

#include "base/error.h"
#include "model/tensors.h"
#include "train/dataset.h"

#include <stddef.h>
#include <stdint.h>

/* The records with those numbers, n > 0: mean and standard deviation of each element, in float64;
 * an element that is constant has stdev 1, one of two values twice their distance, so that a rare
 * one is not many stdevs away. With `noise`, width[j] is that of the uniform noise, centered on 0,
 * that an element is given: a share of its stdev, the greater the fewer records, or its smallest
 * step, whichever is greater, but at most 2 stdev; of an element of two values, the stdev that it
 * has here. The records are read twice, in order; with noise the first 65536 of them, which tell
 * the smallest steps, once more for every 16 elements. */
enum status scaling_measure(struct scaling *s, const struct dataset *set, const uint32_t *numbers,
                            size_t n, bool records, bool noise, struct error *e);
void scaling_release(struct scaling *s);

/* The sum of -log stdev, which a log-likelihood of scaled records lacks; 0 without a stdev. */
double scaling_log_det(const struct scaling *s);

/* Center and spread as a model has them, which is to scale its records if, and only if, s does; the
 * noise stays. STATUS_MISMATCH otherwise, or if they are of another size. */
enum status scaling_from_model(struct scaling *s, const struct tensors *t, struct error *e);

/* Adds the tensors records.mean and records.stdev to a model's, nicemodel(5), if there are any. The
 * data are not copied. */
enum status scaling_to_model(const struct scaling *s, struct tensors *t, struct error *e);

#endif
