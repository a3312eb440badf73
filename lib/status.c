/* Knows how a failure is kept and worded. Does not print: that is cmd/cli.c. */
#include "status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

size_t printable_bytes(const char *text)
{
	static const uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)text;
	size_t n = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	uint32_t c = *p & (0x7fu >> n);
	if (*p < 0x80)
		return *p >= ' ' && *p != 0x7f;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	return c < least[n] || c > 0x10ffff || c >> 11 == 0x1b ? 0 : n; /* 0x1b: surrogates */
}

/* Names and texts out of hostile files stay on their line and send the terminal no commands. */
static void make_printable(char *text)
{
	for (size_t n; *text; text += n) {
		n = printable_bytes(text);
		if (n == 0) {
			*text = '?';
			n = 1;
		}
	}
}

enum status error_set(struct error *e, enum status status, const char *format, ...)
{
	if (e->status != STATUS_OK)
		return e->status;
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	make_printable(e->text);
	return e->status = status;
}

enum status error_system(struct error *e, const char *format, ...)
{
	int saved = errno;
	if (e->status != STATUS_OK)
		return e->status;
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	make_printable(e->text);
	size_t used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %s", strerror(saved));
	return e->status = STATUS_SYSTEM;
}

enum status error_memory(struct error *e)
{
	return error_set(e, STATUS_MEMORY, "out of memory");
}

enum status error_prefix(struct error *e, const char *format, ...)
{
	char rest[sizeof(e->text)];
	memcpy(rest, e->text, sizeof(rest));
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	size_t used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, "%s", rest);
	make_printable(e->text);
	return e->status;
}

enum status error_add(struct error *e, enum status status, const char *format, ...)
{
	static const char more[] = "; ...";
	size_t used = strlen(e->text);
	size_t room = sizeof(e->text) - sizeof(more);
	char finding[1000];
	va_list args;
	va_start(args, format);
	vsnprintf(finding, sizeof(finding), format, args);
	va_end(args);
	make_printable(finding);
	if (used + 2 + strlen(finding) < room)
		snprintf(e->text + used, sizeof(e->text) - used, "%s%s", used ? "; " : "", finding);
	else if (used < sizeof(more) || strcmp(e->text + used - strlen(more), more) != 0)
		strcat(e->text, more);
	if (e->status == STATUS_OK)
		e->status = status;
	return e->status;
}

void error_clear(struct error *e)
{
	*e = (struct error){0};
}
