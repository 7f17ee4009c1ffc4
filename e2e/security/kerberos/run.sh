#!/usr/bin/env bash
# GSSAPI with a real KDC: our own tools, and with `java` Apache's.    usage: run.sh
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec python3 -B "$here/gssapi_test.py" "$@"
