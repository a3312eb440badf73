# What the files of the contract share: their input, and contract.py.

# Good input: five records of six elements, unless the name says otherwise.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	printf 'abcdefghijklmnopqrstuvwxyz0123' > x.u8
	{ bytes '\0\0\x08\3'; be32 5; be32 2; be32 3; cat x.u8; } > x.idx
	gzip -n < x.idx > x.idx.gz
	{ bytes '\0\0\x08\1'; be32 5; bytes '\3\1\3\0\3'; } > l.idx
	idx2raw x.idx > x.f32
	head -c 24 x.f32 > one
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	cp "$ROOT/tests/fixtures/tiny.pt" x.pt
	printf '%s\n' -12.5 -13.25 -30 -11 > ll
	printf '%s\n' 0.5 0.03125 0.125 1 > p
	python3 -c 'import struct
for name in "ll", "p":
    open(name + ".f64", "wb").write(b"".join(struct.pack("<d", float(v)) for v in open(name)))'
	nicestat -k 1 ll > calibration
	nicestat -s ll > state
	niceroc -s ll ll > sides
	nicethresh -s -t -14 -x normal ll > counts
	nicestat -k 1 --model m ll > bound
	nicestat -s --model m ll > bound.state
	printf '%s\n' '0 -1 1' '1 0 -1' '-1 1 0' > game
	printf '%s\n' 0 3 > list
	printf '%s\n' 0 0 1 0 > labels
	raw2png -t u8 -d 2x3 x.u8 > x.png
	printf '%s\n' a,b,c 1,2,x 2,,x '3,4,"""y"""' 4,5,x > x.csv
	csv2raw -w s x.csv > none
	nicetrain -q -o s.model --schema s --batch 2 --epochs 1 --mid 4 --valid-share 0.4 x.f32
	nicetrain -q -o v --kind vae -d 6 --latent 6 --batch 2 --epochs 1 --mid 4 --valid-share 0.4 x.f32
	printf '%s\n' 1 2 3 4 > rows.csv
	python3 "$ROOT/tests/fixtures/make_npy.py" "{'descr': '|u1', 'fortran_order': False, 'shape': (5, 2, 3), }" < x.u8 > x.npy
	{ echo 'nicetable 1'; printf 'number\t%s\tfull\t0\t1\n' a b c d e f; printf 'elements\t6\n'; } > schema
	: > empty
	contract expected
}

setup() {
	cp "$BATS_FILE_TMPDIR"/* .
}

# contract CHECK: of contract.py, for all programs.
contract() {
	local status=0
	B=$B python3 "$ROOT/tests/cli/contract.py" "$1" > failures 2>&1 || status=$?
	[ $status -ne 77 ] || skip "$(cat failures)"
	cat failures
	return $status
}
