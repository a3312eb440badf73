load helper

# The Makefiles of examples/ with data of a few seconds: what depends on a variable that has changed is
# made again, what was cut off does not count as made, and pictures never cost the verdict.

setup_file() {
	[ -z "$SANITIZER" ] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p "data/mnist" data/kmnist data/fashion
	python3 -c 'import random, struct
r = random.Random(1)
def images(name, n):
    open("data/" + name, "wb").write(struct.pack(">BBBBIII", 0, 0, 8, 3, n, 28, 28) + r.randbytes(784 * n))
images("mnist/t10k-images-idx3-ubyte.gz", 10000)
images("kmnist/t10k-images-idx3-ubyte.gz", 1500)
images("fashion/t10k-images-idx3-ubyte.gz", 1500)
images("mnist/train-images-idx3-ubyte.gz", 60000)'
	python3 "$ROOT/tests/fixtures/make_model.py" 784 4 1 2 1 > one
	python3 "$ROOT/tests/fixtures/make_model.py" 784 4 1 2 2 > two
}

setup() { scripts_alone; }

# example NAME VARIABLE=VALUE...: makes it, in a scratch folder that is named with OUT.
example() {
	local name=$1
	shift
	MAKEFLAGS='' make --no-print-directory -f "$ROOT/examples/$name.mk" BIN="$B/bin" DATA="$BATS_FILE_TMPDIR/data" OUT=out "$@"
}

@test "examples: mnist counts the errors of a model that misses more than a thousand records" {
	example mnist MODEL="$BATS_FILE_TMPDIR/one" K=30 > said
	grep -q '^0 type I errors among 5000 data' said
	grep -q '^1500 type II errors among 1500 data' said
	[ "$(od -An -t x1 -N 4 out/missed.png)" = ' 89 50 4e 47' ]
	[ "$(wc -l < out/methods.tsv)" -eq 8 ]
	# both rates are what was promised, the second one of the data that it was chosen with, but for five
	# standard deviations of the draws: sqrt(1500) / 2 * 5 = 97
	awk -F '\t' '$1 == "minimax" { found = 1; d = $5 - $2 * 1500; ok = d * d < 97 * 97 && $2 > 0 && $2 <= 0.5 } END { exit !(found && ok) }' out/methods.tsv
	python3 "$ROOT/tests/fixtures/check_html.py" out/report.html > seen
	grep -qx '1500 type II errors among 1500 data' seen
	grep -qx "$(sha256sum < "$BATS_FILE_TMPDIR/one" | cut -d ' ' -f 1)" seen
	[ "$(grep -c '^picture' seen)" -eq 4 ]
	[ -z "$(find out -name '*.part')" ]
}

@test "examples: an input that is not there is named, with its variable" {
	run ! example mnist DATA=nowhere MODEL="$BATS_FILE_TMPDIR/one"
	[ "${lines[0]}" = "there is no nowhere/mnist/t10k-images-idx3-ubyte.gz: set DATA=, as README.md says" ]
	run ! example mnist MODEL=no-model
	[ "${lines[0]}" = "there is no no-model: set MODEL=, as README.md says" ]
}

@test "examples: mnist without gnuplot gives the verdict, and says what is missing" {
	mkdir tools
	ln -sf /bin/* /usr/bin/* tools
	rm -f tools/gnuplot*
	PATH=$PWD/tools example mnist MODEL="$BATS_FILE_TMPDIR/one" > said 2> err
	grep -q 'type II errors among 1500 data' said
	grep -q 'gnuplot is missing: no out/roc.png' err
	[ ! -e out/roc.png ]
	python3 "$ROOT/tests/fixtures/check_html.py" out/report.html > seen
	[ "$(grep -c '^picture' seen)" -eq 3 ]
}

@test "examples: mnist with another model, seed, K or methods makes again what depends on it, and nothing else" {
	example mnist MODEL="$BATS_FILE_TMPDIR/one" > /dev/null
	example mnist MODEL="$BATS_FILE_TMPDIR/one" > said
	run ! grep -E '^(idx2raw|nicestat|printf)' said
	cp -r out before
	example mnist MODEL="$BATS_FILE_TMPDIR/two" > /dev/null
	run ! cmp -s before/valid.ll out/valid.ll
	run ! cmp -s before/kana.ll out/kana.ll
	cp out/kana.ll kana.ll
	example mnist MODEL="$BATS_FILE_TMPDIR/two" SEED=2 K=2 METHODS="mad:3 sigma:2" > said
	[ "$(sed -n 's/^\([a-z]*:[0-9]\)\t.*/\1/p' out/methods.tsv | tr '\n' ' ')" = 'mad:3 sigma:2 ' ]
	grep -q 'method	sigma:2' out/calibration
	run ! grep -q 'kana-\|kmnist.*niceflow' said
	cmp kana.ll out/kana.ll
}

