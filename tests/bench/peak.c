/*
 * What the machine can do at the most: float32 and bfloat16 multiply-adds per second with the
 * widest vectors that it has, and bytes read from memory per second, on a number of threads
 * (default 2); and how many nanoseconds a line of the cache takes from one of two threads to the
 * other and back: about 100 where their processors share a cache, several times as many where they
 * do not. Knows nothing of the programs. Lines of name, tab and value; of each the best of several
 * tries.
 */
#include "base/decimal.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define X86 1
#else
#define X86 0
#endif

enum { TRIES = 5, CHAINS = 12, MAX_THREADS = 256, ROUNDS = 16000000, TRIPS = 100000 };
static const size_t read_bytes = (size_t)256 << 20; /* of each thread: beyond every cache */

/* Work of one thread; `sink` keeps its result alive. */
struct task {
	void (*work)(struct task *t);
	const unsigned char *data;
	float sink;
};

/* Independent chains of multiply-adds, enough of them to hide the latency. The vectors start out
 * different and stay finite. */
#define CHAIN_WORK(name, isa, vector, set, step)                                                   \
	__attribute__((target(isa))) static void name(struct task *t)                              \
	{                                                                                          \
		vector sum[CHAINS], a = set(0.999999f), b = set(1e-6f);                            \
		for (int c = 0; c < CHAINS; c++)                                                   \
			sum[c] = set((float)c);                                                    \
		for (long i = 0; i < ROUNDS; i++) {                                                \
			_Pragma("GCC unroll 12") for (int c = 0; c < CHAINS; c++) sum[c] = step;   \
		}                                                                                  \
		for (int c = 0; c < CHAINS; c++) {                                                 \
			float first;                                                               \
			memcpy(&first, &sum[c], sizeof(first));                                    \
			t->sink += first;                                                          \
		}                                                                                  \
	}

#if X86
CHAIN_WORK(fma_avx512, "avx512f", __m512, _mm512_set1_ps, _mm512_fmadd_ps(sum[c], a, b))
CHAIN_WORK(fma_avx2, "avx2,fma", __m256, _mm256_set1_ps, _mm256_fmadd_ps(sum[c], a, b))
CHAIN_WORK(fma_sse2, "sse2", __m128, _mm_set1_ps, _mm_add_ps(_mm_mul_ps(sum[c], a), b))
CHAIN_WORK(dot_bf16, "avx512f,avx512bf16", __m512, _mm512_set1_ps,
           _mm512_dpbf16_ps(sum[c], (__m512bh)a, (__m512bh)b))
#else
typedef float vector4 __attribute__((vector_size(16)));
#define SET4(x) ((vector4){x, x, x, x})
CHAIN_WORK(fma_plain, "", vector4, SET4, sum[c] * a + b)
#endif

static void read_memory(struct task *t)
{
	unsigned long long sum[8] = {0};
	const unsigned long long *p = (const void *)t->data;
	for (size_t i = 0; i + 8 <= read_bytes / sizeof(*p); i += 8) {
		for (size_t k = 0; k < 8; k++)
			sum[k] += p[i + k];
	}
	t->sink = (float)(sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7]);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *start(void *task)
{
	struct task *t = task;
	t->work(t);
	return NULL;
}

/* Seconds that all threads need, at the best. */
static double best(void (*work)(struct task *), const unsigned char *data, size_t nthreads)
{
	double least = 1e9;
	for (int i = 0; i < TRIES; i++) {
		struct task tasks[MAX_THREADS];
		pthread_t threads[MAX_THREADS];
		double begin = now();
		for (size_t k = 0; k < nthreads; k++) {
			tasks[k] = (struct task){work, data ? data + k * read_bytes : NULL, 0};
			if (pthread_create(&threads[k], NULL, start, &tasks[k]) != 0)
				exit(1);
		}
		for (size_t k = 0; k < nthreads; k++)
			pthread_join(threads[k], NULL);
		double seconds = now() - begin;
		least = seconds < least ? seconds : least;
	}
	return least;
}

/* operations: of one step of one chain. */
static void print_rate(const char *name, void (*work)(struct task *), double operations,
                       size_t nthreads)
{
	double total = operations * CHAINS * (double)ROUNDS * (double)nthreads;
	printf("%s\t%.1f\n", name, total / best(work, NULL, nthreads) * 1e-9);
}

static void print_arithmetic(size_t nthreads)
{
#if X86
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx512f"))
		print_rate("f32_avx512_gflops", fma_avx512, 32, nthreads);
	if (__builtin_cpu_supports("avx512bf16"))
		print_rate("bf16_avx512_gflops", dot_bf16, 64, nthreads);
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		print_rate("f32_avx2_gflops", fma_avx2, 16, nthreads);
	else
		print_rate("f32_sse2_gflops", fma_sse2, 8, nthreads);
#else
	print_rate("f32_gflops", fma_plain, 8, nthreads);
#endif
}

static _Alignas(128) atomic_bool away;

static void wait_for(bool value)
{
	for (int i = 1; away != value; i++) {
		if (i % 4096 == 0) /* there may be one processor alone */
			sched_yield();
	}
}

static void *answer(void *unused)
{
	for (int i = 0; i < TRIPS; i++) {
		wait_for(true);
		away = false;
	}
	return unused;
}

static void print_round_trip(void)
{
	double least = 1e9;
	for (int i = 0; i < TRIES; i++) {
		pthread_t other;
		if (pthread_create(&other, NULL, answer, NULL) != 0)
			exit(1);
		double begin = now();
		for (int k = 0; k < TRIPS; k++) {
			away = true;
			wait_for(false);
		}
		double seconds = now() - begin;
		pthread_join(other, NULL);
		least = seconds < least ? seconds : least;
	}
	printf("round_trip_ns\t%.0f\n", least / TRIPS * 1e9);
}

int main(int argc, char **argv)
{
	uint64_t nthreads = 2;
	if (argc > 1 && !decimal_parse_u64(argv[1], 1, MAX_THREADS, &nthreads))
		return 2;
	print_arithmetic((size_t)nthreads);
	unsigned char *data = malloc((size_t)nthreads * read_bytes);
	if (!data)
		return 1;
	memset(data, 1, (size_t)nthreads * read_bytes);
	printf("read_gbytes\t%.1f\n", (double)read_bytes * (double)nthreads /
	                                  best(read_memory, data, (size_t)nthreads) * 1e-9);
	free(data);
	if (nthreads > 1)
		print_round_trip();
	return 0;
}
