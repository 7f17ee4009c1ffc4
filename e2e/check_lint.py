"""Runs clang-tidy over the sources, all of a folder at once: most of its time goes into headers that files share.

Needs the compile commands of build/release. What is generated is left out, and so are tests.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/release"


def flags_by_folder():
    """The compiler's arguments for each folder: those of its first unit, without what names files."""
    flags = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        library = next(part for part in pathlib.Path(words[words.index("-o") + 1]).parts if part.endswith(".dir")).removesuffix(".dir")
        compiler = next(i for i, word in enumerate(words) if "clang++" in word)
        flags.setdefault(library, words[compiler + 1:words.index("-o")])
    return flags


def units():
    """(name, compiled as which library's, its sources): a folder is one, and a file with a main of its own."""
    folders = {folder: folder.name for folder in [*sorted((ROOT / "broker").iterdir()), ROOT / "security", ROOT / "bench"]}
    folders |= {ROOT / "e2e/librdkafka": "e2e_librdkafka_test", ROOT / "e2e/speed": "allocations"}
    for folder, library in folders.items():
        sources = sorted(p for p in folder.glob("*.cc") if not p.stem.endswith(("_test", "_fuzz")))
        mains = [p for p in sources if p.stem.endswith("main")]
        if sources:
            yield folder.name, library, [p for p in sources if p not in mains]
        for main_file in mains:
            yield f"{folder.name}_{main_file.stem}", library, [main_file]


def lint(name, sources, flags):
    unit = ROOT / "build/lint" / f"{name}.cc"
    unit.parent.mkdir(parents=True, exist_ok=True)
    unit.write_text("".join(f'#include "{source}"\n' for source in sources))
    done = subprocess.run(
        ["clang-tidy-19", "--quiet", f"--config-file={ROOT}/.clang-tidy", unit, "--", *flags],
        cwd=BUILD, capture_output=True, text=True, check=False,
    )
    return done.returncode, done.stdout + (done.stderr if done.returncode and not done.stdout else "")


def main():
    flags = flags_by_folder()
    parts = [part for part in units() if part[1] in flags]
    parts.sort(key=lambda part: -sum(p.stat().st_size for p in part[2]))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda part: lint(part[0], part[2], flags[part[1]]), parts))
    for _, text in results:
        sys.stdout.write(text)
    return max(code for code, _ in results)


if __name__ == "__main__":
    sys.exit(main())
