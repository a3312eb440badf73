/*
 * Functions compiled for several instruction sets, the best of which is selected when the program
 * starts. All versions round alike: no sum is reordered and no product is fused
 * (-ffp-contract=off), so that the results are the same bit for bit on every machine.
 */
#ifndef VECTORISED_H
#define VECTORISED_H

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECTORISED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VECTORISED
#endif

#endif
