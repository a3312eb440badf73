/* safetensors, and what a model needs of them (model/safetensors.h, model/model_file.h,
 * density/nice_names.h, vae/vae_names.h). */
#include "model.h"
#include "model/model_file.h"

#include <unistd.h>

void fuzz_repair(uint8_t *data, size_t size)
{
	repair_safetensors(data, size);
}

/* As a program reads it: the same tensors, or the same refusal. */
static void read_file(const uint8_t *data, size_t size, enum arrival arrival,
                      const struct tensors *expected, const struct error *expected_e)
{
	struct tensors t = {0};
	struct error e = {0};
	int fd = fuzz_open(data, size, arrival);
	model_file_read(fd, size % 2 == 0 ? WHOLE_FILE_MAP : WHOLE_FILE_COPY, &t, &e);
	close(fd);
	fuzz_check_error(&e);
	must(e.status == STATUS_OK || (t.nitems == 0 && t.nnotes == 0));
	if (safetensors_recognise(data, size)) {
		must(fuzz_same_error(&e, expected_e));
		must(e.status != STATUS_OK || same_tensors(&t, expected));
	}
	tensors_release(&t);
}

/* The tensors take all bytes behind the header, in their order, without a gap. */
static void must_fill(const struct tensors *t, const uint8_t *data, size_t size)
{
	const uint8_t *at = data + 8 + bytes_le64(data);
	for (size_t i = 0; i < t->nitems; i++) {
		must(t->items[i].data == at);
		at += t->items[i].nelements * tensor_type_bytes(t->items[i].type);
	}
	must(at == data + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tensors t = {0};
	struct error e = {0};
	safetensors_parse(data, size, &t, &e);
	fuzz_check_error(&e);
	check_tensors(&t, data, size);
	if (e.status == STATUS_OK) {
		must_fill(&t, data, size);
		write_again(&t, false);
	}
	for (enum arrival a = AT_ONCE; a < ARRIVALS; a++) {
		if (fuzz_worthwhile(a, size))
			read_file(data, size, a, &t, &e);
	}
	tensors_release(&t);
	return 0;
}
