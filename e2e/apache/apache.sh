#!/usr/bin/env bash
# Apache Kafka's jars, programs and tools, for tests beside it. The jars are resolved once by Maven into build/apache-kafka.
# usage: apache.sh libs               print the class path, resolving the jars when they are not there
#        apache.sh java ARGS          java on that class path; HEAP sets its size
#        apache.sh class NAME         the class of one of Apache's tools
#        apache.sh tool NAME ARGS     one of Apache's own tools by the name of its script without kafka- and .sh
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
libs=$(cd "$here/../.." && pwd)/build/apache-kafka

declare -A class=(
    [topics]=org.apache.kafka.tools.TopicCommand
    [configs]=kafka.admin.ConfigCommand
    [console-producer]=org.apache.kafka.tools.ConsoleProducer
    [console-consumer]=org.apache.kafka.tools.consumer.ConsoleConsumer
    [consumer-groups]=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand
    [groups]=org.apache.kafka.tools.GroupsCommand
    [metadata-quorum]=org.apache.kafka.tools.MetadataQuorumCommand
    [acls]=org.apache.kafka.tools.AclCommand
    [delegation-tokens]=org.apache.kafka.tools.DelegationTokenCommand
    [features]=org.apache.kafka.tools.FeatureCommand
    [cluster]=org.apache.kafka.tools.ClusterTool
    [log-dirs]=org.apache.kafka.tools.LogDirsCommand
    [get-offsets]=org.apache.kafka.tools.GetOffsetShell
    [delete-records]=org.apache.kafka.tools.DeleteRecordsCommand
    [dump-log]=org.apache.kafka.tools.DumpLogSegments
    [storage]=kafka.tools.StorageTool
    [broker-api-versions]=org.apache.kafka.tools.BrokerApiVersionsCommand
    [producer-perf-test]=org.apache.kafka.tools.ProducerPerformance
    [verifiable-producer]=org.apache.kafka.tools.VerifiableProducer
    [verifiable-consumer]=org.apache.kafka.tools.VerifiableConsumer
    [transactions]=org.apache.kafka.tools.TransactionsCommand
)

# The jars belong to one state of pom.xml: another state resolves them anew.
resolve() {
    local wanted
    wanted=$(sha256sum <"$here/pom.xml")
    [ "$(cat "$libs/resolved" 2>/dev/null)" != "$wanted" ] || return 0
    local program
    for program in java javac mvn; do
        command -v "$program" >/dev/null || {
            echo "$program is missing: apt-get install openjdk-17-jdk-headless maven" >&2
            exit 1
        }
    done
    mkdir -p "$libs"
    (
        flock 9
        [ "$(cat "$libs/resolved" 2>/dev/null)" != "$wanted" ] || exit 0
        rm -f "$libs"/*.jar
        mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$libs" >&2
        echo "$wanted" >"$libs/resolved"
    ) 9>"$libs.lock"
}

run_java() {
    # Flags for a quick start, which tests want; a measurement gives Kafka's own in JVM.
    # shellcheck disable=SC2086
    exec java "-Xmx${HEAP:-256m}" ${JVM:--XX:+UseSerialGC -XX:TieredStopAtLevel=1} "-Dorg.slf4j.simpleLogger.defaultLogLevel=${LOG:-error}" \
        -cp "$libs/*" "$@"
}

command=${1:-}
shift || true
case "$command" in
libs) resolve && echo "$libs/*" ;;
class) echo "${class[${1:?which tool}]:?no such tool: $1}" ;;
java) resolve && run_java "$@" ;;
tool)
    name=${1:?which tool}
    shift
    resolve && run_java "${class[$name]:?no such tool: $name}" "$@"
    ;;
*) sed -n '2,6s/^# //p' "$0" >&2 && exit 2 ;;
esac
