"""Runs the commands of docs/benchmarks.md and writes their tables there anew; run by tests/bench/all."""

import argparse
import datetime
import os
import pathlib
import re
import shlex
import subprocess
import sys

EXAMPLES = """
examples:
  tests/bench/all                          every command; takes hours
  tests/bench/all --list                   the commands
  tests/bench/all cost latency             those with one of these words

Each command is an indented line in docs/benchmarks.md. The script replaces what follows it between <!-- measured --> and
<!-- /measured --> with the new table, the date and the machine. Do not use the machine for anything else while it runs. If a
command fails, the script still writes the other tables, and then exits with 1.
"""

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "benchmarks.md"
INDENT = "    "
BLOCK = re.compile(r"^((?:    .+\n)+)((?:(?!    ).*\n)*?)<!-- measured -->\n((?:.*\n)*?)<!-- /measured -->\n", re.MULTILINE)


def main():
    options = parse()
    blocks = [commands_of(block) for block in BLOCK.finditer(DOCUMENT.read_text(encoding="utf-8"))]
    chosen = [commands for commands in blocks if not options.words or any(w in c for w in options.words for c in commands)]
    if not chosen:
        fail(f"WORD: must be in a command of {DOCUMENT.relative_to(ROOT)}. Found: {' '.join(options.words)}", 2)
    if options.list:
        print("\n".join(command for commands in chosen for command in commands))
        return
    failed = []
    for number, commands in enumerate(chosen, 1):
        tables = []
        for command in commands:
            print(f"{number} of {len(chosen)}: {command}", file=sys.stderr)
            tables.append(run(command))
        if None in tables:
            failed.append(commands[tables.index(None)])
        else:
            table = joined(tables)
            print(table, file=sys.stderr)
            write(commands, table)
    if failed:
        fail(f"command: must end without a failure, and print a table. Found: {'; '.join(failed)}", 1)


def parse():
    parser = argparse.ArgumentParser(
        prog="tests/bench/all",
        description=__doc__.split(";")[0] + ".",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="run the commands with this word; default: all")
    parser.add_argument("--list", action="store_true", help="print the commands, run nothing")
    return parser.parse_args()


def commands_of(block):
    """The commands above a table."""
    return [line.removeprefix(INDENT) for line in block.group(1).splitlines()]


def run(command):
    """The tables that a command prints; None when it fails."""
    done = subprocess.run(shlex.split(command), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    table = "\n".join(line for line in done.stdout.splitlines() if line.startswith("|") or not line).strip("\n")
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)  # what it found before it failed
    return table if done.returncode == 0 and table else None


def joined(tables):
    """Rows below the same head become one table."""
    lines = []
    for table in tables:
        rows = table.splitlines()
        if not lines or rows[:2] != lines[:2]:
            lines += [""] * bool(lines) + rows
        else:
            lines += rows[2:]
    return "\n".join(lines)


def write(commands, table):
    """Reads the document again, so that what was edited meanwhile stays."""

    def renewed(block):
        if commands_of(block) != commands:
            return block.group(0)
        return f"{block.group(1)}{block.group(2)}<!-- measured -->\n{table}\n\n{machine()}\n<!-- /measured -->\n"

    DOCUMENT.write_text(BLOCK.sub(renewed, DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


def machine():
    today = datetime.date.today()
    model = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.MULTILINE)
    cores = len(os.sched_getaffinity(0))
    return (
        f"*{today.day} {today:%B %Y}, {cores} cores{' of ' + model.group(1) if model else ''},"
        f" {int(memory.group(1)) / 2**20:.0f} GiB of memory*"
    )


def fail(message, code):
    print(f"tests/bench/all: {message}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
