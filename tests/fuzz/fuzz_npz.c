/* NumPy's .npz files, stored or deflated (numpy/npz.h). */
#include "archive/gzip.h"
#include "numpy.h"
#include "numpy/npz.h"

#include <string.h>
#include <unistd.h>

/* Every record that there is, by its name; twice the same. */
static void read_array(const struct npz *z, const struct zip_archive_record *r)
{
	char name[1100];
	struct bytes records[2];
	struct npy_header header = {0};
	struct error e[2] = {{0}, {0}};
	must(r->name_bytes < sizeof(name));
	memcpy(name, r->name, r->name_bytes);
	name[r->name_bytes] = '\0';
	for (int i = 0; i < 2; i++) {
		struct gzip *source = NULL;
		bytes_begin(&records[i]);
		bytes_end(&records[i]);
		if (npz_find(z, name, &source, &e[i]) == STATUS_OK) {
			bytes_release(&records[i]);
			read_records(source, ELEMENT_F64, false, &header, &records[i], &e[i]);
		}
		fuzz_check_error(&e[i]);
	}
	must(fuzz_same_error(&e[0], &e[1]));
	must(bytes_same(&records[0], records[1].data, records[1].size));
	bytes_release(&records[0]);
	bytes_release(&records[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct npz z = {0};
	struct gzip *source = NULL;
	struct error e = {0};
	int fd = fuzz_open(data, size, IN_PIECES);
	if (npz_open(&z, fd, &e) == STATUS_OK) {
		for (size_t i = 0; i < z.zip.nrecords && i < 16; i++)
			read_array(&z, &z.zip.records[i]);
		npz_find(&z, NULL, &source, &e);
		gzip_close(source);
	}
	fuzz_check_error(&e);
	npz_release(&z);
	close(fd);
	return 0;
}
