/* niceflow -i: what a model is. */
#include "niceflow.h"
#include "notes.h"

/* What the density says of itself, and then the notes of the file: but for mask_config, which is
 * among the former. */
enum status niceflow_info(const struct density *f, const struct tensors *t, struct error *e)
{
	struct tensors notes = {0};
	if (density_describe(f, t, &notes, e) == STATUS_OK) {
		notes_print(&notes, NULL);
		notes_print(t, "mask_config");
	}
	tensors_release(&notes);
	return e->status;
}
