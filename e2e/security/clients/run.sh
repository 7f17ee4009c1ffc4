#!/usr/bin/env bash
# Other people's clients authenticate by SASL at a node of ours, with right and wrong passwords.    usage: run.sh python|node|java
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec python3 -B "$here/serve.py" "$1"
