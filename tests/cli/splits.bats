load helper

splits() { "$B/examples/splits" "$@"; }

# Numbers around 0, and around -3: raw f64.
setup() {
	python3 -c 'import random, struct
r = random.Random(1)
for name, mean, n in ("normal", 0, 1001), ("anomalous", -3, 700):
    open(name, "wb").write(struct.pack("<%dd" % n, *[r.gauss(mean, 1) for _ in range(n)]))'
}

@test "splits: each line is what the pipes count" {
	splits 3 normal anomalous > all
	[ "$(cut -f 1 all)" = "$(seq 3)" ]
	raw2idx -1 -t f64 normal > normal.idx
	while read -r seed first second; do
		idx2raw -t f64 -n 500 -S "$seed" normal.idx | nicestat -b > calibration
		idx2raw -t f64 -n 500 -S "$seed" -v normal.idx | nicethresh -b -c calibration -x normal > one
		nicethresh -b -c calibration -x anomalous anomalous > two
		grep -qx "$first type I errors among 501 data" one
		grep -qx "$second type II errors among 700 data" two
	done < all
	[ "$(cut -f 2- all | sort -u | wc -l)" -gt 1 ]
}

@test "splits: NaN is an anomaly, but nothing to calibrate by" {
	{ cat anomalous; printf '\0\0\0\0\0\0\xf8\x7f'; } > longer
	splits 2 normal anomalous > expected
	splits 2 normal longer | cmp - expected
	run -1 --separate-stderr splits 5 longer normal
	[ "$stderr" = "splits: longer: a half has fewer than two numbers, or one that is not finite" ]
}

@test "splits: bad usage, files that are cut, missing or too short, a full disk" {
	run -2 splits 0 normal anomalous
	run -2 splits 3 normal
	run -1 --separate-stderr splits 3 normal nowhere
	[[ $stderr == "splits: nowhere: "* ]]
	run -1 --separate-stderr splits 3 <(head -c 100 normal) anomalous
	[[ $stderr == *"record 12 (byte 96): unexpected end of input"* ]]
	run -1 --separate-stderr splits 3 <(head -c 24 normal) anomalous
	[[ $stderr == *"fewer than two numbers"* ]]
	[ -w /dev/full ] || skip "no /dev/full"
	run -1 --separate-stderr bash -c '"$B/examples/splits" 3 normal anomalous > /dev/full'
	[ "$stderr" = "splits: standard output: cannot write" ]
}
