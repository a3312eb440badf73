load helper
load contract

# What every program does alike with its outputs, signals, descriptors, environment and limits: the checks are in
# tests/cli/contract.py.

@test "contract: SIGTERM ends a program that waits, and nothing is left" { contract reading_ended; }
@test "contract: a full disk is told, once" { contract writing_full_disk; }
@test "contract: a limit of files' sizes is told like a full disk" { contract file_limit; }
@test "contract: a standard output that another program left non-blocking is waited for" { contract writing_nonblocking; }
@test "contract: named outputs: mode and owner are kept" { contract named_mode; }
@test "contract: named outputs: links are followed" { contract named_link; }
@test "contract: named outputs: a device stays one" { contract named_device; }
@test "contract: named outputs: a FIFO stays one" { contract named_fifo; }
@test "contract: named outputs: what cannot be written is told before the work" { contract named_nowhere; }
@test "contract: named outputs: no file is written twice, or read and written" { contract named_twice; }
@test "contract: named outputs: a disk that fills leaves what there was" { contract named_limit; }
@test "contract: a help that is lost is told, once" { contract lost_help; }
@test "contract: a closed standard output is told, once" { contract writing_closed_output; }
@test "contract: SIGPIPE ends a program quietly; where it is ignored, the loss is told" { contract writing_to_nobody; }
@test "contract: closed standard streams, in all combinations, with and without /dev/null" { contract closed_streams; }
@test "contract: nor does it with a usage error" { contract closed_error_usage; }
@test "contract: the same bytes in any environment, and with decimal commas" {
	if command -v localedef > /dev/null; then
		localedef -i de_DE -f UTF-8 "$PWD/de_DE.UTF-8" 2> /dev/null || :
	fi
	contract environment
	LC_ALL=de_DE.UTF-8 ends 2 nicestat -k 1,5 ll
	echo 1,5 > values
	LC_ALL=de_DE.UTF-8 ends 1 nicestat values
	says "nicestat: values: line 1 (byte 0): '1,5' is not a number"
}
@test "contract: small stacks" { contract small_stack; }
@test "contract: started by the loader" { contract loader; }
@test "contract: few descriptors" { contract few_descriptors; }
@test "contract: a directory that is read-only" { contract read_only_directory; }
