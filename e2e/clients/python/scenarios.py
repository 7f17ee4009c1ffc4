"""What the scenarios of the Python clients share. A client's module decorates its scenarios and ends with run()."""
import asyncio
import inspect
import os
import signal
import sys
import time
import traceback
import uuid

BOOTSTRAP = os.environ.get("BOOTSTRAP", "localhost:9092")
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
TIMESTAMP = 1_600_000_000_123
HEADERS = [("a", b"1"), ("empty", b""), ("a", b"2")]
SECONDS = 60  # for one scenario

registered = []


def scenario(words, *arguments):
    """Registers a function, or a coroutine function, once for each of the arguments, or once without any."""
    def register(function):
        for argument in [[a] for a in arguments] or [[]]:
            registered.append((" ".join([words, *map(str, argument)]), function, argument))
        return function
    return register


def fresh(stem):
    return f"{stem}-{uuid.uuid4().hex[:12]}"


def numbers(count):
    return [str(i).encode() for i in range(count)]


def until(condition, step, seconds=30):
    """Repeats the step until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"did not come about in {seconds} s"
        step()


def raises(error, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except error as raised:
        return raised
    raise AssertionError(f"no {error} was raised")


def too_late(*_):
    raise TimeoutError(f"not done after {SECONDS} s")


def run():
    """Runs what was registered, or those whose words hold the argument of the program; exits with the result."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    passed = failed = 0
    signal.signal(signal.SIGALRM, too_late)
    for words, function, arguments in registered:
        if wanted not in words:
            continue
        signal.alarm(SECONDS)
        try:
            result = function(*arguments)
            if inspect.iscoroutine(result):
                asyncio.run(result)
            passed += 1
            print(f"passed: {words}")
        except Exception:
            failed += 1
            print(f"failed: {words}\n{traceback.format_exc()}")
        finally:
            signal.alarm(0)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)
