/* How the reason of a failure is recorded and worded. */
#include "base/error.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status error_set(struct error *e, enum status status, const char *format, ...)
{
	if (e->status != STATUS_OK)
		return e->status;
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	utf8_make_printable(e->text);
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
	utf8_make_printable(e->text);
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
	utf8_make_printable(e->text);
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
	utf8_make_printable(finding);
	if (used + 2 + strlen(finding) < room)
		snprintf(e->text + used, sizeof(e->text) - used, "%s%s", used ? "; " : "", finding);
	else if (used < sizeof(more) || strcmp(e->text + used - strlen(more), more) != 0)
		strcat(e->text, more);
	if (e->status == STATUS_OK)
		e->status = status;
	return e->status;
}
