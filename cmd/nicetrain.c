/* nicetrain: raw records in, a model out. The options are in nicetrain_options.c. */
#include "nicetrain.h"

#include <signal.h>

static const struct program program = {
    "nicetrain",
    "usage: nicetrain (-d DIMS | --schema SCHEMA) -o MODEL [-q] [--kind nice|vae]\n"
    "                 [-t u8|f32|f64] [-p f32|bf16] [-S SEED] [-j THREADS] [options]\n"
    "                 [file ...]\n",
    "Train a NICE flow, or a VAE, on raw records by maximum likelihood."};

int main(int argc, char **argv)
{
	struct input_list files = {0};
	struct options o = {.files = &files};
	struct signals signals = {0};
	struct error e = {0};
	cli_start(&program, argv);
	if (signals_hold(&signals, SIGUSR1, &e) != STATUS_OK)
		return cli_fail(NULL, &e);
	nicetrain_parse(&program, argc, argv, &o);
	cli_confine(SANDBOX_FILES);
	return cli_finish(nicetrain_run(&o, &signals));
}
