/* niceflow: what its lanes work with. */
#include "niceflow_lanes.h"

#include <stdlib.h>

static enum status new_workspace(void **workspace, const void *density, struct error *e)
{
	struct density_workspace *w = calloc(1, sizeof(*w));
	if (!w)
		return error_memory(e);
	if (density_workspace_init(w, density, e) == STATUS_OK)
		*workspace = w;
	else
		free(w);
	return e->status;
}

static void free_workspace(void *workspace)
{
	if (workspace)
		density_workspace_release(workspace);
	free(workspace);
}

enum status niceflow_lanes_init(struct lanes *l, const struct density *f,
                                const struct niceflow_options *o, struct error *e)
{
	struct lanes_setup setup = {.model = f,
	                            .options = o,
	                            .workspace_init = new_workspace,
	                            .workspace_release = free_workspace,
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
