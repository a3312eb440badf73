load helper

# The completions that are made from the option tables, in the shells themselves.

setup() { [ -z "$SANITIZER" ] || skip "completions are the same without a sanitizer"; }

programs() { (cd "$B/bin" && ls); }

# names PROGRAM: "-t", "--type", ... of --help.
names() {
	"$1" --help | sed -n -E 's/^  (-.), (--[a-z0-9-]+).*/\1\n\2/p; s/^      (--[a-z0-9-]+).*/\1/p' | sort
}

# by_bash PROGRAM WORD...: what bash offers for the last word.
by_bash() {
	bash --norc -c '
		. "$0/$1.bash"
		COMP_WORDS=("${@:1}") COMP_CWORD=$(($# - 1))
		function=$(complete -p "$1") function=${function#*-F } function=${function%% *}
		"$function" 2> errors
		printf "%s\n" "${COMPREPLY[@]}"' "$B/completions" "$@"
}

by_fish() {
	XDG_CONFIG_HOME=$PWD HOME=$PWD fish --no-config -c '
		source $argv[1]; complete -C $argv[2]' "$B/completions/$1.fish" "$*" | cut -f 1
}

# by_zsh LINE...: zsh offers nothing outside of a terminal; this one is pressed TAB in. "LINE<tab>WORD" lines.
by_zsh() {
	"$PYTHON" "$ROOT/tests/cli/press_tab.py" "$B/completions" "$@"
}

@test "completions: bash offers the options of --help" {
	for p in $(programs); do
		by_bash "$p" - | sort | cmp - <(names "$p")
	done
}

@test "completions: bash offers choices, models and files" {
	touch a.safetensors b.pt c.txt "d e.pt"
	mkdir folder
	[ "$(by_bash niceflow -t '')" = "$(printf 'u8\nf32\nf64')" ]
	[ "$(by_bash niceflow --type f)" = "$(printf 'f32\nf64')" ]
	[ "$(by_bash niceflow --type = u)" = u8 ]
	[ "$(by_bash niceflow -m '' | sort)" = "$(printf 'a.safetensors\nb.pt\nd e.pt\nfolder' | sort)" ]
	[ "$(by_bash niceflow c)" = c.txt ]
	[ -z "$(by_bash niceflow -j '')" ]
	[ ! -s errors ]
}

@test "completions: fish offers options, choices and files" {
	command -v fish > /dev/null || skip "needs fish"
	touch a.safetensors b.pt
	for p in $(programs); do
		by_fish "$p" - | sort > offered
		names "$p" | comm -23 - offered > missing
		cat missing
		[ ! -s missing ]
	done
	by_fish niceflow "-t " > offered
	cat offered
	[ "$(sort offered | tr '\n' ' ')" = "f32 f64 u8 " ]
	by_fish niceflow "-m " | grep -x a.safetensors
	by_fish niceflow "-m " | grep -x b.pt
}

@test "completions: zsh offers options, choices and models" {
	command -v zsh > /dev/null || skip "needs zsh"
	touch a.safetensors c.txt
	local lines=() p
	for p in $(programs); do lines+=("$p --"); done
	by_zsh "${lines[@]}" "niceflow -t f" "niceflow -m " > offered
	for p in $(programs); do
		grep "^$p --" offered | cut -f 2 > words
		for name in $(names "$p" | grep '^--'); do
			grep -q -e "^$name\b" words || { echo "$p: $name"; cat words; false; }
		done
	done
	grep -qx 'niceflow -t f	f32' offered
	grep -qx 'niceflow -t f	f64' offered
	grep -q '^niceflow -m 	.*a.safetensors' offered
	run ! grep '^niceflow -m .*c.txt' offered
}
