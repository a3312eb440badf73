/* niceflow: what its lanes work with. */
#include "niceflow_lanes.h"

enum status niceflow_lanes_init(struct lanes *l, const struct density *f,
                                const struct niceflow_options *o, struct error *e)
{
	struct lanes_setup setup = {.model = f,
	                            .options = o,
	                            .workspace_init = density_workspace_new,
	                            .workspace_release = density_workspace_free,
	                            .rows = linear_rows(f->d),
	                            .room = f->d,
	                            .batch = o->common.batch,
	                            .progress = o->common.progress,
	                            .files = o->common.files,
	                            .type = o->common.type,
	                            .d = f->d,
	                            .any_content = o->common.any_content,
	                            .shard = o->common.shard};
	return lanes_init(l, &setup, e);
}
