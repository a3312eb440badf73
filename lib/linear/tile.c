/*
 * The kernels of AVX-512, of AVX2, of 64-bit Arm, and one for any processor: what differs; what
 * they share is in linear/tile_template.h. Tiles of 8 rows and 3 vectors of columns where there are
 * 32 registers, of 4 rows and 3 vectors where there are 16: as many sums as fit beside the vectors
 * of B and an element of A. Tiles of one vector always have 8 rows: that many sums hide how long a
 * multiply-add takes.
 */
#include "linear/tile.h"

#include "linear/onednn.h"

#include <string.h>

enum { TILE_ROWS = 8, TILE_VECTORS = 3 };

#define INLINED __attribute__((always_inline))

/* A loop over the rows or vectors of a tile, written out whole, since an array of sums is in
 * registers only then; gcc does so by itself at -O3 alone. Not for the sanitizers, for which that
 * takes minutes to compile. */
#if defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&                  \
    !defined(__SANITIZE_THREAD__)
#define UNROLLED _Pragma("GCC unroll 8")
#else
#define UNROLLED
#endif

/* Lines of C that are still to be asked for: so many in each of so many rows. */
struct tile_lines {
	const char *row;
	size_t row_bytes, lines, rows;
	size_t next; /* of the row */
};

INLINED static inline void tile_ask(struct tile_lines *l)
{
	if (l->rows == 0)
		return;
	__builtin_prefetch(l->row + l->next * TILE_LINE, 1, 3);
	if (++l->next == l->lines) {
		l->next = 0;
		l->rows--;
		l->row += l->row_bytes;
	}
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define KERNEL(name) avx512_##name
#define TARGET       __attribute__((target("avx512f")))
#define ROWS         8
#define VECTOR       __m512
#define WIDTH        16
#define LOAD(p)      _mm512_load_ps(p)
#define LOADU(p)     _mm512_loadu_ps(p)
#define STORE(p, v)  _mm512_storeu_ps(p, v)
#define SPLAT(x)     _mm512_set1_ps(x)
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define ADD(a, b)    _mm512_add_ps(a, b)
#define RELU(v)      _mm512_max_ps(_mm512_setzero_ps(), v) /* NaN stays */
#include "linear/tile_template.h"

#define KERNEL(name) avx2_##name
#define TARGET       __attribute__((target("avx2,fma")))
#define ROWS         4
#define VECTOR       __m256
#define WIDTH        8
#define LOAD(p)      _mm256_load_ps(p)
#define LOADU(p)     _mm256_loadu_ps(p)
#define STORE(p, v)  _mm256_storeu_ps(p, v)
#define SPLAT(x)     _mm256_set1_ps(x)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define ADD(a, b)    _mm256_add_ps(a, b)
#define RELU(v)      _mm256_max_ps(_mm256_setzero_ps(), v)
#include "linear/tile_template.h"

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && onednn_has(dnnl_cpu_isa_avx512_core);
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
	       onednn_has(dnnl_cpu_isa_avx2);
}

#elif defined(__aarch64__)
#include <arm_neon.h>

#define KERNEL(name) neon_##name
#define TARGET
#define ROWS         8
#define VECTOR       float32x4_t
#define WIDTH        4
#define LOAD(p)      vld1q_f32(p)
#define LOADU(p)     vld1q_f32(p)
#define STORE(p, v)  vst1q_f32(p, v)
#define SPLAT(x)     vdupq_n_f32(x)
#define FMA(a, b, c) vfmaq_f32(c, a, b)
#define ADD(a, b)    vaddq_f32(a, b)
#define RELU(v)      vmaxq_f32(vdupq_n_f32(0), v)
#include "linear/tile_template.h"

static bool has_neon(void)
{
	return true;
}

#endif

/* For any processor: the compiler makes of four numbers what it can. */
typedef float four __attribute__((vector_size(16), may_alias));
typedef int mask __attribute__((vector_size(16)));

static inline four plain_loadu(const float *p)
{
	four v;
	memcpy(&v, p, sizeof(v));
	return v;
}

#define KERNEL(name) plain_##name
#define TARGET
#define ROWS         4
#define VECTOR       four
#define WIDTH        4
#define LOAD(p)      (*(const four *)(p))
#define LOADU(p)     plain_loadu(p)
#define STORE(p, v)  memcpy(p, &(v), sizeof(v))
#define SPLAT(x)     ((four){x, x, x, x})
#define FMA(a, b, c) ((a) * (b) + (c))
#define ADD(a, b)    ((a) + (b))
#define RELU(v)      ((four)((mask)(v) & ~((v) < 0)))
#include "linear/tile_template.h"

static bool has_plain(void)
{
	return true;
}

const struct tile_kernel tile_kernels[] = {
#if defined(__x86_64__) && defined(__GNUC__)
    {"avx512", 16, avx512_columns, has_avx512, avx512_run, &tile_kernels[1]},
    {"avx2", 8, avx2_columns, has_avx2, avx2_run, NULL},
#elif defined(__aarch64__)
    {"neon", 4, neon_columns, has_neon, neon_run, NULL},
#endif
    {"plain", 4, plain_columns, has_plain, plain_run, NULL},
};
const size_t tile_nkernels = sizeof(tile_kernels) / sizeof(*tile_kernels);

const struct tile_kernel *tile_best(void)
{
	size_t i = 0;
	while (!tile_kernels[i].supported())
		i++;
	return &tile_kernels[i];
}

size_t tile_width(const struct tile_kernel *k, size_t columns)
{
	return (columns + k->width - 1) / k->width * k->width;
}
