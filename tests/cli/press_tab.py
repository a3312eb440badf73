#!/usr/bin/env python3
"""What zsh offers: press_tab.py FOLDER LINE... types each LINE and TAB into a zsh with the completions of FOLDER
(NAME.zsh) in a pseudo-terminal, and prints what it lists: the line, a tab, and a word, each on a line."""
import os
import pty
import re
import select
import sys
import tempfile
import time

folder, *lines = sys.argv[1:]
DEADLINE = time.monotonic() + 300


def ask(fd, keys, answer):
    """Types keys; returns what the terminal shows up to the answer."""
    os.write(fd, keys.encode())
    text = ""
    while not re.search(answer, text):
        if time.monotonic() > DEADLINE:
            sys.exit("zsh does not answer: " + text)
        if select.select([fd], [], [], 1)[0]:
            text += os.read(fd, 65536).decode(errors="replace")
    return text


with tempfile.TemporaryDirectory() as scratch:
    for name in os.listdir(folder):
        if name.endswith(".zsh"):
            os.symlink(os.path.join(folder, name), os.path.join(scratch, "_" + name[:-4]))
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="dumb", COLUMNS="200", LINES="200", ZDOTDIR=scratch)
        os.execvp("zsh", ["zsh", "-f", "-i"])
    # Quotes within the words that are waited for: the terminal shows what is typed, too. Each answer ends with what
    # the line editor says when it is there: keys that come before it are the terminal's, and a TAB is a blank.
    ask(fd, "stty cols 200 rows 200; PS1= ; zle-line-init() { echo edi''tor }; zle -N zle-line-init; "
            "unset zle_bracketed_paste; LISTMAX=1000; "
            f"fpath=({scratch} $fpath); autoload -Uz compinit; compinit -u -D; "
            "setopt no_always_last_prompt no_auto_menu bash_auto_list; echo rea''dy\n", "(?s)ready.*editor")
    for n, line in enumerate(lines):
        # Control-U takes the line back; the echo runs when all before it has been dealt with.
        for word in ask(fd, f"{line}\t\t\x15echo don''e{n}.\n", f"(?s)done{n}\\..*editor").split():
            print(f"{line}\t{word}")
    os.close(fd)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
