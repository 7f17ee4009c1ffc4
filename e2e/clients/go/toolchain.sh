#!/usr/bin/env bash
# Prints the path of a Go that is recent enough for go.mod: the installed one, or one that an older Go fetches as the
# module in which the Go project publishes its releases, checked against Go's checksum database.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
wanted=$(sed -nE 's/^go ([0-9.]+)$/\1/p' "$here/go.mod")
installed=$(go env GOVERSION | sed 's/^go//')
if [ "$(printf '%s\n' "$wanted" "$installed" | sort -V | head -1)" = "$wanted" ]; then
    command -v go
    exit
fi
cache=$(cd "$here/../../.." && pwd)/build/go
module=golang.org/toolchain@v0.0.1-go$wanted.linux-$(go env GOARCH)
if [ ! -x "$cache/$module/bin/go" ]; then
    mkdir -p "$cache"
    (cd "$cache" && echo "module toolchain" >go.mod && GOMODCACHE=$cache GOFLAGS=-modcacherw go mod download "$module") >&2
    chmod -R u+w,a+x "$cache/$module/bin" "$cache/$module/pkg/tool"
fi
echo "$cache/$module/bin/go"
