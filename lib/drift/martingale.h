/*
 * Martingales that bet against the exchangeability of a stream, from its p-values: while these are
 * independent and uniform, the capital M has the expectation 1 at any time, and the probability
 * that it ever reaches c is at most 1/c (Ville, 1939).
 *
 *     jumper   C_e <- (1 - J) C_e + (J/3) sum C,  C_e <- C_e (1 + e (p - 1/2)),  e = -1, 0, 1;
 *              M = sum C; C_e = 1/3 at the start (Vovk, Petej, Nouretdinov, Ahlberg, Carlsson,
 *              Gammerman, "Retrain or not retrain", PMLR 152, 2021)
 *     power    M <- M e p^(e - 1), 0 < e < 1 (Vovk, Nouretdinov, Gammerman, ICML 2003)
 *     mixture  jumpers that start at each time t with the capital 1/(t (t + 1)), and what has not
 *              been staked after t numbers, 1/(t + 1). The steps of a jumper are linear: all of
 *              them are one.
 */
#ifndef MARTINGALE_H
#define MARTINGALE_H

#include <stdbool.h>
#include <stdint.h>

enum martingale_kind { MARTINGALE_JUMPER, MARTINGALE_POWER, MARTINGALE_MIXTURE };

struct martingale {
	enum martingale_kind kind;
	double rate;       /* J, or e of power; in (0, 1) */
	double capital[3]; /* times 2^exponent; power uses the first */
	int64_t exponent;
	uint64_t n; /* p-values seen */
};

enum { MARTINGALE_REASON = 80 };

/* Parses "jumper", "power", "mixture", with ":RATE" or without (0.01; power 0.5), and starts one of
 * that kind. False, with the reason ("is not ..."), otherwise. */
bool martingale_parse(const char *text, struct martingale *m, char why[MARTINGALE_REASON]);

/* The text that martingale_parse takes for its kind and rate: "jumper:0.01". */
enum { MARTINGALE_TEXT = 48 };
void martingale_format(const struct martingale *m, char text[MARTINGALE_TEXT]);

/* Takes the next p-value, 0 <= p <= 1. Of power, p = 0 makes the capital infinite, for good. */
void martingale_add(struct martingale *m, double p);

/* log10 of M; 0 before the first p-value. */
double martingale_log10(const struct martingale *m);

#endif
