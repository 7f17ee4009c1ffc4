# Sourced by ./dev: the tests in their order, each part counted, and the closing line.

passed=0
failed=0
skipped=0
failures=()

# part NAME COMMAND...: runs a command whose output ends with "N passed, N failed[, N skipped]" and adds it up.
part() {
    local name=$1 log status=0 line started=$SECONDS
    shift
    log=build/test-logs/$name.log
    mkdir -p build/test-logs
    say "$name"
    "$@" 2>&1 | tee "$log" || status=$?
    line=$(grep -aoE '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -1)
    if [ -z "$line" ]; then
        line="0 passed, 1 failed"
        echo "$name: no closing line (exit status $status)"
    elif [ $status != 0 ] && [[ $line == *" 0 failed"* ]]; then
        line="${line% failed*}"
        line="${line%, *}, 1 failed"
        echo "$name: exit status $status"
    fi
    local counts
    counts=$(grep -oE '[0-9]+' <<<"$line")
    local p f s _
    read -r p f s _ <<<"$(tr '\n' ' ' <<<"$counts") 0"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
    [ "$f" = 0 ] || failures+=("$name: $f failed, see $log; its end:" "$(tail -n 30 "$log" | cut -c1-300)")
    say "$name: $line in $((SECONDS - started)) s"
}

# ctest's result as a closing line; what failed is printed in full.
unit_tests() {
    local folder=$1 output
    shift
    output=$(ctest --test-dir "$folder" -j2 --output-on-failure "$@" 2>&1) || true
    grep -vE '^ *[0-9]+/[0-9]+ Test .* Passed|^ *Start +[0-9]+:' <<<"$output" || true
    sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests failed out of ([0-9]+)$/\1 \2/p' <<<"$output" |
        awk '{ print $2 - $1 " passed, " $1 " failed" }'
}

# run_fuzzers FOLDER BOUND: every fuzzer within a bound of libFuzzer's, two at once; what they find stays in
# build/fuzz-findings. In the tests the bound is a number of runs from one seed: the same inputs each time.
run_fuzzers() {
    local folder=$1 bound=$2 fuzzers ok
    mkdir -p build/fuzz-findings
    fuzzers=$(find "$folder" -maxdepth 1 -name '*_fuzz' -type f -executable | sort)
    ok=$(xargs -P2 -I{} bash -c 'run_fuzzer {} "'"$bound"'" && echo ok' <<<"$fuzzers" | tee >(grep -v '^ok$' >&2) | grep -c '^ok$') || true
    echo "$ok passed, $(($(wc -l <<<"$fuzzers") - ok)) failed"
}

run_fuzzer() {
    local name
    name=$(basename "$1")
    # shellcheck disable=SC2086  # the bound is several words
    "$1" $2 -max_len=65536 -rss_limit_mb=2048 -timeout=10 -print_final_stats=0 \
        -artifact_prefix=build/fuzz-findings/"$name-" >"$1.log" 2>&1 && return
    echo "$name:"
    tail -40 "$1.log"
    return 1
}
export -f run_fuzzer

run_tests() {
    local which=${1:-all}
    build release barnabas >&2
    if [ "$which" != e2e ]; then
        build dev all >&2
        part check ./dev check
        part unit unit_tests build/dev
        part fuzz run_fuzzers build/dev "-runs=30000 -seed=1 -max_total_time=20"
    fi
    if [ "$which" != unit ]; then
        . e2e/run_e2e.sh
        run_e2e
    fi
    report
}

# What failed, the closing line, and the exit status.
report() {
    [ ${#failures[@]} = 0 ] || printf '%s\n' "${failures[@]}"
    if [ $skipped = 0 ]; then
        echo "$passed passed, $failed failed"
    else
        echo "$passed passed, $failed failed, $skipped skipped"
    fi
    [ $failed = 0 ] || exit 1
}
