load helper

# Each check is one of tests/cli/signals.py.
signals() { B=$B python3 "$ROOT/tests/cli/signals.py" "$1"; }

@test "signals: SIGTERM, SIGINT and SIGHUP save, within a save, too, and end by the signal" { signals save_and_end; }
@test "signals: what the parent ignores stays ignored" { signals stay_ignored; }
@test "signals: before the training, they end it at once" { signals end_while_reading; }
@test "signals: SIGUSR1 saves and goes on, before the first step, too" { signals save_at_usr1; }
@test "signals: one each millisecond changes nothing" { signals storm; }
@test "signals: a state that cannot be saved is told on a line of its own" { signals message_after_line; }
