/* Knows which formats there are. Does not know what is in them. */
#include "modelfile.h"

#include "blob.h"
#include "safetensors.h"
#include "torchfile.h"

#include <string.h>

static enum status refuse(const unsigned char *head, size_t n, struct error *e)
{
	if (n == 0)
		return error_set(e, STATUS_TRUNCATED, "an empty file is no model");
	if (torchfile_recognise_legacy(head, n))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "written by PyTorch before 1.6, or in its format: save it again with "
		                 "torch.save(torch.load(f), g, _use_new_zipfile_serialization=True)");
	return error_set(e, STATUS_MALFORMED,
	                 "neither safetensors nor a PyTorch file: it starts with the byte 0x%02x",
	                 head[0]);
}

static enum status check(const unsigned char *head, size_t n, struct error *e)
{
	if (safetensors_recognise(head, n) || torchfile_recognise(head, n))
		return STATUS_OK;
	return refuse(head, n, e);
}

/* The bytes now belong to the tensors that point into them. */
static void hand_over(struct blob *blob, struct tensors *tensors)
{
	tensors->owned = blob->data;
	tensors->owned_bytes = blob->size;
	tensors->release_owned = blob->release;
	tensors->forget_owned = blob->forget;
	*blob = (struct blob){0};
}

enum status modelfile_read(int fd, struct tensors *out, struct error *e)
{
	struct tensors made = {0};
	struct blob blob = {0};
	if (blob_read(fd, check, &blob, e) != STATUS_OK)
		return e->status;
	/* In this order: a zip archive never has a '{' where safetensors has one. */
	if (!safetensors_recognise(blob.data, blob.size))
		torchfile_parse(blob.data, blob.size, &made, e);
	else if (safetensors_parse(blob.data, blob.size, &made, e) == STATUS_OK)
		hand_over(&blob, &made);
	if (e->status == STATUS_OK)
		*out = made;
	else
		tensors_release(&made);
	blob_release(&blob);
	return e->status;
}
