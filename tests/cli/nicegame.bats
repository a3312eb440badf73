load helper

# solved GAME: what nicegame prints for it, one line per row of the game.
solved() { printf '%s\n' "$@" | nicegame; }

# refused MESSAGE LINE...: an error, and no output.
refused() {
	local message=$1
	shift
	printf '%s\n' "$@" > game
	run -1 --separate-stderr nicegame game
	echo "$stderr"
	[ -z "$output" ]
	[ "$stderr" = "nicegame: game: $message" ]
}

@test "nicegame: rock, paper, scissors" {
	printf '%s\n' '0 -1 1' '1 0 -1' '-1 1 0' > game
	nicegame game > out
	{
		printf 'value\t0\t0\nrows\t3\tunique\ncolumns\t3\tunique\n'
		for side in row column; do
			for i in 0 1 2; do printf '%s\t%d\t1/3\t0.3333333333333333\n' $side $i; done
		done
	} | cmp - out
	nicegame --against 1/3,1/3,1/3 game | cmp - <(printf 'value\t0\t0\nanswer\t%d\nanswer\t1\nanswer\t2\n' 0)
	nicegame --against '1 0 0' game | cmp - <(printf 'value\t1\t1\nanswer\t1\n')
}

@test "nicegame: a saddle point, a dominated row, 1 x n, n x 1, one number, zeros" {
	solved '4 5 6' '3 9 1' '3 4 1' | cmp - <(printf '%s\n' 'value	4	4' 'rows	3	unique' \
		'columns	3	unique' 'row	0	1	1' 'column	0	1	1')
	solved '3 1 2 1' | cmp - <(printf '%s\n' 'value	1	1' 'rows	1	unique' \
		'columns	4	not-unique' 'row	0	1	1' 'column	1	1	1')
	solved 3 5 4 | cmp - <(printf '%s\n' 'value	5	5' 'rows	3	unique' 'columns	1	unique' \
		'row	1	1	1' 'column	0	1	1')
	solved -7/3 | sed -n 1p | cmp - <(echo 'value	-7/3	-2.3333333333333335')
	solved '0 0' '0 0' | sed -n 1,3p | cmp - <(printf '%s\n' 'value	0	0' 'rows	2	not-unique' 'columns	2	not-unique')
}

@test "nicegame: a game whose equations have no solution modulo 2^61 - 1 is solved all the same" {
	solved '1 2305843009213693952' '2305843009213693952 1' | sed -n 1,3p | cmp - <(printf '%s\n' \
		'value	2305843009213693953/2	1.152921504606847e+18' 'rows	2	unique' 'columns	2	unique')
}

@test "nicegame: integers, decimals and fractions; blanks, tabs and commas" {
	solved '1 0.5' | cmp - <(solved '	+1e0,5/10 ')
	solved '-.25,1' '1. , -1e-2' | cmp - <(solved '-1/4	1' '100/100	-1/100')
	solved 1e400 | sed -n 1p | cmp - <(echo "value	1$(printf '0%.0s' $(seq 400))	inf")
	solved 1e-400 | sed -n 1p | cmp - <(echo "value	1/1$(printf '0%.0s' $(seq 400))	0")
	digits=$(printf '7%.0s' $(seq 1000))
	solved "$digits -$digits" "-$digits $digits" | sed -n 1p | cmp - <(echo 'value	0	0')
}

@test "nicegame: random games against the definitions, in fractions" {
	case $SANITIZER in asan) python3 "$ROOT/tests/oracle/game_oracle.py" "$B/bin/nicegame" 1 100 10 ;;
	*) python3 "$ROOT/tests/oracle/game_oracle.py" "$B/bin/nicegame" 1 400 30 ;; esac
}

