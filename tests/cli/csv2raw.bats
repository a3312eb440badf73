load helper

# Tables: what is learnt from them, what becomes of their rows, and what is refused.

setup() {
	printf '%s\n' a,b,c 1,2,x '3,,"y,""z"' 5.5,7,x > t.csv
	csv2raw -w s t.csv > learnt.f32
}

# numbers [TYPE]: of the file out, a record of so many elements a line.
numbers() { od -An -v "-t${2:-f4}" -w"$(($1 * ${3:-4}))" out | tr -s ' ' | sed 's/^ //'; }

# table LINE...: a file of these lines, with printf's escapes.
table() { printf '%b\n' "$@" > table.csv; }

# bad MESSAGE: the table is refused, by -s and with what came before it, and by -w, which writes nothing.
bad() {
	ends 1 csv2raw -w new table.csv
	nothing
	says "csv2raw: table.csv: $1"
	[ ! -e new ]
	[ -z "$(find . -name '*new*')" ]
}
bad_for_schema() {
	ends 1 csv2raw -s s table.csv
	says "csv2raw: table.csv: $1"
}

@test "csv2raw: kinds, levels, gaps, medians and steps are learnt" {
	diff s - <<-'END'
		nicetable 1
		number	a	full	3	2
		number	b	gaps	4.5	5
		category	c	full	x	y,"z
		elements	6
	END
	cp learnt.f32 out
	diff <(numbers 6) - <<-'END'
		1 2 0 1 0 0
		3 4.5 1 0 1 0
		5.5 7 0 1 0 0
	END
	csv2raw -s s t.csv | cmp - learnt.f32
}

@test "csv2raw: columns are found by name; unknown levels are other, gaps are filled" {
	table z,c,b,a 9,q,NA,1 9,,1,2 9,other,1,2
	ends 0 csv2raw -s s table.csv
	silent
	diff <(numbers 6) - <<-'END'
		1 4.5 1 0 0 1
		2 1 0 0 0 1
		2 1 0 0 0 1
	END
}

@test "csv2raw: a gap in a category has an element, or is other; a level other is that of all others" {
	table c x '""' other x
	csv2raw -w s table.csv > out
	diff <(numbers 3) <(printf '%s\n' '0 1 0' '0 0 1' '1 0 0' '0 1 0')
	table c new
	csv2raw -s s table.csv > out
	diff <(numbers 3) <(echo 1 0 0)
}

@test "csv2raw: all words for a gap, with blanks around them" {
	table a,b 1,1 ,1 NA,1 N/A,1 NaN,1 nan,1 NULL,1 null,1 ' ,1' ' NA\t,1' ' 3 ,1'
	csv2raw -w s table.csv > out
	grep -qx $'number\ta\tgaps\t2\t2' s
	[ "$(numbers 3 | grep -c '^2 1 1$')" -eq 9 ]
}

@test "csv2raw: quotes, line ends in cells, CRLF, byte order mark, separators, one byte at a time" {
	printf '\xef\xbb\xbf"a";"b\nc";"d""e"\r\n1;"2";"x;\r\n"\r\n"3";4;y' > table.csv
	ends 0 csv2raw -F ';' -w s table.csv
	says "csv2raw: table.csv: the last row has no line end; it may have been cut"
	diff s - <<-'END'
		nicetable 1
		number	a	full	2	2
		number	b\x0ac	full	3	2
		category	d"e	full	x;\x0d\x0a	y
		elements	5
	END
	out=slow ends 0 csv2raw -F ';' -s s <(while IFS= read -r -n 1 -d '' byte; do printf %s "$byte"; done < table.csv)
	cmp out slow
	tr ';' '\t' < table.csv | csv2raw -F tab -w s2 > out2 2> err
	tr '\t' ';' < s2 > /dev/null
	cmp out out2
}

@test "csv2raw: columns that are kept or excluded" {
	csv2raw -w s -c b,a t.csv > out
	diff <(numbers 3) <(printf '%s\n' '2 0 1' '4.5 1 3' '7 0 5.5')
	csv2raw -w s -x c,b t.csv > out
	diff <(numbers 1) <(printf '%s\n' 1 3 5.5)
	ends 1 csv2raw -w new -c a,q t.csv
	says "csv2raw: t.csv: header: no column 'q'"
	ends 1 csv2raw -w new -x q t.csv
	says "csv2raw: t.csv: no column 'q'"
	ends 1 csv2raw -w new -x a,b,c t.csv
	says "csv2raw: t.csv: no columns to learn from"
	ends 2 csv2raw -s s -c a t.csv
	ends 2 csv2raw -w new -c a -x b t.csv
	ends 2 csv2raw -w - t.csv
	ends 2 csv2raw t.csv
	[ ! -e new ]
}

