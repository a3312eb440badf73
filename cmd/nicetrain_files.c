/* The files of nicetrain: records, models, checkpoints. */
#include "nicetrain.h"

#include "io/input.h"
#include "model/model_file.h"
#include "model/safetensors.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int prepare(struct output *out, const char *path)
{
	struct error e = {0};
	if (!path || output_prepare(out, path, &e) == STATUS_OK)
		return EXIT_OK;
	return cli_fail_output(path, &e);
}

static bool is_log(const unsigned char *head, size_t n)
{
	static const char begin[] = "epoch\trecords\t";
	return n >= strlen(begin) && memcmp(head, begin, strlen(begin)) == 0;
}

static int check_replaced(const struct output *out, const char *path,
                          bool (*ours)(const unsigned char *head, size_t n), const char *what)
{
	struct error e = {0};
	if (!path || output_check_replaced(out, ours, what, &e) == STATUS_OK)
		return EXIT_OK;
	return cli_fail_output(path, &e);
}

/* A checkpoint is replaced again and again, and read again. */
static int prepare_checkpoint(struct output *out, const char *path)
{
	struct error e = {0};
	int status = prepare(out, path);
	if (status == EXIT_OK)
		status = check_replaced(out, path, safetensors_recognise, "a checkpoint");
	if (status != EXIT_OK || !path || out->path)
		return status;
	error_set(&e, STATUS_UNSUPPORTED, "a checkpoint must be a regular file");
	return cli_fail_output(path, &e);
}

int outputs_prepare(struct outputs *out, const struct options *o)
{
	int status = prepare(&out->model, o->output);
	if (status == EXIT_OK)
		status = prepare_checkpoint(&out->checkpoint, o->checkpoint);
	if (status == EXIT_OK)
		status = prepare(&out->log, o->log);
	if (status == EXIT_OK)
		status = check_replaced(&out->log, o->log, is_log, "a table of nicetrain");
	return status;
}

void outputs_release(struct outputs *out)
{
	output_release(&out->model);
	output_release(&out->checkpoint);
	output_release(&out->log);
}

/* The schema, which may come from the program that writes the first file, is waited for there. */
static int read_records(struct dataset *set, struct options *o)
{
	struct input_list *files = o->files;
	struct error e = {0};
	int status = EXIT_OK;
	while (files->nopened < files->n && e.status == STATUS_OK && status == EXIT_OK) {
		if (input_list_open_next(files, &e) != STATUS_OK)
			break;
		if (files->nopened == 1) {
			status = schema_take(o, files->fd);
			dataset_init(set, o->type, o->d);
			set->way = o->way;
		}
		if (status == EXIT_OK)
			dataset_add(set, files->fd, o->any_content, &e);
	}
	input_list_close(files);
	return e.status == STATUS_OK ? status : cli_fail(input_list_name(files), &e);
}

static int read_held_out(struct dataset *set, const struct options *o)
{
	struct error e = {0};
	int fd = -1;
	dataset_init(set, o->type, o->d);
	set->way = o->way;
	if (input_open(o->valid, &fd, &e) == STATUS_OK &&
	    dataset_add(set, fd, o->any_content, &e) == STATUS_OK && set->nrecords < 2)
		error_set(&e, STATUS_MISMATCH, "%zu held-out records: at least 2 are needed",
		          set->nrecords);
	return cli_close_input(o->valid, fd, &e);
}

int records_read(struct dataset *records, struct dataset *valid, struct options *o)
{
	int status = read_records(records, o);
	return status == EXIT_OK && o->valid ? read_held_out(valid, o) : status;
}

int initial_read(struct tensors *model, const struct options *o)
{
	struct error e = {0};
	int fd = -1;
	if (!o->init)
		return EXIT_OK;
	if (input_open(o->init, &fd, &e) == STATUS_OK)
		model_file_read(fd, o->way, model, &e);
	return cli_close_input(o->init, fd, &e);
}

/* Ends what trainer_model or trainer_save began: the tensors to the file, unless there is an error.
 */
static int write_tensors(struct output *out, const char *path, struct tensors *t, struct error *e)
{
	if (e->status == STATUS_OK && output_open(out, e) == STATUS_OK &&
	    safetensors_write(t, out->f, e) == STATUS_OK)
		output_commit(out, e);
	output_abandon(out);
	tensors_release(t);
	return e->status == STATUS_OK ? EXIT_OK : cli_fail_output(path, e);
}

int model_write(const struct trainer *t, const struct options *o, struct output *out)
{
	struct error e = {0};
	struct tensors tensors = {0};
	if (o->trainer.team->rank > 0)
		return EXIT_OK;
	trainer_model(t, "nicetools " NICETOOLS_VERSION, &tensors, &e);
	schema_note(o, &tensors, &e);
	return write_tensors(out, o->output, &tensors, &e);
}

int checkpoint_write(const struct trainer *t, const struct options *o, struct output *out)
{
	struct error e = {0};
	struct tensors tensors = {0};
	if (o->trainer.team->rank > 0)
		return EXIT_OK;
	trainer_save(t, &tensors, &e);
	return write_tensors(out, o->checkpoint, &tensors, &e);
}

int checkpoint_resume(struct trainer *t, const struct options *o)
{
	struct error e = {0};
	struct tensors tensors = {0};
	int fd = -1;
	if (!o->resume || (access(o->checkpoint, F_OK) != 0 && errno == ENOENT))
		return EXIT_OK;
	if (input_open(o->checkpoint, &fd, &e) == STATUS_OK &&
	    model_file_read(fd, o->way, &tensors, &e) == STATUS_OK)
		trainer_restore(t, &tensors, &e);
	tensors_release(&tensors);
	return cli_close_input(o->checkpoint, fd, &e);
}
