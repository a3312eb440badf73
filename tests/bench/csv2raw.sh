# csv2raw on a table of 20 columns of numbers, through a pipe: against mawk that splits the same lines
# and Miller that turns them into JSON, and the most memory that it held. MEGABYTES= of the table.
. "$(dirname "$0")/common"
: "${MEGABYTES:=1000}"
python3 -c 'import random
r = random.Random(1)
kinds = ["%.6f", "%.2f", "%d", "%.9g"]
print(",".join("c%d" % j for j in range(20)))
for _ in range(100000):
    print(",".join(kinds[j % 4] % r.gauss(1000 if j % 3 else 0, 10 ** (j % 5)) for j in range(20)))' > "$work/x.csv"
head -n 1 "$work/x.csv" > "$work/head"
tail -n +2 "$work/x.csv" > "$work/rows"
csv2raw -w "$work/schema" "$work/x.csv" > "$work/x.f32"
times=$((MEGABYTES * 1000000 / $(wc -c < "$work/rows") + 1))
bytes=$((times * $(wc -c < "$work/rows")))
table="{ cat $work/head; for i in \$(seq $times); do cat $work/rows; done; }"
mawk=$(command -v mawk || :) mlr=$(command -v mlr || :)
[ -n "$mawk" ] || echo '# no mawk here'
[ -n "$mlr" ] || echo '# no Miller (mlr) here'
for _ in $(rounds); do
	sample cat "$(clock "$table | cat > /dev/null")"
	sample 'csv2raw -s' "$(clock "$table | csv2raw -s $work/schema > /dev/null")"
	[ -z "$mawk" ] || sample 'mawk, fields' "$(clock "$table | mawk -F, '{ n += NF } END { print n }' > /dev/null")"
	[ -z "$mlr" ] || sample 'mlr --icsv --ojson cat' "$(clock "$table | mlr --icsv --ojson cat > /dev/null")"
done
row what MB/s times_csv2raw
for what in cat 'csv2raw -s' 'mawk, fields' 'mlr --icsv --ojson cat'; do
	[ -z "$(median "$what")" ] || row "$what" "$(compute "$bytes / $(median "$what") / 1e6")" \
		"$(compute "$(median "$what") / $(median 'csv2raw -s')")"
done
row 'csv2raw -s, KB at most' "$(peak_kb "$table | csv2raw -s $work/schema > /dev/null")"
