/* A model file of any format we read, told by its magic: safetensors or PyTorch's zip. */
#ifndef MODELFILE_H
#define MODELFILE_H

#include "status.h"
#include "tensors.h"

/* Reads the model from a file that may be a pipe ("-" opened by stream_open). A regular file of
 * safetensors is mapped, not copied. The caller keeps fd and may close it afterwards. */
enum status modelfile_read(int fd, struct tensors *out, struct error *e);

#endif
