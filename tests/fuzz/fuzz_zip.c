/* PyTorch's zip archives, from the first byte to the last (model/torch_file.h). */
#include "model.h"
#include "model/model_file.h"
#include "model/torch_file.h"

#include <unistd.h>

enum { LOCAL_BYTES = 30, CENTRAL_BYTES = 46, END_BYTES = 22 };

static size_t le16(const uint8_t *p)
{
	return p[0] | (size_t)p[1] << 8;
}

/* The checksum of the stored entry whose header in the directory is at `central`, in both headers.
 */
static void repair_entry(uint8_t *data, size_t size, uint8_t *central)
{
	size_t local = bytes_le32(central + 42), n = bytes_le32(central + 20);
	if (local > size || size - local < LOCAL_BYTES)
		return;
	size_t begin = local + LOCAL_BYTES + le16(data + local + 26) + le16(data + local + 28);
	if (begin > size || n > size - begin)
		return;
	bytes_put_le32(central + 16, fuzz_crc32(data + begin, n));
	memcpy(data + local + 14, central + 16, 4);
}

void fuzz_repair(uint8_t *data, size_t size)
{
	if (size < END_BYTES || memcmp(data + size - END_BYTES, "PK\5\6", 4) != 0)
		return;
	size_t at = bytes_le32(data + size - END_BYTES + 16);
	while (at < size && size - at >= CENTRAL_BYTES && memcmp(data + at, "PK\1\2", 4) == 0) {
		uint8_t *central = data + at;
		repair_entry(data, size, central);
		at += CENTRAL_BYTES + le16(central + 28) + le16(central + 30) + le16(central + 32);
	}
}

/* In pieces, as a program reads it: the same tensors, or the same refusal. */
static void read_file(const uint8_t *data, size_t size, const struct tensors *expected,
                      const struct error *expected_e)
{
	struct tensors t = {0};
	struct error e = {0};
	int fd = fuzz_open(data, size, IN_PIECES);
	model_file_read(fd, WHOLE_FILE_MAP, &t, &e);
	close(fd);
	fuzz_check_error(&e);
	if (torch_file_recognise(data, size) && !safetensors_recognise(data, size)) {
		must(fuzz_same_error(&e, expected_e));
		must(e.status != STATUS_OK || same_tensors(&t, expected));
	}
	tensors_release(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tensors t = {0};
	struct error e = {0};
	torch_file_parse(data, size, &t, &e);
	fuzz_check_error(&e);
	check_tensors(&t, data, size);
	if (e.status == STATUS_OK)
		write_again(&t, true);
	read_file(data, size, &t, &e);
	tensors_release(&t);
	return 0;
}
