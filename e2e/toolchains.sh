# Sourced by e2e/run_e2e.sh: what tests with other people's programs need, each made ready once, on first use.

declare -gA toolchain_is # [NAME]=ready, or the reason why it cannot be had

all_there() {
    local program
    for program in $1; do
        command -v "$program" >/dev/null || return 1
    done
}

# installed "PROGRAM..." PACKAGE...: the programs are there, if need be after installing the Debian packages.
installed() {
    local programs=$1
    shift
    all_there "$programs" || (install "tests with other clients" "$@") || true
    all_there "$programs" && return
    echo "not all of $programs are there, and apt-get could not install $*"
    return 1
}

java_ready() { installed "java javac mvn" openjdk-17-jdk-headless maven && e2e/apache/apache.sh libs >/dev/null; }
strace_ready() { installed strace strace; }
kerberos_ready() {
    PATH=$PATH:/usr/sbin installed "krb5kdc kdb5_util kadmin.local kinit kcat" krb5-kdc krb5-admin-server krb5-user kcat
}
python_ready() {
    [ -x build/venv-clients/bin/python ] || (install "tests with Python clients" python3-venv)
    e2e/clients/python/run.sh install
}
kcat_ready() { installed kcat kcat && python_ready; } # with the librdkafka of Python's client
node_ready() { installed "node npm" nodejs npm && e2e/clients/kafkajs/run.sh install; }
go_ready() { installed go golang-go ca-certificates && e2e/clients/go/run.sh install; }

# part_with TOOLCHAIN NAME COMMAND...: as `part`. Without the toolchain it is counted as skipped; in CI, as failed.
part_with() {
    local toolchain=$1 name=$2 log=build/test-logs/toolchain-$1.log
    shift
    if [ -z "${toolchain_is[$toolchain]:-}" ]; then
        mkdir -p build/test-logs
        if "${toolchain}_ready" >"$log" 2>&1; then
            toolchain_is[$toolchain]=ready
        else
            toolchain_is[$toolchain]="no $toolchain here, see $log: $(tail -1 "$log")"
        fi
    fi
    if [ "${toolchain_is[$toolchain]}" = ready ]; then
        part "$@"
    else
        part "$name" skip "$name" "${toolchain_is[$toolchain]}"
    fi
}

skip() {
    echo "skipped: $1: $2"
    if [ -n "${CI:-}" ]; then
        echo "0 passed, 1 failed"
    else
        echo "0 passed, 0 failed, 1 skipped"
    fi
}
