/* Prints the instruction set that oneDNN computes with, by the name that ONEDNN_MAX_CPU_ISA has for
 * it. */
#include <stdio.h>

#include <oneapi/dnnl/dnnl.h>

int main(void)
{
	static const struct {
		dnnl_cpu_isa_t isa;
		const char *name;
	} names[] = {{dnnl_cpu_isa_avx512_core, "AVX512_CORE"},
	             {dnnl_cpu_isa_avx2, "AVX2"},
	             {dnnl_cpu_isa_avx, "AVX"},
	             {dnnl_cpu_isa_sse41, "SSE41"}};
	dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		/* What has more than AVX-512's core counts as that. */
		if (isa == names[i].isa || (i == 0 && (isa & names[i].isa) == names[i].isa)) {
			puts(names[i].name);
			return 0;
		}
	}
	printf("%#x\n", (unsigned)isa);
	return 0;
}