@test "csv2raw: without a header, columns have numbers" {
	tail -n +2 t.csv | csv2raw --no-header -w s > out
	cmp out learnt.f32
	cut -f 2 s | sed -n 2,4p | diff - <(printf '%s\n' 1 2 3)
	ends 0 csv2raw --no-header -s s /dev/null
	nothing
	ends 1 csv2raw -s s t.csv
	says "csv2raw: t.csv: header: no column '1'"
}

@test "csv2raw: f64 keeps what f32 rounds, and f32 refuses what it cannot hold" {
	table a 0.1 1e300 101325.0000001
	csv2raw -t f64 -w s table.csv > out
	diff <(numbers 1 f8 8) <(printf '%s\n' 0.1 1e+300 101325.0000001)
	ends 1 csv2raw -s s table.csv
	says "csv2raw: table.csv: row 2 (line 3), column 'a': 1e+300 is beyond float32; write the records as float64 (-t f64)"
	cmp -n 4 out <(bytes '\xcd\xcc\xcc\x3d')
}

@test "csv2raw: numbers are the nearest doubles, whatever their digits" {
	python3 -c 'import random, struct
r = random.Random(1)
texts = ["%.*f" % (r.randrange(18), r.uniform(-1, 1) * 10 ** r.randrange(18)) for _ in range(20000)]
texts += [repr(r.uniform(-1, 1) * 10.0 ** r.randrange(-300, 300)) for _ in range(20000)]
open("table.csv", "w").write("a\n" + "".join(t + "\n" for t in texts))
open("right", "wb").write(b"".join(struct.pack("<d", float(t)) for t in texts))'
	csv2raw -t f64 -w s table.csv | cmp - right
}

@test "csv2raw: gaps are filled, refused or left out" {
	ends 1 csv2raw --missing error -s s t.csv
	says "csv2raw: t.csv: row 2 (line 3), column 'b': missing value"
	ends 0 csv2raw --missing skip -s s t.csv
	says "csv2raw: t.csv: 1 row with gaps left out: 2"
	diff <(numbers 6) <(printf '%s\n' '1 2 0 1 0 0' '5.5 7 0 1 0 0')
	ends 1 csv2raw --missing error -w new t.csv
	[ ! -e new ]
	ends 0 csv2raw --missing skip -w s2 t.csv
	diff s2 - <<-'END'
		nicetable 1
		number	a	full	3.25	4.5
		number	b	full	4.5	5
		category	c	full	x
		elements	4
	END
}

@test "csv2raw: several files, each with its own header" {
	table c,a,b w,1,2
	csv2raw -s s t.csv table.csv > out
	[ "$(numbers 6 | tail -n 1)" = '1 2 0 0 0 1' ]
	csv2raw -w s2 t.csv table.csv > out
	grep -q $'^category\tc\tfull\tw\tx\ty,"z$' s2
	table c,a w,1
	ends 1 csv2raw -s s t.csv table.csv
	says "csv2raw: table.csv: header: no column 'b'"
	cmp out learnt.f32
}

@test "csv2raw: a row is answered before the next one comes" {
	mkfifo fifo
	csv2raw -s s fifo > out 3>&- &
	exec 9> fifo
	printf 'a,b,c\n1,2,x\n' >&9
	while [ "$(wc -c < out)" -lt 24 ]; do sleep 0.01; done
	exec 9>&-
	wait $!
}

@test "csv2raw: hostile: what is no number" {
	local cell
	for cell in 1e400 0x10 1_000 '"1,5"' '"1 000"' inf -Infinity "1'000"; do
		table a,b,c 1,2,x "3,$cell,x"
		bad "row 2 (line 3), column 'b': '*' is not a finite decimal number, such as -1234.5e6"
		bad_for_schema "row 2 (line 3), column 'b': '*' is not a finite decimal number, such as -1234.5e6"
		cmp out <(head -c 24 learnt.f32)
		table "b" "$cell"
		bad "row 1 (line 2), column 'b': '*' is not a finite decimal number, such as -1234.5e6"
	done
	for cell in 1.2.3 1e 1e+ - + . 12x --1 1-2; do
		table a,b,c 1,2,x "3,$cell,x"
		bad "row 2 (line 3), column 'b': '$cell' is not a number, but earlier rows have some; *"
		bad_for_schema "row 2 (line 3), column 'b': '$cell' is not a number"
	done
	table a,b x,1 y,1 3,1
	bad "row 3 (line 4), column 'a': 3 is a number, but 'x' in an earlier row is not; *"
}

