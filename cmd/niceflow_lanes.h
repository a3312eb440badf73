/* The lanes of niceflow's verbs. */
#ifndef NICEFLOW_LANES_H
#define NICEFLOW_LANES_H

#include "lanes.h"
#include "niceflow.h"

/* lanes_init for a density; a lane's workspace is a struct density_workspace. */
enum status niceflow_lanes_init(struct lanes *l, const struct density *f,
                                const struct niceflow_options *o, struct error *e);

#endif
