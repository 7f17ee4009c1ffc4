#!/usr/bin/env bash
# Python of build/venv with the packages that are named; prints its path.    usage: venv.sh PACKAGE...
set -euo pipefail
venv=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)/build/venv
mkdir -p "$(dirname "$venv")"
(
    flock 9
    [ -x "$venv/bin/pip" ] || python3 -m venv "$venv" >&2
    "$venv/bin/pip" show -q "$@" >/dev/null 2>&1 || "$venv/bin/pip" install -q "$@" >&2
) 9>"$venv.lock"
echo "$venv/bin/python"
