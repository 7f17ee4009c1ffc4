#!/usr/bin/env python3
"""One definition for each type: all code is in one namespace, and two structs of one name in one program corrupt
memory without a word from compiler or linker."""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TYPE = re.compile(r"^(?:class|struct|enum class) (\w+)(?: final)?(?: :.*)? \{")


def types(path):
    spaces = []
    for line in path.read_text().splitlines():
        opened = re.match(r"^namespace( [\w:]+)? \{", line)
        if opened:
            spaces.append(opened.group(1) or "")
        elif line.startswith("}  // namespace") and spaces:
            spaces.pop()
        elif (found := TYPE.match(line)) and "" not in spaces:
            yield "::".join(s.strip() for s in spaces) + "::" + found.group(1)


def main():
    where = collections.defaultdict(set)
    for path in (p for folder in ("broker/*", "security") for end in ("h", "cc") for p in sorted(ROOT.glob(f"{folder}/*.{end}"))):
        for name in types(path):
            where[name].add(str(path.relative_to(ROOT)))
    bad = [f"{name}: defined in {', '.join(sorted(files))}" for name, files in sorted(where.items()) if len(files) > 1]
    print("\n".join(bad))
    return 1 if bad else 0


sys.exit(main())
