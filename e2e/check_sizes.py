#!/usr/bin/env python3
"""Files of at most 600 lines, tables and tests aside; no names that explain nothing; nothing left undone."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOST_LINES = 600
EMPTY_NAMES = re.compile(r"(^|/)(utils?|helpers?|misc|impl|common2|manager)[._]")
UNDONE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def main():
    bad = []
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in files:
        path = ROOT / name
        if EMPTY_NAMES.search(name):
            bad.append(f"{name}: a name that explains nothing")
        if path.suffix not in (".cc", ".h") or not path.exists():
            continue
        lines = path.read_text().splitlines()
        if len(lines) > MOST_LINES and not name.endswith(("_test.cc", "_fuzz.cc")):
            bad.append(f"{name}: {len(lines)} lines, {MOST_LINES} at most")
        bad += [f"{name}:{i}: {line.strip()}" for i, line in enumerate(lines, 1) if UNDONE.search(line)]
    print("\n".join(bad))
    return 1 if bad else 0


sys.exit(main())
