/* The notes of a model as lines of text. */
#include "notes.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static void print_text(const char *text)
{
	for (size_t n; *text; text += n ? n : 1) {
		n = utf8_printable_bytes(text);
		fwrite(n ? text : "?", 1, n ? n : 1, stdout);
	}
}

void notes_print(const struct tensors *t, const char *except)
{
	for (size_t i = 0; i < t->nnotes; i++) {
		const struct tensor_note *n = &t->notes[i];
		if (except && strcmp(n->key, except) == 0)
			continue;
		print_text(n->key);
		putchar('\t');
		print_text(n->value);
		putchar('\n');
	}
}
