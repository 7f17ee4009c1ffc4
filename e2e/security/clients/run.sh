#!/usr/bin/env bash
# Other people's clients log in at a node of ours: by SASL, with and without TLS, or by certificate; right and wrong.
# usage: run.sh librdkafka|kcat|python|node|go|kgo|java [WORDS FOR THE CLIENT]
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec python3 -B "$here/serve.py" "$@"