@test "examples: a recipe that was killed leaves nothing that counts as made" {
	mkdir bin
	ln -s "$B/bin/"* bin
	rm bin/niceflow
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\necho 1\nkill -9 $PPID\n' > bin/niceflow
	chmod +x bin/niceflow
	run -2 example mnist MODEL="$BATS_FILE_TMPDIR/one" BIN="$PWD/bin"
	[ ! -e out/valid.ll ]
	example mnist MODEL="$BATS_FILE_TMPDIR/one" > /dev/null
	[ "$(wc -l < out/valid.ll)" -eq 5000 ]
}

@test "examples: mnist takes a folder of data and a model with spaces in their names" {
	mkdir 'my data'
	ln -s "$BATS_FILE_TMPDIR/data/"* 'my data'
	ln -s "$BATS_FILE_TMPDIR/one" 'my model'
	example mnist DATA='my data' MODEL='my model' > said
	grep -q 'type I errors among 5000 data' said
}

@test "examples: mnist-train trains again where epochs or settings are others, and counts again where splits are" {
	[ -x "$B/examples/splits" ] || skip "needs make check, which builds examples/splits"
	local settings='--couplings 1 --hidden 1 --mid 2 --batch 10000 --lr 0.01'
	train() { example mnist-train SPLIT="$B/examples/splits" PRECISION=f32 "$@"; }
	train EPOCHS=1 SPLITS=3 SETTINGS="$settings" > said
	grep -q 'over 3 random splits' said
	train EPOCHS=1 SPLITS=4 SETTINGS="$settings" > said
	grep -q 'over 4 random splits' said
	run ! grep -q '^nicetrain' said
	train EPOCHS=2 SPLITS=4 SETTINGS="$settings" > said
	grep -q '^nicetrain' said
	[ "$(niceflow -m out/nice.safetensors -i | sed -n 's/^epochs\t//p')" -eq 2 ]
	train EPOCHS=2 SPLITS=4 SETTINGS="$settings --mid 3" > said
	[ "$(niceflow -m out/nice.safetensors -i | sed -n 's/^mid\t//p')" -eq 3 ]
	# more views of each picture: never less likely, and nothing is trained
	for views in 1 5 9; do
		train EPOCHS=2 SPLITS=4 SETTINGS="$settings --mid 3" VIEWS=$views > said
		run ! grep -q '^nicetrain' said
		cat out/{held,test,kana}.ll > $views
	done
	python3 -c 'import array
one, five, nine = (array.array("d", open(n, "rb").read()) for n in "159")
assert len(one) == len(five) == len(nine) > 0
assert all(a <= b <= c for a, b, c in zip(one, five, nine))
assert sum(a < b for a, b in zip(one, five)) > 10 and sum(b < c for b, c in zip(five, nine)) > 10'
	run -2 train EPOCHS=2 SPLITS=4 SETTINGS="$settings --mid 3" VIEWS=3
	[[ $output == *'VIEWS is 1, 5 or 9, not 3'* ]]
	# a second model, which alone is trained: the lesser of both likelihoods
	train EPOCHS=2 SPLITS=4 SETTINGS="$settings --mid 3" MODELS=2 NARROW="$settings --mid 3 --lr 0.011 --epochs 2" > said
	[ "$(grep -c '^nicetrain' said)" -eq 1 ]
	for model in nice narrow; do
		idx2raw -t u8 "$BATS_FILE_TMPDIR/data/kmnist/t10k-images-idx3-ubyte.gz" | niceflow -t u8 -b -m out/$model.safetensors > $model
	done
	python3 -c 'import array
nice, narrow, kana = (array.array("d", open(n, "rb").read()) for n in ("nice", "narrow", "out/kana.ll"))
assert list(kana) == list(map(min, nice, narrow)) and list(kana) not in (list(nice), list(narrow))'
	run -2 train EPOCHS=2 SPLITS=4 SETTINGS="$settings --mid 3" MODELS=3
	[[ $output == *'MODELS is 1 or 2, not 3'* ]]
}

