# nicetrain-mpi, the 19 M-parameter model, records/s of its second epoch: one process of two threads
# against two of one on this machine, and (root) two that a link of 10 and of 1 Gb/s joins, in network
# namespaces. Of each: the share of time in which gradients and parameters travel, and in which a
# process waits for the slower one. KIND=mpich|openmpi BATCH=512 MICRO= WIDTH= RECORDS= for other.
. "$(dirname "$0")/common"
: "${KIND:=mpich}" "${BATCH:=512}" "${WIDTH:=1000}" "${RECORDS:=4096}" "${MICRO:=$((BATCH / 2))}"
command -v "mpicc.$KIND" > /dev/null || skip "needs mpicc.$KIND"
mkdir -p "$work/build"
cp -a "$B/cmd" "$B/lib" "$B/libnicetools.a" "$work/build"
rm -f "$work/build/cmd/nicetrain-mpi_link.o" # perhaps the other MPI's
make -s -C "$here/../.." B="$work/build" "MPI=$KIND" "$work/build/bin/nicetrain-mpi" > /dev/null
"mpicc.$KIND" -O2 -fPIC -shared -o "$work/times.so" "$here/mpi_times.c"
python3 -c 'import random, sys
r = random.Random(1)
sys.stdout.buffer.write(r.randbytes(784 * int(sys.argv[1])))' "$((RECORDS + 2))" > "$work/records.u8"
tail -c 1568 "$work/records.u8" > "$work/held.u8"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

train() {
	"$@" -q -d 784 -t u8 --mid "$WIDTH" --batch "$BATCH" --micro-batch "$MICRO" --epochs 2 --valid "$work/held.u8" \
		--keep last --log "$work/log" -o "$work/$model" "$work/records.u8" 2> "$work/times"
	sample "$what" "$(awk -F '\t' 'NR > 1 { n = $2 - records; s = $3 - seconds; records = $2; seconds = $3 }
		END { print n / s }' "$work/log")"
	sed -n 's/^process 1: .* which \(.*\) % exchange, \(.*\) % wait$/\1 \2/p' "$work/times" > "$work/shares"
	exchanged=0 waited=0
	[ ! -s "$work/shares" ] || read -r exchanged waited < "$work/shares"
	sample "$what exchange" "$exchanged"
	sample "$what wait" "$waited"
}

# between RATE COMMAND ...: the command on both ends of a link.
between() {
	rate=$1
	shift
	for i in 1 2; do ip netns add "nicebench$i"; done
	ip link add link0 netns nicebench1 type veth peer name link0 netns nicebench2
	for i in 1 2; do
		ip -n "nicebench$i" addr add "10.77.0.$i/24" dev link0
		ip -n "nicebench$i" link set link0 up
		ip -n "nicebench$i" link set lo up
		ip netns exec "nicebench$i" tc qdisc add dev link0 root tbf rate "$rate" burst 1mb latency 50ms
	done
	sleep 2 # until the system has noticed that the link is up
	export UCX_TLS=tcp,self UCX_NET_DEVICES=link0 FI_PROVIDER=tcp FI_TCP_IFACE=link0 MPIR_CVAR_NOLOCAL=1
	mpirun.mpich -np 1 ip netns exec nicebench1 "$@" : -np 1 ip netns exec nicebench2 "$@"
	unset UCX_TLS UCX_NET_DEVICES FI_PROVIDER FI_TCP_IFACE MPIR_CVAR_NOLOCAL
	for i in 1 2; do ip netns del "nicebench$i"; done
}

times="env LD_PRELOAD=$work/times.so $work/build/bin/nicetrain-mpi -j 1"
links=
[ "$KIND" != mpich ] || [ "$(id -u)" != 0 ] || ! command -v tc > /dev/null || links='10gbit 1gbit'
for _ in $(rounds); do
	what='nicetrain, 2 threads' model=one
	train nicetrain -j 2
	what='2 processes' model=two
	# shellcheck disable=SC2086 # split it shall be
	train "mpirun.$KIND" -np 2 $times
	cmp "$work/one" "$work/two"
	for rate in $links; do
		what="2 processes, $rate" model=far
		# shellcheck disable=SC2086
		train between "$rate" $times
		cmp "$work/one" "$work/far"
	done
done
row what records/s times exchange_% wait_%
one=$(median 'nicetrain, 2 threads')
for what in 'nicetrain, 2 threads' '2 processes' '2 processes, 10gbit' '2 processes, 1gbit'; do
	rate=$(median "$what")
	[ -z "$rate" ] || row "$what" "$rate" "$(compute "$rate / $one")" "$(median "$what exchange")" "$(median "$what wait")"
done
