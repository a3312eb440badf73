/* --model and --precision of nicestat and nicethresh: what scored the numbers. */
#ifndef SCORED_BY_H
#define SCORED_BY_H

#include "io/whole_file.h"
#include "linear/precision.h"
#include "stats/scorer.h"

/* Reads the model, whatever its kind. Reports a failure; returns EXIT_OK or EXIT_BAD. */
int scored_by(const char *model, enum whole_file_way way, enum precision precision,
              struct scorer *out);

#endif
