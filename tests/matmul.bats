load helper

# isa NAME: the units again with oneDNN held back to an instruction set (both of its spellings).
isa() {
	run env DNNL_MAX_CPU_ISA="$1" ONEDNN_MAX_CPU_ISA="$1" "$B/tests/unit_matmul"
	echo "$output" | grep -v '^ok' || :
	[ "$status" -eq 0 ]
}

@test "matmul: right and the same bits in any batch, with SSE4.1 alone" { isa SSE41; }
@test "matmul: right and the same bits in any batch, with AVX" { isa AVX; }
@test "matmul: right and the same bits in any batch, with AVX2" { isa AVX2; }
@test "matmul: right and the same bits in any batch, with AVX-512" { isa AVX512_CORE; }
