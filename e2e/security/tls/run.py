"""Runs the tests of this folder; the last line is "N passed, N failed". With "java": those of Apache's clients."""
import pathlib
import sys
import unittest

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here.parent), str(here.parent.parent / "operation")]

java = sys.argv[1:] == ["java"]
loader = unittest.TestLoader()
if java or not sys.argv[1:]:
    suite = loader.discover(here, "java_clients.py" if java else "*_test.py")
else:
    suite = loader.loadTestsFromNames(sys.argv[1:])
result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
failed = len({str(test) for test, _ in result.failures + result.errors})
print(f"{result.testsRun - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