@test "nicegame: the threshold that is best in the worst case, a mixture of two" {
	printf '%s\n' 1 2 3 4 > normal
	printf '%s\n' 0 1.5 2.5 > anomalous
	niceroc --curve normal anomalous | awk '{ printf "%.17g %.17g\n", -$1, $2 - 1 }' | nicegame > out
	awk '$1 == "value" { print $3 }' out > value
	# all of the thresholds lie above the line that joins the two
	nicegame --against "$(awk '$1 == "column" { w[$2] = $3 } END { print w[0] "," w[1] }' out)" \
		<(niceroc --curve normal anomalous | awk '{ printf "%.17g %.17g\n", -$1, $2 - 1 }') |
		awk '$1 == "value" { print $3 }' | cmp - value
	[ "$(grep -c '^row	' out)" -le 2 ]
}

@test "nicegame: what is no matrix is refused, with the place" {
	refused "line 2: 1 numbers, but the lines before have 2" '1 2' 3
	refused "line 2: no numbers" '1 2' ''
	refused "line 1: number 2: 'nan' is not an integer, a decimal or a fraction" '1 nan'
	refused "line 1: number 1: 'inf' is not an integer, a decimal or a fraction" inf
	refused "line 1: number 1: '0x10' is not an integer, a decimal or a fraction" 0x10
	refused "line 1: number 1: '1/0' has the denominator 0" 1/0
	refused "line 1: number 1: '1e401' has an exponent beyond 400" 1e401
	refused "line 1: number 2: a comma without a number" '1,,2'
	refused "line 1: number 1: '1' is followed by a comma and no number" '1, '
	refused "line 1: number 1: '1.5/2' is not an integer, a decimal or a fraction" 1.5/2
	refused "line 1: number 1: '--1' is not an integer, a decimal or a fraction" --1
	long=$(printf '1%.0s' $(seq 4097))
	refused "line 1: number 1: '${long:0:40}' has more than 4096 characters" "$long"
	refused "line 3: 3 numbers, but the lines before have 2" '1 2' '3 4' '5 6 7'
	refused "line 2: number 3: '-inf' is not an integer, a decimal or a fraction" '1 2 3' '4 5 -inf'
	refused "line 1: number 2: '?[2J??' is not an integer, a decimal or a fraction" $'1 \x1b[2J\xff\xfe'
	refused "line 1: number 1: '1;2' is not an integer, a decimal or a fraction" '1;2'
	refused "line 2: no numbers" 1 ' 	 '
	bytes '1 2\n3 \0\n' > game
	run -1 --separate-stderr nicegame game
	[ "$stderr" = "nicegame: game: line 2: NUL byte" ]
	run -1 --separate-stderr nicegame /dev/null
	[ "$stderr" = "nicegame: /dev/null: no numbers" ]
	run -1 --separate-stderr nicegame <(printf '1 2\n3 4')
	[[ $stderr == *': line 2: unexpected end of input' ]]
	python3 -c 'print("\n".join(" ".join("1/%d" % (10**40 + 200 * i + j) for j in range(200)) for i in range(200)))' > game
	run -1 --separate-stderr nicegame game
	[ "$stderr" = "nicegame: game: 200 x 200 numbers of this length need more than 4294967296 bytes; use fewer digits" ]
}

@test "nicegame: what is no strategy is a usage error; one for another game is not" {
	while IFS=$'\t' read -r wrong why; do
		run -2 --separate-stderr nicegame --against "$wrong" nowhere
		[ "${stderr%%$'\n'*}" = "nicegame: --against: '$wrong' is not a strategy: $why" ]
	done <<-'END'
		0.5,0.6	the numbers sum to 11/10, not exactly to 1 (fractions may: 1/3)
		1/3,1/3,0.3333	the numbers sum to 29999/30000, not exactly to 1 (fractions may: 1/3)
		0.12345678901234567890123,0	the numbers sum to 0.12345678901234568, not exactly to 1 (fractions may: 1/3)
		0,0	the numbers sum to 0, not exactly to 1 (fractions may: 1/3)
		-1,2	number 1 is negative
		1/2,3/2,-1	number 3 is negative
		1,nan	number 2: 'nan' is not an integer, a decimal or a fraction
		inf	number 1: 'inf' is not an integer, a decimal or a fraction
		1,,0	number 2: a comma without a number
		1,	number 1: '1' is followed by a comma and no number
	END
	run -2 --separate-stderr nicegame --against '' nowhere
	[[ $stderr == "nicegame: --against: '' is not a strategy: the numbers sum to 0, "* ]]
	run -2 --separate-stderr nicegame --against "0.$(printf '3%.0s' $(seq 1000))" nowhere
	[[ $stderr == "nicegame: --against: '0.$(printf '3%.0s' $(seq 58))' is not a strategy: "* ]]
	echo 1 2 > game
	run -1 --separate-stderr nicegame --against 1/3,1/3,1/3 game
	[ "$stderr" = "nicegame: game: 2 columns, but --against has 3 numbers" ]
}