@test "csv2raw: hostile: rows and headers" {
	table a,b 1,2 1
	bad "row 2 (line 3): 1 column, but the header has 2"
	table a,b 1,2 1,2,3
	bad "row 2 (line 3): 3 columns, but the header has 2"
	table a,b 1,2 ''
	bad "row 2 (line 3): 1 column, but the header has 2"
	table a,b,a 1,2,3
	bad "header: columns 1 and 3 are both called 'a'"
	csv2raw -w new -x a table.csv > out
	rm new
	table a,,c 1,2,3
	bad "header: a column has no name: name it, or choose the others"
	table ''
	bad "header: a column has no name: *"
	: > table.csv
	bad "no header: the input is empty"
	bad_for_schema "no header: the input is empty"
	printf a,b,c > table.csv
	bad "header: unexpected end of input"
	table a,b,c
	bad "no rows to learn from"
	ends 0 csv2raw -s s table.csv
	nothing
	silent
	table a,b 1, 2,
	bad "column 'b' has no values: exclude it"
	table 'a;b;c' '1;2;x'
	bad_for_schema "header: no column 'a'; is the separator right?"
	{ echo a; seq -f 'x%g' 257; } > table.csv
	bad "row 257 (line 258), column 'a': more than 256 different texts are not a category; *"
}

@test "csv2raw: hostile: quotes and NUL bytes" {
	table a,b '1,"x' y z
	bad "row 1 (line 2), column 2: unexpected end of input: a quote is not closed"
	table a,b '1,"x"y'
	bad "row 1 (line 2), column 2: text after a closing quote; double the quotes within a cell"
	table a,b '1,"x"\ry'
	bad "row 1 (line 2), column 2: text after a closing quote; *"
	table a,b '"x\n\n",1' '1,x"y'
	bad "row 2 (line 5), column 2: a quote in a cell that does not begin with one; quote the whole cell"
	table a,b '1,\0' 
	bad "row 1 (line 2), column 2: NUL byte*"
	table a,b '1,"\0"' 
	bad "row 1 (line 2), column 2: NUL byte"
	printf 'a,b\n1,2\n' | iconv -t UTF-16 > table.csv
	bad "header, column 1: NUL byte: not CSV; a table that is compressed, in UTF-16 or a spreadsheet must be converted first"
}

@test "csv2raw: hostile: huge cells and rows take no memory" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	{ printf 'a,b\n1,'; head -c 100000000 /dev/zero | tr '\0' x; } > table.csv
	ends 1 limited csv2raw -w new table.csv
	says "csv2raw: table.csv: row 1 (line 2), column 2: a cell of more than 1048576 bytes; *"
	{ printf 'a,b\n1,"'; head -c 100000000 /dev/zero | tr '\0' '\n'; } > table.csv
	ends 1 limited csv2raw -w new table.csv
	says "csv2raw: table.csv: row 1 (line 2), column 2: a cell of more than 1048576 bytes; *"
	{ echo a,b; head -c 1000000 /dev/zero | tr '\0' ,; } > table.csv
	ends 1 limited csv2raw -w new table.csv
	says "csv2raw: table.csv: row 1 (line 2), column 65537: more than 65536 columns"
	{ echo a; for i in $(seq 17); do head -c 1000000 /dev/zero | tr '\0' x; printf ,; done; } > table.csv
	ends 1 limited csv2raw -w new table.csv
	says "csv2raw: table.csv: row 1 (line 2), column *: a row of more than 16777216 bytes"
	[ ! -e new ]
}
limited() { (ulimit -v 500000 && exec "$@"); }

@test "csv2raw: names, levels and messages send nothing to a terminal" {
	table 'a\x1b[2J,b' 'x,\x1b]0;evil\a' 'y\xff,z'
	csv2raw -w s table.csv > out
	diff s - <<-'END'
		nicetable 1
		category	a\x1b[2J	full	x	y\xff
		category	b	full	\x1b]0;evil\x07	z
		elements	6
	END
	csv2raw -s s table.csv | cmp - out
	table 'a\x1b[2J,b' '1,1' '\x1b[2J,1'
	bad "row 2 (line 3), column 'a?\[2J': '?\[2J' is not a number*"
}

