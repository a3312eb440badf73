load helper

# The manual pages against mandoc, each other, the programs, and what their examples promise.

programs() { find "$B/bin" -type f ! -name nicetrain-mpi -printf "%f\n" | LC_ALL=C sort; }
pages() { (cd "$ROOT/man" && ls); }

# Pages of programs that are always built: nicetrain-mpi, which is not, has the options of nicetrain (mpi.bats).
own_pages() { pages | sed -n 's/\.1$//p' | grep -vx nicetrain-mpi; }

# Pages of others that ours refer to.
FOREIGN="awk.1 cat.1 dd.1 gzip.1 head.1 mv.1 parallel.1 rename.2 split.1 ssh.1 tail.1 tee.1 xargs.1"

# help_options PROGRAM: "-t --type value", "-v --invert", "--progress", ... of --help, sorted.
help_options() {
	"$1" --help | sed -n -E '
		s/^  (-.), (--[a-z0-9-]+)( [^ ]+)?(  .*)?$/\1 \2\3/p
		s/^      (--[a-z0-9-]+)( [^ ]+)?(  .*)?$/\1\2/p' |
		awk '{ v = $NF !~ /^-/; if (v) NF--; print $0 (v ? " value" : "") }' | sort
}

# page_options PAGE: the same of the list of options.
page_options() {
	sed -n '/^\.Sh DESCRIPTION/,/^\.Sh EXIT/s/^\.It Fl /Fl /p' "$ROOT/man/$1" | sed 's/\\-/-/g' |
		awk '{
			short = long = value = ""
			for (i = 1; i <= NF; i++) {
				if ($i == "Fl" && $(i + 1) == "Fl") { i += 2; long = "--" $i }
				else if ($i == "Fl" && $(i + 1) ~ /^-/) { i++; long = "-" $i }
				else if ($i == "Fl") { i++; short = "-" $i " " }
				else if ($i == "Ar" || $i == "Cm") value = " value"
			}
			print short long value
		}' | sort
}

@test "pages: mandoc finds nothing to say" {
	command -v mandoc > /dev/null || skip "needs mandoc"
	for page in $(pages); do
		mandoc -T lint "$ROOT/man/$page" 2>&1 |
			grep -v -e 'referenced manual not found' -e 'outdated mandoc.db' > found || true
		cat found
		[ ! -s found ]
	done
}

@test "pages: one for every program, and a program for every one" {
	programs > built
	[ -s built ]
	own_pages | cmp built
}

@test "pages: file, title and name agree" {
	for page in $(pages); do
		echo "$page"
		name=${page%.*}
		grep -qx "\.Dt ${name^^} ${page##*.}" "$ROOT/man/$page"
		[ "$(grep -m 1 '^\.Nm' "$ROOT/man/$page")" = ".Nm $name" ]
	done
}

@test "pages: the usual sections, in the usual order, and no others" {
	local usual=(NAME SYNOPSIS DESCRIPTION ENVIRONMENT "EXIT STATUS" EXAMPLES DIAGNOSTICS "SEE ALSO" STANDARDS CAVEATS)
	printf '%s\n' "${usual[@]}" > all
	for page in $(pages); do
		sed -n 's/^\.Sh //p' "$ROOT/man/$page" > here
		echo "$page: $(tr '\n' ',' < here)"
		grep -Fx -f here all | cmp - here
		for section in "${usual[@]}"; do
			case $page,$section in
			*,ENVIRONMENT | *,DIAGNOSTICS | *,STANDARDS | *,CAVEATS) continue ;; # where there is something to say
			*.[57],SYNOPSIS | *.[57],"EXIT STATUS") continue ;;
			esac
			grep -qx "$section" here
		done
	done
}

