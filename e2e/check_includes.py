#!/usr/bin/env python3
"""Holds every #include of our own against the table of libraries in CMakeLists.txt, and outside libraries that belong
behind a port against the folders that may use them. Prints what is wrong; the closing line counts folders."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Who may include what hides behind io/: the rest of the code knows only ports and Task.
BEHIND_PORTS = {r"<boost/asio": {"io", "server", "client", "cli"}, r"<boost/beast": {"server", "io"}, r"<openssl": {"security", "io", "server", "client", "bench"}, r"<sasl": {"security"},
                r"<librdkafka": {"bench", "e2e_librdkafka"}}
# What is no library of the table but includes from it: {name: (folder, what it may use)}.
BESIDES = {"bench": ("bench", {"protocol", "io", "security"}), "e2e_librdkafka": ("e2e/librdkafka", set()), "e2e_speed": ("e2e/speed", set())}


def libraries():
    rows = re.findall(r"^barnabas_library\((\w+)([^)]*)\)", (ROOT / "CMakeLists.txt").read_text(), re.M)
    direct, folders = {}, {}
    for name, rest in rows:
        elsewhere = re.search(r"FOLDER (\S+)", rest)
        folders[name] = ROOT / (elsewhere.group(1) if elsewhere else f"broker/{name}")
        found = re.search(r"DEPENDS ([\w ]+?)(?: USES| TEST_USES| GENERATED|$)", rest)
        direct[name] = set(found.group(1).split()) if found else set()
    return direct, folders


def reachable(name, direct, seen=None):
    seen = set() if seen is None else seen
    for dependency in direct.get(name, ()):
        if dependency not in seen:
            seen.add(dependency)
            reachable(dependency, direct, seen)
    return seen


def main():
    direct, folders = libraries()
    direct["protocol_json"] = {"protocol"}
    for name, (folder, uses) in BESIDES.items():
        direct[name], folders[name] = uses, ROOT / folder
    bad = []
    for name, folder in folders.items():
        allowed = {d.removesuffix("_json") for d in reachable(name, direct)} | {name}
        for path in sorted(folder.glob("*.h")) + sorted(folder.glob("*.cc")):
            test = path.stem.endswith(("_test", "_fuzz"))
            for number, line in enumerate(path.read_text().splitlines(), 1):
                own = re.match(r'#include "(\w+)/', line)
                if own and own.group(1) not in allowed and own.group(1) in direct:
                    bad.append(f"{path.relative_to(ROOT)}:{number}: {name} may not include {own.group(1)}")
                for pattern, users in BEHIND_PORTS.items():
                    if re.match(r"#include " + pattern, line) and name not in users and not test:
                        bad.append(f"{path.relative_to(ROOT)}:{number}: only {', '.join(sorted(users))} may include this")
    cycles = [name for name in direct if name in reachable(name, direct)]
    bad += [f"CMakeLists.txt: {name} depends on itself" for name in cycles]
    print("\n".join(bad))
    return 1 if bad else 0


sys.exit(main())
