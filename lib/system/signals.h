/*
 * Signals that stay pending until the program asks for them. No handler ever runs: a library that
 * computes may keep its stack where a signal's frame would overwrite its data (oneDNN's products
 * for AVX-512 do).
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "base/error.h"

#include <signal.h>
#include <stdbool.h>

struct signals {
	sigset_t held;
};

/* Blocks a signal in this thread and in those that it starts; a signal that the parent left ignored
 * stays ignored. Initialise with {0} and call before any other thread exists. */
enum status signals_hold(struct signals *s, int number, struct error *e);

/* Whether such a signal is pending; it stays pending. */
bool signals_came(const struct signals *s, int number);

/* The same, but takes the signal: it counts as handled. */
bool signals_take(const struct signals *s, int number);

/* Lets a pending or future signal have its normal effect. Nothing is sent: a sandbox may forbid
 * that. */
void signals_release(struct signals *s, int number);

#endif
