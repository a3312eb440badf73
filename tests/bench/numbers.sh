# Statistics and verdicts of two million numbers, as text and raw, against GNU datamash.
. "$(dirname "$0")/common"
n=2000000
python3 -c "
import random, struct, sys
r = random.Random(1)
v = [r.gauss(1850, 600) for _ in range($n)]
open('$work/x.txt', 'w').writelines('%r\n' % x for x in v)
open('$work/x.f64', 'wb').write(struct.pack('<%dd' % len(v), *v))"
nicestat "$work/x.txt" > "$work/calibration"
for _ in $(rounds); do
	for command in 'nicestat x.txt' 'nicestat -b x.f64' 'nicethresh -t 0 -x normal x.txt' \
		'nicethresh -b -t 0 -x normal x.f64' 'nicethresh -t 0 -i x.txt' 'nicethresh -t 0 x.txt'; do
		sample "$command" "$(cd "$work" && clock "$command")"
	done
	! command -v datamash > /dev/null || sample datamash "$(clock "LC_ALL=C datamash mean 1 sstdev 1 < $work/x.txt")"
done
peer=$(median datamash)
row what seconds MB/s faster_than_datamash
cut -f 1 "$samples" | awk '!seen[$0]++' | while read -r name; do
	seconds=$(median "$name")
	case $name in *f64) file=x.f64 ;; *) file=x.txt ;; esac
	row "$name" "$seconds" "$(compute "$(stat -c %s "$work/$file") / $seconds / 1e6")" \
		"$([ -n "$peer" ] && compute "$peer / $seconds" || echo -)"
done
