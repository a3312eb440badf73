load helper

# expected TYPE HEIGHT WIDTH CHANNELS PIXELS: what rawshift makes of standard input, by slices of lists of pixels.
expected() {
	python3 -c 'import sys
size, height, width, pixels = {"u8": 1, "f32": 4, "f64": 8}[sys.argv[1]] * int(sys.argv[4]), *map(int, sys.argv[2:4]), int(sys.argv[5])
data = sys.stdin.buffer.read()
def moved(line, by, blank):
    n = min(abs(by), len(line))
    return [blank] * n + line[:len(line) - n] if by > 0 else line[n:] + [blank] * n
out = sys.stdout.buffer.write
for at in range(0, len(data), size * height * width):
    picture = [[data[at + size * (y * width + x):][:size] for x in range(width)] for y in range(height)]
    for down, right in (0, 0), (0, pixels), (0, -pixels), (pixels, 0), (-pixels, 0):
        for row in moved(picture, down, [bytes(size)] * width):
            out(b"".join(moved(row, right, bytes(size))))' "$@"
}

@test "rawshift: a picture, then it shifted to the right, to the left, down, up" {
	[ "$(printf abcdefghi | rawshift -t u8 -d 3x3 | tr '\0' .)" = abcdefghi.ab.de.ghbc.ef.hi....abcdefdefghi... ]
	[ "$(printf abcdefghi | rawshift -t u8 -d 3x3 -n 2 | tr '\0' .)" = abcdefghi..a..d..gc..f..i........abcghi...... ]
	[ "$(printf abcd | rawshift -t u8 -d 1x2 | tr '\0' .)" = ab.ab.....cd.cd..... ]
	[ "$(printf abcd | rawshift -t u8 -d 2x2 --axis horizontal | tr '\0' .)" = abcd.a.cb.d. ]
	[ "$(printf abcd | rawshift -t u8 -d 2x2 --axis vertical | tr '\0' .)" = abcd..abcd.. ]
	[ "$(printf abcd | rawshift -t u8 -d 2x2 --axis both | tr '\0' .)" = abcd.a.cb.d...abcd.. ]
	[ "$(printf abcd | rawshift -t u8 -d 2x2 | tr '\0' .)" = abcd.a.cb.d...abcd.. ]
	[ "$(printf rgbRGB | rawshift -t u8 -d 1x2x3 | tr '\0' .)" = rgbRGB...rgbRGB............... ]
}

@test "rawshift: any type, shape and distance" {
	head -c 9600 /dev/urandom > x
	while read -r type height width channels pixels; do
		echo "$type $height $width $channels $pixels"
		expected $type $height $width $channels $pixels < x > wanted
		rawshift -t $type -d ${height}x${width}x$channels -n $pixels --any-content x | cmp - wanted
		[ $channels -ne 1 ] || rawshift -t $type -d ${height}x${width} --pixels $pixels --any-content < x | cmp - wanted
	done <<-END
		u8 4 6 1 1
		u8 6 4 1 3
		u8 4 6 1 4
		u8 4 6 1 5
		u8 4 6 1 6
		u8 4 2 3 1
		u8 1 1 1 1
		u8 1 24 4 23
		u8 4 6 1 4294967295
		f32 4 6 1 2
		f32 2 4 3 1
		f64 6 4 1 1
		f64 1 2 2 7
	END
}

@test "rawshift: many records, in pieces" {
	head -c 300000 /dev/urandom > x
	expected u8 20 25 1 1 < x > wanted
	{ head -c 777 x; sleep 0.2; tail -c +778 x; } | rawshift --any-content -t u8 -d 20x25 | cmp - wanted
	[ "$(rawshift -t u8 -d 20x25 /dev/null | wc -c)" -eq 0 ]
}

@test "rawshift: no bit of a number is changed" {
	# NaN with a payload, -0, the least denormal, infinity
	bytes '\1\2\xa3\x7f''\0\0\0\x80''\1\0\0\0''\0\0\x80\x7f' > odd
	rawshift -d 2x2 odd | cmp - <(expected f32 2 2 1 1 < odd)
}

@test "rawshift: a record that is cut off; those before it are written" {
	printf abcdefg > short
	ends 1 rawshift -t u8 -d 1x3 short
	says "rawshift: short: record 2 (byte 6): unexpected end of input after 1 of 3 bytes"
	[ "$(tr '\0' . < out)" = abc.abbc.......def.deef....... ]
}

@test "rawshift: usage" {
	local args message
	while IFS='|' read -r args message; do
		echo "$args"
		run -2 --separate-stderr rawshift $args
		[ -z "$output" ]
		[ "${stderr_lines[0]}" = "rawshift: $message" ] || { echo "$stderr"; false; }
		[ "${stderr_lines[1]}" = "Try 'rawshift --help'." ]
	done <<-END
		-t u8|missing option -d HEIGHTxWIDTH
		-d 2x2 -n 0|-n: '0' is not an integer from 1 to 4294967295
		-d 2x2 a b|more than one file: 'b'
	END
	run -2 --separate-stderr rawshift -d 784
	[[ ${stderr_lines[0]} == "rawshift: -d: '784' "* ]]
}

@test "rawshift: slow records are served at once" {
	mkfifo pipe
	rawshift -t u8 -d 1x2 pipe > out &
	exec 5> pipe
	printf ab >&5
	for _ in $(seq 100); do
		[ "$(wc -c < out)" -lt 10 ] || break
		sleep 0.1
	done
	[ "$(tr '\0' . < out)" = ab.ab..... ]
	exec 5>&-
	wait $!
}