@test "examples: mnist-train FAST=1 asks for a model of a tenth of the multiplications, and for no more than is given" {
	# asked VARIABLE=VALUE...: how nicetrain would be called; nothing is made
	asked() { example mnist-train SPLIT=splits -n "$@" | sed -n '/^nicetrain/,/[^\\]$/p' | tr -s ' \t\\\n' ' '; }
	# couplings times width: all layers are 784 x width
	cost() { asked "$@" | awk '{ for (i = 1; i < NF; i++) value[$i] = $(i + 1) } END { print value["--hidden"] == 1 ? value["--couplings"] * value["--mid"] : "no" }'; }
	[ "$(cost)" -eq 24000 ]
	[ "$(cost FAST=0)" -eq 24000 ]
	[ "$(cost FAST=1)" -gt 0 ]
	[ "$(cost FAST=1)" -le 2550 ]
	asked FAST=1 EPOCHS=3 SETTINGS='--mid 5' > said
	grep -q -e '--epochs 3 --mid 5 --valid' said
	asked MODELS=2 | grep -e '--epochs 20 .*--mid 1200 .*--mid 420 .*--epochs 36 '
	asked MODELS=2 EPOCHS=1 VIEWS=5 | grep -e '--epochs 1 .*--mid 1200 .*--mid 420 .*--epochs 1 '
	run -2 example mnist-train -n MODELS=2 FAST=1
	[[ $output == *'FAST=1 is for one model, not MODELS=2'* ]]
}

# minimax NORMAL ANOMALOUS: the calibration of two lists of numbers.
minimax() {
	tr ' ' '\n' <<< "$1" > normal
	tr ' ' '\n' <<< "$2" > anomalous
	sh "$ROOT/examples/minimax.sh" normal anomalous
}

# lines PROMISED LOW HIGH SHARE SINGLE-ERROR THRESHOLD
lines() { printf '%s\t%s\n' method minimax promised "$1" mixed_low "$2" mixed_high "$3" mixed_share "$4" single_error "$5" threshold "$6"; }

@test "examples: the minimax threshold of data for which it is known" {
	local all=1.7976931348623157e+308
	# apart: no errors
	minimax '10 20 30' '1 2 3' | cmp - <(lines 0 10 10 1 0 10)
	# the same data: a coin; the wrong way round: as good as a coin
	minimax 1 1 | cmp - <(lines 0.5 1 $all 0.5 1 1)
	minimax '1 2 3' '7 8 9' | cmp - <(lines 0.5 1 $all 0.5 1 1)
	# the threshold 2 has the rates 0 and 1/2, and 4 has 1/3 and 0: its share s makes s / 3 = (1 - s) / 2
	minimax '2 4 5' '1 2' | cmp - <(lines 0.2 2 4 0.6 0.333333 4)
	# the threshold 2 has the rates 0 and 1/2, 4 has 1/2 and 0; without chance 3 is better, with 1/4 and 2/5
	minimax '2 3 4 4' '1 1 1 1 1 2 3 3 3 3' | cmp - <(lines 0.25 2 4 0.5 0.4 3)
	# where NaN and infinities are
	minimax 'nan 1' '1 nan' | cmp - <(lines 0.5 1 1 1 0.5 1)
	minimax '-inf 1' '-inf 0' | cmp - <(lines 0.5 0 0 1 0.5 0)
}

