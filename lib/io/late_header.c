/* Files whose header is completed at their end. */
#include "io/late_header.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

/* The offset from which a regular file that is not appended to can be written again, or -1. */
static off_t seekable_offset(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);
	bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	return regular && !(flags & O_APPEND) ? lseek(fd, 0, SEEK_CUR) : -1;
}

enum status late_header_open(struct late_header *h, FILE *out, int fd, struct error *e)
{
	struct late_header made = {
	    .out = out, .body = out, .body_fd = fd, .start = seekable_offset(fd)};
	if (made.start < 0) {
		made.start = 0;
		made.body = tmpfile();
		if (!made.body)
			return error_system(e, "cannot create temporary file");
		made.body_fd = fileno(made.body);
	}
	*h = made;
	return STATUS_OK;
}

void late_header_release(struct late_header *h)
{
	if (h->body && h->body != h->out)
		fclose(h->body);
	*h = (struct late_header){0};
}

static enum status patch(struct late_header *h, size_t offset, const unsigned char *bytes, size_t n,
                         struct error *e)
{
	ssize_t put = 0;
	bool good = fflush(h->body) == 0 && !ferror(h->body);
	for (size_t done = 0; good && done < n; done += (size_t)put) {
		put = pwrite(h->body_fd, bytes + done, n - done, h->start + (off_t)(offset + done));
		good = put > 0;
	}
	if (!good)
		return error_system(e, "cannot write the %s",
		                    h->body == h->out ? "output" : "temporary file");
	return STATUS_OK;
}

static enum status copy_out(struct late_header *h, struct error *e)
{
	char data[1 << 14];
	size_t n;
	rewind(h->body);
	while ((n = fread(data, 1, sizeof(data), h->body)) > 0 && !ferror(h->out))
		fwrite(data, 1, n, h->out);
	return ferror(h->body) ? error_system(e, "cannot read the temporary file") : STATUS_OK;
}

enum status late_header_finish(struct late_header *h, size_t offset, const void *bytes, size_t n,
                               struct error *e)
{
	if (patch(h, offset, bytes, n, e) == STATUS_OK && h->body != h->out)
		copy_out(h, e);
	return e->status;
}
