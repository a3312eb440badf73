load helper

# The pages of the raw stream and of the programs that make it from files and back.
PAGES="idx2raw.1 raw2idx.1 png2raw.1 raw2png.1 niceraw.5"

@test "pages: clean under mandoc" {
	command -v mandoc > /dev/null || skip "no mandoc"
	cd "$ROOT/man"
	for page in $PAGES; do
		mandoc -T lint "$page" 2> /dev/null
	done
}

@test "pages: every option of the program, and no other" {
	for page in $PAGES; do
		program=${page%.1}
		[ "$program" != "$page" ] || continue
		"$program" --help | grep -o '^  -., --[a-z]*' | tr -d ' ' | tr , ' ' | sort > help
		sed -n 's/^\.It Fl \([^ ]\) , Fl -\([a-z]*\).*/-\1 --\2/p' "$ROOT/man/$page" | sort > page
		cmp help page
		[ -s help ]
	done
}

# Sixty pictures of classes 0 to 9, as the examples want them.
digits() {
	python3 -c 'import random, struct, sys
r = random.Random(1)
n = 60
open("labels.idx", "wb").write(struct.pack(">BBBBI", 0, 0, 8, 1, n) + bytes([9] * 30 + [i % 10 for i in range(30)]))
open("digits.u8", "wb").write(r.randbytes(784 * n))
open("digits.idx", "wb").write(struct.pack(">BBBBIII", 0, 0, 8, 3, n, 28, 28) + open("digits.u8", "rb").read())'
	cat digits.u8 digits.u8 | head -c 78400 > twice && mv twice digits.u8
	mkdir pictures
	for i in 1 2 3; do
		tail -c +$((i * 784)) digits.u8 | raw2png -t u8 -d 28x28 -g 0 -n 1 > pictures/$i.png
	done
	raw2png -t u8 -d 28x28 digits.u8 > photo.png
}

examples() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAG/s/^\$ //p' "$ROOT/man/$1" | sed 's/\\e/\\/g'
}

@test "pages: the examples run" {
	digits
	for page in $PAGES; do
		n=0
		while IFS= read -r line; do
			n=$((n + 1))
			case $line in parallel*) command -v parallel > /dev/null || continue ;; esac
			run -0 --separate-stderr bash -c "$line"
			[ -z "$stderr" ] || { echo "$line: $stderr"; false; }
		done < <(examples "$page")
		[ $n -gt 0 ]
	done
	# what they say they do
	cmp both.u8 <(cat some.u8 others.u8)
	[ "$(wc -c < one.u8)" -eq 784 ]
	cat digits-* | cmp - digits.u8
	idx2raw -t u8 nines.idx | cmp - nines.u8
	idx2raw -t u8 nines-labels.gz | cmp - <(yes 9 | head -60 | tr -d '\n' | tr 9 '\011')
	[ "$(wc -c < pictures.idx)" -eq $((16 + 3 * 784)) ]
	png2raw pictures/*.png | cmp - pictures.f32
	cmp first.u8 <(head -c 784 digits.u8)
	[ "$(wc -c < train.f32)" -eq $((50 * 3136)) ]
}