@test "nicegame: long numbers need no memory for tableaus where the solution is guessed" {
	# the last row is the best one by far, and the last column against it
	python3 -c 'print("\n".join(" ".join(str((10**30 + 1) * (1000 * i - j)) for j in range(700)) for i in range(700)))' > game
	nicegame game | sed 1d | cmp - <(printf '%s\n' 'rows	700	unique' 'columns	700	unique' 'row	699	1	1' 'column	699	1	1')
	# zeros but for one number: every column is as good as the others
	python3 -c 'print("\n".join(" ".join(str(10**35 * (i == j == 5)) for j in range(700)) for i in range(700)))' > game
	run -1 --separate-stderr nicegame game
	[ "$stderr" = "nicegame: game: 700 x 700 numbers of this length need more than 4294967296 bytes; use fewer digits" ]
}

@test "nicegame: a million columns, and a million rows" {
	seq 1000000 | tr '\n' ' ' | sed 's/$/\n/' | nicegame |
		cmp - <(printf '%s\n' 'value	1	1' 'rows	1	unique' 'columns	1000000	unique' 'row	0	1	1' 'column	0	1	1')
	seq 1000000 | nicegame | tail -n 2 | cmp - <(printf '%s\n' 'row	999999	1	1' 'column	0	1	1')
	seq 1048577 > game
	run -1 --separate-stderr nicegame game
	[ "$stderr" = "nicegame: game: line 1048577: more than 1048576 numbers" ]
	run -1 --separate-stderr nicegame <(yes 1 | tr -d '\n' | head -c 70000000)
	[[ $stderr == *': line 1: more than 67108863 bytes in a line' ]]
	run -1 --separate-stderr timeout 60 nicegame /dev/zero
	[ "$stderr" = 'nicegame: /dev/zero: line 1: NUL byte' ]
}

@test "nicegame: numbers of a thousand digits, on lines of many thousand bytes" {
	# pennies beside columns that pay much: the value is 0, whatever their digits are
	local digits
	digits=$(printf '7%.0s' $(seq 1000))
	for row in '1 -1' '-1 1'; do
		printf '%s' "$row"
		for column in $(seq 100); do printf ' %s%03d' "$digits" "$column"; done
		echo
	done > game
	nicegame game | cmp - <(printf '%s\n' 'value	0	0' 'rows	2	unique' 'columns	102	unique' 'row	0	1/2	0.5' \
		'row	1	1/2	0.5' 'column	0	1/2	0.5' 'column	1	1/2	0.5')
	sed 's/[^ ]*$/nan/' game > bad
	run -1 --separate-stderr nicegame bad
	[ "$stderr" = "nicegame: bad: line 1: number 102: 'nan' is not an integer, a decimal or a fraction" ]
}

@test "nicegame: out of memory is told" {
	[ -z "$SANITIZER" ] || skip "a sanitizer needs all addresses"
	seq 600000 > game
	(ulimit -v 60000 && run -1 --separate-stderr nicegame game && echo "$stderr" > said)
	[ "$(cat said)" = "nicegame: game: out of memory" ]
}
