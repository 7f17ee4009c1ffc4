#!/usr/bin/env bash
# TLS listeners: certificates from `barnabas certs`, our tools, librdkafka, and whoever does it wrong.
# usage: run.sh [TEST...], a test as unittest names it
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec python3 "$here/run.py" "$@"
