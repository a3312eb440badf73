/* A VAE as a model that learns, train/learner.h; its shape is a struct vae_shape. */
#ifndef VAE_LEARNER_H
#define VAE_LEARNER_H

#include "train/learner.h"

extern const struct learner_kind vae_learner;

#endif
