# Sourced by ./dev: what a look at the source can tell. Each check is one line of the count.

run_checks() {
    local ok=0 bad=0
    check() {
        local name=$1 output
        shift
        if output=$("$@" 2>&1); then
            ok=$((ok + 1))
        else
            bad=$((bad + 1))
            printf 'check %s:\n%s\n' "$name" "$output" | head -60
        fi
    }
    check format check_format
    check includes python3 e2e/check_includes.py
    check sizes python3 e2e/check_sizes.py
    check names python3 e2e/check_names.py
    check settings python3 e2e/check_settings.py
    check generated-docs check_docs
    check lint python3 e2e/check_lint.py
    echo "$ok passed, $bad failed"
    [ $bad = 0 ]
}

check_format() {
    git ls-files '*.cc' '*.h' | xargs clang-format-19 --dry-run --Werror
}

# docs/generated is what the program itself describes.
check_docs() {
    local fresh
    fresh=$(mktemp -d)
    build/release/barnabas describe "$fresh" >/dev/null && diff -r "$fresh" docs/generated
    local same=$?
    rm -rf "$fresh"
    return $same
}
