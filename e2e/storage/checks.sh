# Sourced: tests are counted in `passed` and `failed`.

passed=0
failed=0

# check NAME COMMAND...: one test; its result is the command's.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
        echo "passed: $name"
    else
        failed=$((failed + 1))
        printf 'failed: %s\n%s\n' "$name" "$(head -40 <<<"$output")"
        return 1
    fi
}
