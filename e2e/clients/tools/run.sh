#!/usr/bin/env bash
# Apache's own command line tools against the node at BOOTSTRAP.
set -uo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
apache=$here/../../apache/apache.sh
topic=tools-$RANDOM$RANDOM
group=group-$topic
passed=0
failed=0

tool() { "$apache" tool "$1" --bootstrap-server "$BOOTSTRAP" "${@:2}" 2>&1; }

# shows WORDS PATTERN COMMAND...: the command succeeds and prints a line of that pattern.
shows() {
    local words=$1 pattern=$2 output
    shift 2
    if output=$("$@") && grep -qE -- "$pattern" <<<"$output"; then
        passed=$((passed + 1))
        echo "passed: $words"
    else
        failed=$((failed + 1))
        printf 'failed: %s: no line %s of\n%s\n' "$words" "$pattern" "$output"
    fi
}

produce() { printf 'k%d:v%d\n' 1 1 2 2 3 3 | tool console-producer --topic "$topic" --reader-property parse.key=true --reader-property key.separator=: && echo sent; }
consume() { tool console-consumer --topic "$topic" --group "$group" --from-beginning --max-messages 3 --timeout-ms 30000 --formatter-property print.key=true; }
delete_records() {
    local file
    file=$(mktemp)
    echo "{\"partitions\": [{\"topic\": \"$topic\", \"partition\": 0, \"offset\": 1}], \"version\": 1}" >"$file"
    tool delete-records --offset-json-file "$file"
    rm -f "$file"
}
perf() {
    "$apache" tool producer-perf-test --topic "$topic" --num-records 20000 --record-size 100 --throughput -1 \
        --bootstrap-server "$BOOTSTRAP" --command-property compression.type=zstd 2>&1
}
verified() { tool verifiable-producer --topic "$topic" --max-messages 100 --throughput 1000; }

shows "topics --create" "^Created topic $topic" tool topics --create --topic "$topic" --partitions 1 --config retention.ms=86400000
shows "topics --describe" "PartitionCount: 1.*retention.ms=86400000" tool topics --describe --topic "$topic"
shows "console-producer" "^sent$" produce
shows "console-consumer" "^k3.v3$" consume
shows "consumer-groups --describe" "$group +$topic +0 +3 +3 +0" tool consumer-groups --describe --group "$group"
shows "consumer-groups --reset-offsets" "$group +$topic +0 +1" tool consumer-groups --group "$group" --topic "$topic" --reset-offsets --to-offset 1 --execute
shows "groups --list" "$group +Classic +consumer" tool groups --list
shows "consumer-groups --delete" "$group.*was successful" tool consumer-groups --delete --group "$group"
shows "get-offsets" "^$topic:0:3$" tool get-offsets --topic "$topic"
shows "delete-records" "partition: $topic-0.*low_watermark: 1" delete_records
shows "topics --alter" "^$|WARN" tool topics --alter --topic "$topic" --partitions 3
shows "configs --alter" "Completed updating config for topic $topic" tool configs --alter --topic "$topic" --add-config max.message.bytes=50000
shows "configs --describe" "max.message.bytes=50000.*DYNAMIC_TOPIC_CONFIG" tool configs --describe --topic "$topic"
shows "configs --alter of all brokers" "Completed updating default config for brokers" tool configs --alter --entity-type brokers --entity-default --add-config log.cleaner.threads=2
shows "configs --describe of all brokers" "log.cleaner.threads=2" tool configs --describe --entity-type brokers --entity-default
shows "configs --delete-config of all brokers" "Completed updating default config" tool configs --alter --entity-type brokers --entity-default --delete-config log.cleaner.threads
shows "producer-perf-test" "^20000 records sent" perf
shows "verifiable-producer" '"sent":100,"acked":100' verified
shows "log-dirs" "\"partition\":\"$topic-0\"" tool log-dirs --describe --topic-list "$topic"
shows "metadata-quorum" "^LeaderId: +1" tool metadata-quorum describe --status
shows "features" "Feature: metadata.version" tool features describe
shows "cluster" "^Cluster ID: " "$apache" tool cluster cluster-id --bootstrap-server "$BOOTSTRAP"
shows "broker-api-versions" "Produce\(0\): " tool broker-api-versions
shows "topics --delete" "^$" tool topics --delete --topic "$topic"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