@test "examples: no mixture of thresholds is better than the minimax threshold, and it keeps what it promises" {
	python3 -c 'import random
r = random.Random(1)
open("normal", "w").writelines("%r\n" % r.gauss(0, 1) for _ in range(3000))
open("anomalous", "w").writelines("%r\n" % r.gauss(-2, 1) for _ in range(2000))'
	sh "$ROOT/examples/minimax.sh" normal anomalous > calibration
	# of the whole curve, exactly, the value is that of its corners
	niceroc --curve normal anomalous | awk '{ printf "-%d/3000 -%d/2000\n", $1 * 3000 + 0.5, (1 - $2) * 2000 + 0.5 }' | nicegame > solved
	[ "$(value promised calibration)" = "$(awk '$1 == "value" { sub(/^-/, "", $3); print $3 }' solved)" ]
	# the threshold alone has the larger rate that is stated, and none has a smaller one
	{
		nicethresh -c calibration -x normal normal
		nicethresh -c calibration -x anomalous anomalous
	} | awk '/errors among/ { if ($1 / $6 > larger) larger = $1 / $6 } END { printf "%.6g\n", larger }' > larger
	value single_error calibration | cmp - larger
	niceroc --curve normal anomalous | awk '{ rate = $1 > 1 - $2 ? $1 : 1 - $2; if (NR == 1 || rate < least) least = rate }
		END { printf "%.6g\n", least }' | cmp - larger
	# and over a hundred seeds the means of both rates are what is promised: fewer than a hundred records of a kind are
	# drawn for, so that the standard error is below sqrt(100) / 2 / 2000 / sqrt(100) = 1 / 4000, a quarter of what is allowed
	for seed in $(seq 100); do
		nicethresh -c calibration -S "$seed" -x normal normal
		nicethresh -c calibration -S "$seed" -x anomalous anomalous
	done | awk -v promised="$(value promised calibration)" '/errors among/ { sum[$3] += $1 / $6 / 100 }
		END { a = sum["I"] - promised; b = sum["II"] - promised; print a, b; exit !(a * a < 1e-6 && b * b < 1e-6) }'
}

# vae VARIABLE=VALUE...: the flow and the VAE side by side, on drawn characters: digits, kana, and kana again.
vae() {
	example vae DATA=characters SPLIT="$B/examples/splits" K=2 EPOCHS=1 SPLITS=3 FLOW='--couplings 2 --hidden 1 --mid 16 --epochs 2' \
		VAE='--latent 4 --mid 16 --hidden 1' BOTH='--epochs 1 --mid 8 --hidden 1' "$@"
}

