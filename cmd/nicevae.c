/* nicevae: bounds, latents, samples of a VAE: its model. The options are in nicevae_options.c, the
 * verbs in nicevae_score.c. */
#include "nicevae.h"
#include "io/input.h"
#include "model/model_file.h"
#include "notes.h"
#include "threads/threads.h"

#include <unistd.h>

static void print_info(const struct tensors *t, struct error *e)
{
	struct tensors notes = {0};
	if (vae_describe(t, &notes, e) == STATUS_OK) {
		notes_print(&notes, NULL);
		notes_print(t, NULL);
	}
	tensors_release(&notes);
}

static enum status load(struct nicevae_options *o, struct vae *v, struct error *e)
{
	struct tensors tensors = {0};
	int fd = -1;
	if (input_open(o->common.model, &fd, e) == STATUS_OK &&
	    model_file_read(fd, o->common.way, &tensors, e) == STATUS_OK &&
	    vae_open(v, &tensors, linear_for(o->common.precision), o->common.precision, e) ==
	        STATUS_OK &&
	    o->common.mode == INFO)
		print_info(&tensors, e);
	lanes_options_choose_type(&o->common, &tensors);
	tensors_release(&tensors);
	if (fd > 0)
		close(fd);
	return e->status;
}

static int run(const struct vae *v, const struct nicevae_options *o)
{
	struct error e = {0};
	if (o->common.mode == LIKELIHOOD)
		nicevae_bound(v, o, &e);
	else if (o->common.mode == SAMPLES)
		nicevae_sample(v, o, &e);
	else if (o->common.mode != INFO)
		nicevae_map(v, o, &e);
	if (e.status == STATUS_OK)
		return EXIT_OK;
	return cli_fail(o->common.mode == SAMPLES ? NULL : input_list_name(o->common.files), &e);
}

int main(int argc, char **argv)
{
	struct input_list files;
	struct nicevae_options o = {.common = {.files = &files}};
	struct error e = {0};
	struct vae vae = {0};
	cli_start(&nicevae_program, argv);
	nicevae_parse(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	if (o.common.nthreads > 0)
		threads_set_count((unsigned)o.common.nthreads);
	int status = load(&o, &vae, &e) == STATUS_OK ? run(&vae, &o) : cli_fail(o.common.model, &e);
	vae_release(&vae);
	return cli_finish(status);
}
