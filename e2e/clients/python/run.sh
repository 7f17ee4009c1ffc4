#!/usr/bin/env bash
# Runs the scenarios of one Python client against the node at BOOTSTRAP.    usage: run.sh install|confluent|kafka_python|aio [PART OF A NAME]
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
venv=$(cd "$here/../../.." && pwd)/build/venv-clients
if ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed.txt"
fi
[ "$1" != install ] || exit 0
exec "$venv/bin/python" -B "$here/$1.py" "${@:2}"