@test "pages: nicetools(7) lists them all, and man -k nicetools finds them" {
	sed -n '/^\.Ss Programs/,/^\.El/s/^\.It Xr //p' "$ROOT/man/nicetools.7" > listed
	for section in 1 5 7; do
		(cd "$ROOT/man" && ls ./*.$section) | sed -n -E '/nicetools\.7$/d; s|^./(.*)\.(.)$|\1 \2|p'
	done | cmp - listed
	while read -r name section; do
		about=$(sed -n 's/^\.Nd nicetools: //p' "$ROOT/man/$name.$section")
		grep -A 1 -x "\.It Xr $name $section" "$ROOT/man/nicetools.7" | grep -xF "$about"
	done < listed
	if command -v mandb > /dev/null; then
		mkdir -p manual/man{1,5,7}
		for page in $(pages); do cp "$ROOT/man/$page" "manual/man${page##*.}"; done
		mandb -c -q manual 2> /dev/null
		MANPATH=manual man -k nicetools | sed -E 's/ \((.)\).*/ \1/' | sort > found
		{ cat listed; echo nicetools 7; } | sort | cmp - found
	else
		echo "# man -k: needs mandb" >&3
	fi
}

@test "pages: references lead somewhere" {
	for page in $(pages); do
		while read -r name section _; do
			echo "$page: $name($section)"
			[ "$name.$section" != "$page" ]
			[ -e "$ROOT/man/$name.$section" ] || [[ " $FOREIGN " == *" $name.$section "* ]]
		done < <(sed -n 's/^\.Xr //p' "$ROOT/man/$page")
	done
}

@test "pages: the options are those of --help, short, long, and with a value or without" {
	for program in $(own_pages); do
		echo "$program"
		help_options "$program" > help
		[ "$(wc -l < help)" -ge 3 ]
		page_options "$program.1" | diff help -
	done
}

@test "pages: synopsis and usage line name every option but -h and -V" {
	for program in $(own_pages); do
		echo "$program"
		help_options "$program" | sed -n 's/^-\([^-hV]\).*/\1/p' > options
		sed -n '/^\.Sh SYN/,/^\.Sh DESC/p' "$ROOT/man/$program.1" |
			sed -E 's/Fl (Fl |-)[a-z-]*//g; s/(Fl [A-Za-z0-9]) \| ([A-Za-z0-9])( |$)/\1 Fl \2\3/' | { grep -o 'Fl [A-Za-z0-9]*' || true; } |
			cut -c 4- | fold -w 1 | sort -u | diff options -
		"$program" --help | sed '/^[^ u]/,$d' | { grep -o -e '[[( ]-[A-Za-z0-9]' || true; } | cut -c 3 |
			sort -u | diff options -
	done
}

# old_letters PAGE: letters that only work until scripts no longer use them, each as a line of getopt's table.
old_letters() {
	sed -n '/^\.Fl [A-Za-z]$/{N;s/^\.Fl \(.\)\nis its old name.*/\1/p}' "$ROOT/man/$1"
}

@test "pages: the program takes the options of --help, and no others but old names" {
	need_preload options
	for program in $(programs); do
		echo "$program"
		help_options "$program" > help
		preloaded options "$program" | sort > taken
		for letter in $(old_letters "$program.1"); do
			grep -qE "^-$letter( value)?\$" taken
			sed -i -E "/^-$letter( value)?\$/d" taken
		done
		diff help taken
	done
}

# The files that examples read: sixty pictures, their labels and likelihoods, half of them nines; a
# hundred as raw bytes; a photograph in even grey; a model.
setup_example_files() {
	python3 -c 'import random, struct, sys
r = random.Random(1)
n = 60
open("labels.idx", "wb").write(struct.pack(">BBBBI", 0, 0, 8, 1, n) + bytes([9] * 30 + [i % 10 for i in range(30)]))
pictures = r.randbytes(784 * n)
open("digits.idx", "wb").write(struct.pack(">BBBBIII", 0, 0, 8, 3, n, 28, 28) + pictures)
open("digits.u8", "wb").write((pictures + pictures)[:78400])
open("digits.ll", "w").writelines("%r\n" % r.gauss(0, 1) for _ in range(n))'
	echo 'threshold	-1' > calibration
	mkdir pictures
	for i in 1 2 3; do
		head -c $((i * 784 + 783)) digits.u8 | tail -c 784 | raw2png -t u8 -d 28x28 -g 0 -n 1 > pictures/$i.png
	done
	head -c 2400 /dev/zero | tr '\0' 3 | raw2png -t u8 -d 40x60 -g 0 > photo.png # 3 is 51
	cp "$ROOT/tests/fixtures/tiny.pt" nice.pt
	printf '%s\n' pump,temp_c,pressure A,21.5,101325 B,,101300 A,22.5,101350 > normal.csv
	python3 "$ROOT/tests/fixtures/make_model.py" 784 4 2 2 1 > pixels.safetensors
	python3 "$ROOT/tests/fixtures/make_model.py" 784 2 2 2 2 > narrow.safetensors
	idx2raw -t u8 digits.idx | raw2npy -t u8 -d 28x28 > digits.npy
	python3 "$ROOT/tests/fixtures/make_npy.py" --npz train=digits.npy test=digits.npy > digits.npz
}

@test "pages: every example prints what the page says" {
	mkdir files
	(cd files && setup_example_files)
	for page in $(pages); do
		cp -r files "$page"
		(cd "$page" && python3 "$ROOT/tests/cli/examples.py" "$ROOT/man/$page")
	done
	# and, where that is nothing, does what it says
	cmp niceraw.5/both.u8 <(cat niceraw.5/some.u8 niceraw.5/others.u8)
	cmp niceraw.5/one.u8 <(tail -c +$((17 * 784 + 1)) files/digits.u8 | head -c 784)
	cat niceraw.5/digits-* | cmp - files/digits.u8
	[ "$(wc -c < idx2raw.1/train.f32)" -eq $((50 * 3136)) ]
	[ "$(wc -c < idx2raw.1/valid.f32)" -eq $((10 * 3136)) ]
	idx2raw -t u8 raw2idx.1/nines.idx | cmp - idx2raw.1/nines.u8
	idx2raw -t u8 raw2idx.1/nines-labels.gz | cmp - <(repeat 60 9 | tr -d '\n' | tr 9 '\011')
	[ "$(wc -c < png2raw.1/pictures.idx)" -eq $((16 + 3 * 784)) ]
	png2raw png2raw.1/pictures/*.png | cmp - png2raw.1/pictures.f32
	grep -qx $'n\t60' nicemax.1/calibration
	npy2raw npy2raw.1/ll.npy | cmp - <(niceflow -m files/pixels.safetensors -t u8 -b files/digits.u8 | head -c 480)
	idx2raw -t u8 files/digits.idx | cmp - npy2raw.1/test.u8
	[ "$(npy2raw -i raw2npy.1/samples.npy | sed -n 2p)" = $'dims\t100x28x28' ]
	cmp raw2png.1/first.u8 <(head -c 784 files/digits.u8)
	awk '$1 < -1 { print NR - 1 }' files/digits.ll | cmp - rawpick.1/anomalies
	idx2raw files/digits.idx | rawpick -d 784 rawpick.1/anomalies | raw2png -d 28x28 | cmp - rawpick.1/anomalies.png
}
