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
        library = pathlib.Path(words[words.index("-o") + 1]).parts[1].removesuffix(".dir")
        compiler = next(i for i, word in enumerate(words) if "clang++" in word)
        flags.setdefault(library, words[compiler + 1:words.index("-o")])
    return flags


def lint(folder, flags):
    sources = sorted(p for p in folder.glob("*.cc") if not p.stem.endswith(("_test", "_fuzz")))
    unit = ROOT / "build/lint" / f"{folder.name}.cc"
    unit.parent.mkdir(parents=True, exist_ok=True)
    unit.write_text("".join(f'#include "{source}"\n' for source in sources))
    done = subprocess.run(
        ["clang-tidy-19", "--quiet", f"--config-file={ROOT}/.clang-tidy", unit, "--", *flags],
        cwd=BUILD, capture_output=True, text=True, check=False,
    )
    return done.returncode, done.stdout + (done.stderr if done.returncode and not done.stdout else "")


def main():
    flags = flags_by_folder()
    folders = [folder for folder in [*sorted((ROOT / "broker").iterdir()), ROOT / "security"] if folder.name in flags]
    folders.sort(key=lambda folder: -sum(p.stat().st_size for p in folder.glob("*.cc")))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda folder: lint(folder, flags[folder.name]), folders))
    for _, text in results:
        sys.stdout.write(text)
    return max(code for code, _ in results)


if __name__ == "__main__":
    sys.exit(main())
