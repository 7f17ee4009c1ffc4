"""Counts the system calls of a running broker, by what they do."""

import pathlib
import re
import signal
import subprocess
import tempfile

KINDS = {
    "receive": ("recvfrom", "recvmsg"), "wait": ("epoll_wait", "epoll_pwait", "epoll_pwait2"), "read": ("pread64", "preadv"), "probe": ("preadv2",),
    "write": ("pwrite64", "pwritev", "pwritev2", "write", "writev"), "send": ("sendto", "sendmsg"), "send_file": ("sendfile", "splice"),
}
LINE = re.compile(r"\s*(\d+)\s+(?:(\d+)\s+)?([a-z]\w+)$")


def counted(pid, load):
    """{kind: calls} while `load()` ran; `receive` without those that found nothing, which are `receive_nothing`."""
    with tempfile.NamedTemporaryFile("r") as out, subprocess.Popen(
        ["strace", "-f", "-c", "-U", "calls,errors,name", "-o", out.name, "-p", str(pid)], stderr=subprocess.PIPE, text=True
    ) as tracer:
        for line in tracer.stderr:
            if "attached" in line:
                break
        else:
            raise RuntimeError("strace could not attach: it needs the right to trace processes (ptrace)")
        try:
            load()
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.communicate()
        return by_kind(pathlib.Path(out.name).read_text())


def by_kind(table):
    kinds = dict.fromkeys((*KINDS, "receive_nothing", "other"), 0)
    for calls, errors, name in (found.groups() for found in map(LINE.match, table.splitlines()) if found):
        if name == "total":
            continue
        kind = next((kind for kind, names in KINDS.items() if name in names), "other")
        if kind == "receive":
            kinds["receive_nothing"] += int(errors or 0)
            calls = int(calls) - int(errors or 0)
        kinds[kind] += int(calls)
    return kinds
