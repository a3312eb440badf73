/* Whether all processes of a team train the same model on the same records. */
#include "train/trainer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT = 16384 };

static const char last_name[] = "digest of the parameters";

/* "name: value", one a line. */
static void append(char *text, const char *name, const char *value)
{
	size_t used = strlen(text);
	snprintf(text + used, TEXT - used, "%s: %s\n", name, value);
}

/* All that a checkpoint would hold, its arrays as a checksum. */
static enum status describe(const struct trainer *t, const char *program, char *text,
                            struct error *e)
{
	struct tensors all = {0};
	char digest[16];
	text[0] = '\0';
	append(text, "program", program);
	if (trainer_save(t, &all, e) == STATUS_OK) {
		for (size_t i = 0; i < all.nnotes; i++)
			append(text, all.notes[i].key, all.notes[i].value);
		snprintf(digest, sizeof(digest), "%08" PRIx32, tensors_checksum(&all));
		append(text, last_name, digest);
	}
	tensors_release(&all);
	return e->status;
}

/* The value after the name that a line begins with. */
static const char *value_of(const char *line, size_t name)
{
	return line + name + 2;
}

static void add_difference(const char *here, const char *there, struct error *e)
{
	size_t name = strcspn(here, ":"), nhere = strcspn(value_of(here, name), "\n");
	if (strncmp(here, there, name + 1) != 0)
		error_add(e, STATUS_MISMATCH, "%.*s is given here, not there", (int)name, here);
	else
		error_add(e, STATUS_MISMATCH, "%.*s is %.*s, there %.*s", (int)name, here,
		          (int)nhere, value_of(here, name),
		          (int)strcspn(value_of(there, name), "\n"), value_of(there, name));
}

/* Adds to e the lines that differ, until one text has a line more; that of the parameters, which
 * come last, only if they are all that differs. */
static void compare_lines(const char *here, const char *there, struct error *e)
{
	bool same_name = true;
	while (*here && *there && same_name) {
		size_t nhere = strcspn(here, "\n") + 1, nthere = strcspn(there, "\n") + 1;
		bool same = nhere == nthere && strncmp(here, there, nhere) == 0;
		same_name = strncmp(here, there, strcspn(here, ":") + 1) == 0;
		if (!same &&
		    (e->status == STATUS_OK || strncmp(here, last_name, strlen(last_name)) != 0))
			add_difference(here, there, e);
		here += nhere;
		there += nthere;
	}
}

enum status trainer_compare(const struct trainer *t, const char *program, struct error *e)
{
	const struct team *team = t->options.team;
	char here[TEXT], there[TEXT];
	describe(t, program, here, e);
	if (team_agree(team, e) != STATUS_OK)
		return e->status;
	memcpy(there, here, TEXT);
	team_tell(team, there, TEXT);
	compare_lines(here, there, e);
	if (e->status != STATUS_OK)
		error_prefix(e, "this process would not train as process 0 does: ");
	return team_agree(team, e);
}
