/* Model files of either format. */
#include "model/model_file.h"

#include "model/safetensors.h"
#include "model/torch_file.h"

#include <string.h>

static enum status refuse(const unsigned char *head, size_t n, struct error *e)
{
	if (n == 0)
		return error_set(e, STATUS_TRUNCATED, "the file is empty");
	if (torch_file_recognise_legacy(head, n))
		return error_set(
		    e, STATUS_UNSUPPORTED,
		    "in the format of PyTorch before 1.6: save it again with "
		    "torch.save(torch.load(f), g, _use_new_zipfile_serialization=True)");
	return error_set(e, STATUS_MALFORMED,
	                 "neither safetensors nor a PyTorch file: it starts with the byte 0x%02x",
	                 head[0]);
}

static enum status check(const unsigned char *head, size_t n, struct error *e)
{
	if (safetensors_recognise(head, n) || torch_file_recognise(head, n))
		return STATUS_OK;
	return refuse(head, n, e);
}

/* The bytes now belong to the tensors that point into them. */
static void hand_over(struct whole_file *file, struct tensors *tensors)
{
	tensors->owned = file->data;
	tensors->owned_bytes = file->size;
	tensors->release_owned = file->release;
	tensors->populate_owned = file->populate;
	tensors->forget_owned = file->forget;
	*file = (struct whole_file){0};
}

enum status model_file_read(int fd, enum whole_file_way way, struct tensors *out, struct error *e)
{
	struct tensors made = {0};
	struct whole_file file = {0};
	if (whole_file_read(fd, way, check, &file, e) != STATUS_OK)
		return e->status;
	hand_over(&file, &made);
	/* In this order: a zip archive never has a '{' where safetensors has one. */
	if (safetensors_recognise(made.owned, made.owned_bytes))
		safetensors_parse(made.owned, made.owned_bytes, &made, e);
	else
		torch_file_parse(made.owned, made.owned_bytes, &made, e);
	if (e->status == STATUS_OK)
		*out = made;
	else
		tensors_release(&made);
	return e->status;
}
