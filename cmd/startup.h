/* The state of the process that every program relies on. */
#ifndef STARTUP_H
#define STARTUP_H

/* Ignores SIGXFSZ, reports a mapped file that is truncated, raises a stack limit that is too low,
 * and replaces closed standard streams by ones that fail. Ends the program, after a message that
 * begins with its name, if that cannot be done. */
void startup(const char *name);

#endif
