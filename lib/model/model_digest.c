/* SHA-256 of a model's kind, mask_config and tensors, in the order of their names. */
#include "model/model_digest.h"

#include <inttypes.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

_Static_assert(MODEL_DIGEST_DIGITS == 2 * SHA256_DIGEST_SIZE, "two digits for each byte");

static void add_text(struct sha256_ctx *sha, const char *text)
{
	sha256_update(sha, strlen(text) + 1, (const uint8_t *)text);
}

/* A file that does not have the note is digested as if it had the default. */
static void add_note(struct sha256_ctx *sha, const struct tensors *t, const char *key,
                     const char *otherwise)
{
	const char *value = tensors_find_note(t, key);
	add_text(sha, key);
	add_text(sha, value ? value : otherwise);
}

static void add_tensor(struct sha256_ctx *sha, const struct tensor *item)
{
	char shape[TENSOR_MAX_RANK * 21 + 1] = "";
	size_t used = 0;
	for (unsigned i = 0; i < item->rank; i++)
		used += (size_t)snprintf(shape + used, sizeof(shape) - used, "%s%" PRIu64,
		                         i ? "," : "", item->shape[i]);
	add_text(sha, item->name);
	add_text(sha, tensor_type_name(item->type));
	add_text(sha, shape);
	sha256_update(sha, tensor_bytes(item), item->data);
}

void model_digest(const struct tensors *t, char digits[MODEL_DIGEST_DIGITS + 1])
{
	struct sha256_ctx sha;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&sha);
	add_note(&sha, t, "kind", "nice");
	add_note(&sha, t, "mask_config", "1");
	for (size_t i = 0; i < t->nitems; i++) {
		const struct tensor *item = &t->items[t->by_name[i]];
		if (strcmp(item->name, "baseline") != 0)
			add_tensor(&sha, item);
		tensors_forget(t, item);
	}
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(digits + 2 * i, 3, "%02x", digest[i]);
}
