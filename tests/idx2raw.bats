load helper

# idx TYPE DIMS... : an IDX header.
idx() { bytes "\\0\\0\\x$1\\x$(printf %02x $(($# - 1)))"; shift; for d; do be32 "$d"; done; }

@test "idx2raw: u8 becomes the float32 nearest to b/255, all 256 of them" {
	{ idx 08 256 1; for b in $(seq 0 255); do bytes "\\x$(printf %02x "$b")"; done; } > all.idx
	idx2raw all.idx > all.f32
	python3 -c 'import struct, sys
from fractions import Fraction as F
def f32(q):  # correctly rounded by comparing neighbours exactly
    bits = struct.unpack("<I", struct.pack("<f", float(q)))[0]
    near = [struct.unpack("<f", struct.pack("<I", b))[0] for b in (max(bits, 1) - 1, bits, bits + 1)]
    return min(near, key=lambda v: abs(F(v) - q))
sys.stdout.buffer.write(b"".join(struct.pack("<f", f32(F(b, 255))) for b in range(256)))' > expected
	cmp expected all.f32
}
