/* Model files of the supported formats, recognised by their first bytes: safetensors and PyTorch's
 * zip. */
#ifndef MODEL_FILE_H
#define MODEL_FILE_H

#include "base/error.h"
#include "io/whole_file.h"
#include "model/tensors.h"

/* Reads the model from a file that may be a pipe ("-" opened by input_open). A regular file
 * is mapped, not copied, if that is the way. The caller keeps fd and may close it afterwards. */
enum status model_file_read(int fd, enum whole_file_way way, struct tensors *out, struct error *e);

#endif
