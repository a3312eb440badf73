/* Printable UTF-8: what of a text may go to a terminal. */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/* The length in bytes of the UTF-8 character at text; 0 if it is malformed, if it is a control
 * character (of ASCII, NUL included, or of U+0080 to U+009F, some of which are terminal commands),
 * or if it is invisible: a line separator, a control of text direction, a space of zero width. */
size_t utf8_printable_bytes(const char *text);

/* Replaces each byte of text that is not part of a printable character with '?', so that names and
 * texts from untrusted files stay on their line and send no commands to a terminal. */
void utf8_make_printable(char *text);

#endif
