/* NICE as a model that learns, train/learner.h; its shape is a struct nice_shape. */
#ifndef NICE_LEARNER_H
#define NICE_LEARNER_H

#include "train/learner.h"

extern const struct learner_kind nice_learner;

#endif
