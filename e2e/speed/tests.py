"""Runs the tests of this folder; the last line is "N passed, N failed"."""
import pathlib
import sys
import unittest

here = pathlib.Path(__file__).parent
loader = unittest.TestLoader()
suite = loader.loadTestsFromNames(sys.argv[1:]) if sys.argv[1:] else loader.discover(here, "*_test.py")
result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
failed = len({str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors})
print(f"{max(result.testsRun, failed) - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
