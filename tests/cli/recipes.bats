load helper

# The one-liners of "From CSV, NumPy, photographs" in README.md and nicetools(7), as they stand there, on small
# data. A training is cut short by a function that stands for nicetrain.

setup() {
	sed -n '/^### From CSV, NumPy/,/^##/s/^    //p' "$ROOT/README.md" > lines
	python3 -c 'import random; open("x.u8", "wb").write(random.Random(1).randbytes(784 * 40))'
	nicetrain() { command nicetrain -q --mid 4 --hidden 2 --epochs 1 --batch 8 --valid-share 0.2 "$@"; }
	export -f nicetrain
}

# recipes PATTERN: runs those of the lines, each with those that continue it.
recipes() {
	awk -v pattern="$1" '{ whole = whole $0 "\n" } !/\|$/ { if (whole ~ pattern) printf "%s", whole; whole = "" }' lines > some
	[ -s some ]
	bash -euo pipefail some
}

@test "recipes: README and nicetools(7) have the same lines" {
	[ "$(wc -l < lines)" -ge 9 ]
	sed -n '/^\.Ss From CSV, NumPy/,/^\.Sh/p' "$ROOT/man/nicetools.7" > page
	while IFS= read -r line; do
		grep -qxF -e "$line" page
	done < lines
}

@test "recipes: tables" {
	python3 - <<-'END'
		import random
		r = random.Random(1)
		for name, n in ("normal", 300), ("more", 300), ("today", 50):
		    with open(name + ".csv", "w") as f:
		        f.write("pump,temp_c,pressure,note\n")
		        for i in range(n):
		            t = r.gauss(20, 2)
		            p = 101325 + 300 * (t - 20) + r.gauss(0, 30)
		            if name == "today" and i == 7:
		                p += 3000
		            f.write("%s,%s,%.0f,x\n" % (r.choice("AB"), "" if i % 40 == 9 else "%.2f" % t, p))
	END
	nicetrain() { command nicetrain -q --epochs 30 "$@"; }
	export -f nicetrain
	recipes csv2raw > flagged.csv
	cat flagged.csv
	head -n 1 flagged.csv | grep -x 'pump,temp_c,pressure,note,log_likelihood,verdict'
	grep -qxF -f <(sed -n 9p today.csv | sed 's/$/,/') <(cut -d , -f 1-4 flagged.csv | sed 's/$/,/')
	[ "$(wc -l < flagged.csv)" -lt 10 ]
}

@test "recipes: NumPy" {
	raw2npy -t u8 -d 28x28 x.u8 > normal.npy
	cp normal.npy today.npy
	python3 "$ROOT/tests/fixtures/make_npy.py" --npz train=normal.npy test=today.npy > arrays.npz
	recipes npy2raw
	[ "$(npy2raw -i ll.npy | sed -n 2p)" = $'dims\t40' ]
	npy2raw ll.npy > ll.f64
	niceflow -m my.safetensors -b x.u8 | cmp - ll.f64
	[ "$(wc -l < test.ll)" -eq 40 ]
}

@test "recipes: photographs" {
	convert --version > version 2>&1 && grep -q '^Version: ImageMagick' version || skip "needs ImageMagick's convert"
	mkdir normal today
	for i in $(seq 10); do
		head -c $((i * 700 + 2399)) x.u8 | tail -c 2400 | convert -size 40x20 -depth 8 rgb:- normal/$i.jpg || skip "needs a convert that writes JPEG"
	done
	cp normal/[123].jpg today
	recipes convert
	niceflow -m grey.safetensors -i | grep 784
	niceflow -m colour.safetensors -i | grep 2352
	[ "$(wc -l < today.ll)" -eq 3 ]
}
