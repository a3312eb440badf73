/* niceflow: what its lanes work with. */
#include "niceflow_lanes.h"

enum status niceflow_lanes_init(struct lanes *l, const struct density *f,
                                const struct niceflow_options *o, struct error *e)
{
	struct lanes_setup setup = {.model = f,
	                            .options = o,
	                            .workspace_init = density_workspace_new,
	                            .workspace_release = density_workspace_free,
	                            .room = f->d,
	                            .batch = o->batch,
	                            .progress = o->progress,
	                            .files = o->files,
	                            .type = o->type,
	                            .d = f->d,
	                            .any_content = o->any_content,
	                            .shard = o->shard};
	return lanes_init(l, &setup, e);
}