@test "csv2raw: a schema that is cut at any byte, or changed at one, is refused or another one" {
	local file
	cuts s cut
	for file in cut/*; do
		ends 1 csv2raw -s "$file" t.csv
		says "csv2raw: $file: *"
		nothing
	done
	damages s damaged
	for file in damaged/*; do
		ends 1 csv2raw -s "$file" t.csv
		says "csv2raw: *"
	done
}

@test "csv2raw: schemas that are none" {
	local line
	while IFS= read -r line; do
		printf 'nicetable 1\n%b\nelements\t1\n' "$line" > bad
		ends 1 csv2raw -s bad t.csv
		says "csv2raw: bad: line *: *"
	done <<-'END'
		number
		number\ta
		number\ta\tfull
		number\ta\tfull\t1
		number\ta\tfull\t1\tnan
		number\ta\tfull\tinf\t1
		number\ta\tfull\t1\t-1
		number\ta\tfull\t1\t1\t1
		number\t\tfull\t1\t1
		number\ta\tempty\t1\t1
		numbers\ta\tfull\t1\t1
		number\ta\\\\x0g\tfull\t1\t1
		number\ta\\\\x00\tfull\t1\t1
		number\ta\\\\\tfull\t1\t1
		number\t\x1b\tfull\t1\t1
		category\ta\tfull
		category\ta\tfull\ty\tx
		category\ta\tfull\tx\tx
		category\ta\tfull\tx\t
		number\ta\tfull\t1\t1\nnumber\ta\tfull\t1\t1
		number\ta\tfull\t1\t1\n
	END
	printf 'nicetable 1\nnumber\ta\tfull\t1\t1\nnumber\ta\tfull\t1\t1\nelements\t2\n' > bad
	ends 1 csv2raw -s bad t.csv
	says "csv2raw: bad: duplicate column 'a'"
	printf 'nicetable 1\nnumber\ta\tfull\t1\t1\nelements\t2\n' > bad
	ends 1 csv2raw -s bad t.csv
	says "csv2raw: bad: line 3: the columns have 1 elements"
}

@test "csv2raw: a schema goes through nicetrain into the model, and back" {
	python3 -c 'import random
r = random.Random(1)
print("a,b,c")
for _ in range(60): print("%.3f,%s,%s" % (r.gauss(0, 1), r.choice(["", "1", "2"]), r.choice(["\"y,z\"", "\"\"\"\""])))' > train.csv
	csv2raw -w s2 train.csv | nicetrain --schema s2 -q -o m --mid 4 --batch 8 --epochs 1
	csv2raw -m m t.csv | cmp - <(csv2raw -s s2 t.csv)
	[ "$(csv2raw -m m t.csv | niceflow -m m | wc -l)" -eq 3 ]
	nicetrain -d "$(sed -n 's/elements\t//p' s2)" -q -o m2 --mid 4 --batch 8 --epochs 1 <(csv2raw -s s2 train.csv)
	ends 1 csv2raw -m m2 t.csv
	says "csv2raw: m2: the model has no schema; train it with nicetrain --schema, or use -s"
	ends 2 nicetrain --schema s2 -d 4 -o m3
	printf 'nicetable 1\nnumber\ta\tfull\t1\t1\n' > short
	ends 1 nicetrain --schema short -o m3 learnt.f32
	says "nicetrain: short: line 3: unexpected end of input"
	[ ! -e m3 ]
}

# Room for 256 levels was once taken for each of these columns: 400 MB.
@test "csv2raw: a category takes as much memory as it has levels" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	python3 -c 'n = 65536
print(",".join("c%d" % i for i in range(n)))
print(",".join(["x"] * n))' > wide.csv
	ends 0 small csv2raw -w schema wide.csv
	mv out expected
	ends 0 small csv2raw -s schema wide.csv
	cmp out expected
}
small() { (ulimit -v 150000 && exec "$@"); }

@test "csv2raw -m: the type that the model was trained on, unless -t says another" {
	{ echo a,b; seq 200 | awk '{ print $1 * 7919 % 101 "," $1 * 104729 % 97 }'; } > t.csv
	csv2raw -t f64 -w s t.csv | nicetrain --schema s -t f64 --mid 4 --couplings 2 --epochs 1 -q -o m
	csv2raw -m m t.csv | cmp - <(csv2raw -t f64 -s s t.csv)
	csv2raw -t f32 -m m t.csv | cmp - <(csv2raw -s s t.csv)
	[ "$(csv2raw -m m t.csv | niceflow -m m | wc -l)" -eq 200 ]
	csv2raw -s s t.csv | nicetrain --schema s --mid 4 --couplings 2 --epochs 1 -q -o m
	csv2raw -m m t.csv | cmp - <(csv2raw -s s t.csv)
}
