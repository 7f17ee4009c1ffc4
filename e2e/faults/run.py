"""Runs the tests of this folder; the last line is "N passed, N failed[, N skipped]"."""
import pathlib
import subprocess
import sys
import unittest

from node import BROKER, WORK

here = pathlib.Path(__file__).parent
loader = unittest.TestLoader()
suite = loader.loadTestsFromNames(sys.argv[1:]) if sys.argv[1:] else loader.discover(here, "*_test.py")
result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
for node in WORK.iterdir():  # one that a failed test left
    if (node / "pid").exists():
        subprocess.run([BROKER, "kill", node], check=False)
failed = len({str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors})
skipped = len(result.skipped)
print(f"{result.testsRun - failed - skipped} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if failed else 0)