@test "examples: vae, from an empty folder, prints every row of its tables, and makes nothing twice" {
	[ -x "$B/examples/splits" ] && [ -x "$B/examples/glyphs" ] || skip "needs make check, which builds examples/"
	draw() {
		mkdir -p "characters/${1%/*}"
		"$B/examples/glyphs" "$2" "$3" "$4" | raw2idx -t u8 -d 28x28 > "characters/$1-images-idx3-ubyte.gz"
	}
	draw mnist/train digits 400 1
	draw mnist/t10k digits 5400 2
	draw fashion/train kana 400 3
	draw fashion/t10k kana 5400 4
	draw kmnist/t10k kana 1200 5
	vae > said
	cmp <(sed -n '1,/^$/p' out/report.txt | awk 'NF { print $1, $2, $3 }') <(
		echo normal model anomaly
		for pair in 'mnist fashion' 'mnist kmnist' 'fashion mnist' 'fashion kmnist'; do
			for model in nice vae both; do echo "${pair% *} $model ${pair#* }"; done
		done
	)
	cmp <(awk '/^seconds/ { at = 1; next } at && !NF { exit } at { print $1 }' out/report.txt) <(
		for normal in fashion mnist; do printf '%s\n' "$normal-nice.safetensors.seconds" "$normal-vae.safetensors.seconds"; done
	)
	[ "$(awk '/VLB_K/ { at = 1; next } at && !NF { exit } at { printf "%s ", $1 }' out/report.txt)" = '1 5 50 500 ' ]
	[ "$(awk '/held-out/ { at = 1; next } at { printf "%s-%s ", $1, $2 }' out/report.txt)" = \
		'1-trainable 1-standard 2-trainable 2-standard 3-trainable 3-standard ' ]
	# what a row says is what its scores say: the area, and the misses where 1 % of the normal are flagged
	for files in mnist-nice-kmnist fashion-vae-mnist fashion-both-kmnist; do
		python3 -c 'import struct, sys
normal, model, anomaly = sys.argv[1].split("-")
def scores(kind):
    data = open("out/%s-%s-%s.ll" % (normal, model, kind), "rb").read()
    return struct.unpack("<%dd" % (len(data) // 8), data)
n, a = sorted(scores(normal)), scores(anomaly)
area = sum((x < y) + (x == y) / 2 for x in a for y in n) / len(n) / len(a)
missed = 100 * sum(x >= n[len(n) // 100] for x in a) / len(a)
row = open("out/%s.row" % sys.argv[1]).read().split()
print(row, area, missed)
assert abs(float(row[5]) - area) < 5.1e-5 and abs(float(row[6]) - missed) < 5.1e-3' "$files"
	done
	# the same law: 1200 and 5400 of them, five standard errors of sqrt((1 / 1200 + 1 / 5400) / 12)
	awk '$6 - 0.5 > 0.046 || 0.5 - $6 > 0.046 { exit 1 }' out/fashion-nice-kmnist.row out/fashion-vae-kmnist.row
	for picture in reconstructions samples plane; do [ "$(od -An -t x1 -N 4 out/$picture.png)" = ' 89 50 4e 47' ]; done
	[ -z "$(find out -name '*.part')" ]
	vae > said
	run ! grep -E '^(nicetrain|niceflow|nicevae|splits|idx2raw)' said
	vae SPLITS=4 > said
	grep -q '^splits 4' said
	run ! grep -q 'nicetrain' said
}

@test "examples: vae-gradients, from an empty folder, compares each estimator before and after training" {
	[ -x "$B/examples/gradients" ] || skip "needs make check, which builds examples/gradients"
	gradients() { example vae-gradients GRADIENTS="$B/examples/gradients" EPOCHS=2 "$@"; }
	gradients PASSES=20 > said
	awk '/:$/ { print } NF >= 6 && $1 != "part" { print $1, $2 }' out/report.txt | cmp - <(
		for when in 'at the start' 'after training'; do
			echo "$when:"
			for part in encoder decoder prior; do
				for estimator in pathwise score score-baseline; do
					[ "$part $estimator" = 'encoder score-baseline' ] || [ "$estimator" != score-baseline ] || continue
					echo "$part $estimator"
				done
			done
		done
	)
	grep -q '^after training:' said
	gradients PASSES=20 > said
	run ! grep -E '^(nicetrain|gradients|glyphs)' said
	gradients PASSES=30 > said
	[ "$(grep -c '^gradients .* 30 ' said)" -eq 2 ]
	run ! grep '^nicetrain' said
}

@test "examples: vae on the real data" {
	need DATA
	[ -n "${LONG:-}" ] || skip "trains for a quarter of an hour: make vae DATA=..., or LONG=1"
	make -C "$ROOT" --no-print-directory B="$B" vae OUT="$PWD/out" DATA="$DATA" > said
	[ "$(grep -cE '^(mnist|fashion)  *(nice|vae|both) ' out/report.txt)" -eq 12 ]
}

@test "examples: fashion, by likelihood alone and with the size beside it" {
	fashion() { example fashion NORMAL=mnist OTHERS=kmnist SETTINGS='--couplings 1 --hidden 1 --mid 2 --batch 10000 --epochs 1 -q' JOINT='--epochs 2'; }
	fashion > said
	cut -f 1 out/report.tsv | tr '\n' ' ' | grep -x 'data test kmnist '
	awk -F '\t' 'NF != 8 { exit 1 }' out/report.tsv
	# what is tested is flagged at the rate that is promised, whatever the scores are worth
	for column in 5 6 7 8; do
		awk -F '\t' -v c="$column" '$1 == "test" { exit !($c > 0.5 && $c < 1.6) }' out/report.tsv
	done
	grep -q 'scatter.png' said
	# random bytes cannot be compressed: all sizes are nearly the same
	awk '$1 < 4300 || $1 > 4420 { exit 1 }' out/held.size
	paste out/test.ll out/test.size out/test.sum | awk '{ d = $1 + $2 - $3 } d * d > 1e-12 { exit 1 }'
	fashion > said
	run ! grep -q '^nicetrain\|rawsize' said
}
