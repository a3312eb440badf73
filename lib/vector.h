/*
 * Loops over elements that the compiler shall make for several instruction sets, the best of which
 * is taken when the program starts. Every one of them rounds like the others: no sum is reordered
 * and no product is fused (-ffp-contract=off), so that the bits do not depend on the machine.
 */
#ifndef VECTOR_H
#define VECTOR_H

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECTORISED __attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#else
#define VECTORISED
#endif

#endif
