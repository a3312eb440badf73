/* What scored the numbers: the digest of a model file. */
#include "scored_by.h"

#include "cli.h"
#include "io/input.h"
#include "model/model_digest.h"
#include "model/model_file.h"

#include <string.h>

int scored_by(const char *model, enum whole_file_way way, enum precision precision,
              struct scorer *out)
{
	struct tensors tensors = {0};
	struct error e = {0};
	int fd = -1;
	char digits[MODEL_DIGEST_DIGITS + 1];
	const char *name = precision_name(precision);
	if (input_open(model, &fd, &e) == STATUS_OK &&
	    model_file_read(fd, way, &tensors, &e) == STATUS_OK) {
		model_digest(&tensors, digits);
		scorer_set_model(out, digits, MODEL_DIGEST_DIGITS);
		scorer_set_precision(out, name, strlen(name));
	}
	tensors_release(&tensors);
	return cli_close_input(model, fd, &e);
}
