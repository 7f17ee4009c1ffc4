import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Scenarios with Apache's own Java clients.   usage: Scenarios [PART OF A NAME] */
public final class Scenarios {
    private static final String BOOTSTRAP = System.getenv("BOOTSTRAP");
    private static final long TIMESTAMP = 1_600_000_000_123L;
    private static final Admin admin = Admin.create(Map.of("bootstrap.servers", BOOTSTRAP));

    private interface Scenario {
        void run() throws Exception;
    }

    private static String fresh(String stem) {
        return stem + "-" + UUID.randomUUID().toString().substring(24);
    }

    private static <T> T get(Future<T> answer) throws Exception {
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw (Exception) failed.getCause();
        }
    }

    private static void equal(Object got, Object want) {
        if (!Objects.equals(got, want)) {
            throw new AssertionError("got " + got + ", want " + want);
        }
    }

    private static void refused(Class<? extends Exception> error, Callable<?> call) throws Exception {
        try {
            call.call();
        } catch (Exception raised) {
            equal(raised.getClass(), error);
            return;
        }
        throw new AssertionError("was not refused");
    }

    private static void until(Callable<Boolean> condition, Runnable step) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come about in 30 s");
            }
            step.run();
        }
    }

    private static String newTopic(int partitions, Map<String, String> configs) throws Exception {
        String name = fresh("java");
        get(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs))).all());
        until(() -> get(admin.listTopics().names()).contains(name), () -> { });
        return name;
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.toList());
    }

    private static List<RecordMetadata> send(String topic, List<String> values, Map<String, Object> settings) throws Exception {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", BOOTSTRAP);
        List<RecordMetadata> sent = new ArrayList<>();
        try (var producer = new KafkaProducer<>(all, new StringSerializer(), new StringSerializer())) {
            List<Future<RecordMetadata>> futures = new ArrayList<>();
            for (String value : values) {
                futures.add(producer.send(new ProducerRecord<>(topic, 0, null, value)));
            }
            for (Future<RecordMetadata> future : futures) {
                sent.add(get(future));
            }
        }
        return sent;
    }

    /** A member of a group that knows its partitions and counts those that it gave up. */
    private static final class Member implements ConsumerRebalanceListener, AutoCloseable {
        final KafkaConsumer<String, String> client;
        final Set<Integer> partitions = new TreeSet<>();
        int revoked = 0;

        Member(String group, String topic, Map<String, Object> settings) {
            Map<String, Object> all = new HashMap<>(settings);
            all.put("bootstrap.servers", BOOTSTRAP);
            all.put("group.id", group);
            all.put("auto.offset.reset", "earliest");
            all.put("enable.auto.commit", false);
            all.put("heartbeat.interval.ms", 300);
            all.put("session.timeout.ms", 6000);
            client = new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
            client.subscribe(List.of(topic), this);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> given) {
            given.forEach(partition -> partitions.add(partition.partition()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            taken.forEach(partition -> partitions.remove(partition.partition()));
            revoked += taken.size();
        }

        void poll() {
            client.poll(Duration.ofMillis(50));
        }

        List<ConsumerRecord<String, String>> read(int count) throws Exception {
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            until(() -> records.size() >= count, () -> client.poll(Duration.ofMillis(100)).forEach(records::add));
            return records;
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static List<ConsumerRecord<String, String>> readTopic(String topic, int count) throws Exception {
        try (Member reader = new Member(fresh("group"), topic, Map.of())) {
            return reader.read(count);
        }
    }

    private static void records() throws Exception {
        String topic = newTopic(1, Map.of());
        var headers = List.of(new RecordHeader("a", "1".getBytes(StandardCharsets.UTF_8)), new RecordHeader("a", null));
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BOOTSTRAP), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, TIMESTAMP, "key", "value", List.copyOf(headers)));
            producer.send(new ProducerRecord<>(topic, 0, "key", null));
        }
        var got = readTopic(topic, 2);
        equal(got.get(0).key() + got.get(0).value(), "keyvalue");
        equal(got.get(0).timestamp(), TIMESTAMP);
        equal(List.of(got.get(0).headers().toArray()), headers);
        equal(got.get(1).value(), null);
    }

    private static void codec(String name) throws Exception {
        String topic = newTopic(1, Map.of());
        send(topic, numbers(2000), Map.of("compression.type", name, "linger.ms", 20));
        equal(readTopic(topic, 2000).stream().map(ConsumerRecord::value).collect(Collectors.toList()), numbers(2000));
    }

    private static void idempotent() throws Exception {
        String topic = newTopic(1, Map.of());
        var sent = send(topic, numbers(3000), Map.of("enable.idempotence", true, "batch.size", 300, "linger.ms", 0));
        for (int i = 0; i < sent.size(); i++) {
            equal(sent.get(i).offset(), (long) i);
        }
        equal(readTopic(topic, 3000).stream().map(ConsumerRecord::value).collect(Collectors.toList()), numbers(3000));
        var producers = get(admin.describeProducers(List.of(new TopicPartition(topic, 0))).all());
        equal(producers.get(new TopicPartition(topic, 0)).activeProducers().size(), 1);
    }

    private static void tooLarge() throws Exception {
        String topic = newTopic(1, Map.of("max.message.bytes", "10000"));
        refused(RecordTooLargeException.class, () -> send(topic, List.of("x".repeat(20_000)), Map.of()));
        send(topic, List.of("small"), Map.of());
    }

    private static void commit() throws Exception {
        String topic = newTopic(1, Map.of());
        String group = fresh("group");
        send(topic, numbers(10), Map.of());
        var where = new TopicPartition(topic, 0);
        try (Member first = new Member(group, topic, Map.of())) {
            first.read(10);
            first.client.commitSync(Map.of(where, new OffsetAndMetadata(6, "here")));
        }
        try (Member second = new Member(group, topic, Map.of())) {
            equal(second.read(1).get(0).offset(), 6L);
            equal(second.client.committed(Set.of(where)).get(where).metadata(), "here");
        }
    }

    private static void rebalance(Class<?> assignor) throws Exception {
        String topic = newTopic(4, Map.of());
        String group = fresh("group");
        Map<String, Object> settings = Map.of("partition.assignment.strategy", List.of(assignor));
        try (Member first = new Member(group, topic, settings)) {
            until(() -> first.partitions.size() == 4, first::poll);
            try (Member second = new Member(group, topic, settings)) {
                Runnable both = () -> {
                    first.poll();
                    second.poll();
                };
                until(() -> first.partitions.size() == 2 && second.partitions.size() == 2, both);
                Set<Integer> all = new TreeSet<>(first.partitions);
                all.addAll(second.partitions);
                equal(all, Set.of(0, 1, 2, 3));
                equal(first.revoked, assignor == RangeAssignor.class ? 4 : 2);
            }
            until(() -> first.partitions.size() == 4, first::poll);
        }
    }

    private static void staticMember() throws Exception {
        String topic = newTopic(2, Map.of());
        String group = fresh("group");
        Member first = new Member(group, topic, Map.of("group.instance.id", "one"));
        try (Member second = new Member(group, topic, Map.of("group.instance.id", "two"))) {
            until(() -> first.partitions.size() == 1 && second.partitions.size() == 1, () -> {
                first.poll();
                second.poll();
            });
            Set<Integer> had = Set.copyOf(first.partitions);
            int revoked = second.revoked;
            first.close();
            try (Member again = new Member(group, topic, Map.of("group.instance.id", "one"))) {
                until(() -> !again.partitions.isEmpty(), again::poll);
                equal(again.partitions, had);
                equal(second.revoked, revoked);
            }
            var one = new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("one")));
            get(admin.removeMembersFromConsumerGroup(group, one).all());
            until(() -> second.partitions.size() == 2, second::poll);
        }
    }

    private static void pattern() throws Exception {
        String topic = newTopic(1, Map.of());
        send(topic, numbers(3), Map.of());
        try (Member reader = new Member(fresh("group"), topic, Map.of())) {
            reader.client.unsubscribe();
            reader.client.subscribe(Pattern.compile(topic.substring(0, 10) + ".*"), reader);
            equal(reader.read(3).size(), 3);
        }
    }

    private static void offsets() throws Exception {
        String topic = newTopic(1, Map.of());
        String group = fresh("group");
        var where = new TopicPartition(topic, 0);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BOOTSTRAP), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 10; i++) {
                get(producer.send(new ProducerRecord<>(topic, 0, TIMESTAMP + i * 1000, null, "x")));
            }
        }
        Map<OffsetSpec, Long> wanted = Map.of(
                OffsetSpec.earliest(), 0L, OffsetSpec.latest(), 10L, OffsetSpec.maxTimestamp(), 9L,
                OffsetSpec.forTimestamp(TIMESTAMP + 4500), 5L);
        for (var spec : wanted.entrySet()) {
            equal(get(admin.listOffsets(Map.of(where, spec.getKey())).all()).get(where).offset(), spec.getValue());
        }
        get(admin.alterConsumerGroupOffsets(group, Map.of(where, new OffsetAndMetadata(7))).all());
        equal(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).get(where).offset(), 7L);
        try (Member reader = new Member(group, topic, Map.of())) {
            equal(reader.read(1).get(0).offset(), 7L);
        }
        get(admin.deleteConsumerGroupOffsets(group, Set.of(where)).all());
        equal(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).get(where), null);
    }

    private static void topics() throws Exception {
        String topic = newTopic(2, Map.of());
        refused(TopicExistsException.class,
                () -> get(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all()));
        get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all());
        Callable<Integer> size =
                () -> get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().size();
        until(() -> size.call() == 3, () -> { });
        get(admin.deleteTopics(List.of(topic)).all());
        until(() -> !get(admin.listTopics().names()).contains(topic), () -> { });
    }

    private static void configs() throws Exception {
        String topic = newTopic(1, Map.of("retention.ms", "12345"));
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Callable<org.apache.kafka.clients.admin.Config> described =
                () -> get(admin.describeConfigs(List.of(resource)).all()).get(resource);
        equal(described.call().get("retention.ms").value(), "12345");
        equal(described.call().get("retention.ms").source(), ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        equal(described.call().get("retention.bytes").isDefault(), true);
        change(resource, "cleanup.policy", "compact");
        until(() -> described.call().get("cleanup.policy").value().equals("compact"), () -> { });
        equal(described.call().get("retention.ms").value(), "12345");
        refused(InvalidConfigurationException.class, () -> change(resource, "cleanup.policy", "burn"));
    }

    private static Void change(ConfigResource resource, String key, String value) throws Exception {
        var set = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
        return get(admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all());
    }

    private static void groups() throws Exception {
        String topic = newTopic(1, Map.of());
        String group = fresh("group");
        try (Member member = new Member(group, topic, Map.of())) {
            until(() -> !member.partitions.isEmpty(), member::poll);
            equal(get(admin.listGroups().all()).stream().anyMatch(listed -> listed.groupId().equals(group)), true);
            var described = get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
            equal(described.groupState(), GroupState.STABLE);
            equal(described.members().size(), 1);
            refused(GroupNotEmptyException.class, () -> get(admin.deleteConsumerGroups(List.of(group)).all()));
        }
        get(admin.deleteConsumerGroups(List.of(group)).all());
        equal(get(admin.listGroups().all()).stream().anyMatch(listed -> listed.groupId().equals(group)), false);
    }

    private static void deleteRecords() throws Exception {
        String topic = newTopic(1, Map.of());
        send(topic, numbers(10), Map.of());
        var where = new TopicPartition(topic, 0);
        var deleted = admin.deleteRecords(Map.of(where, RecordsToDelete.beforeOffset(4))).lowWatermarks().get(where);
        equal(get(deleted).lowWatermark(), 4L);
        equal(readTopic(topic, 6).get(0).offset(), 4L);
    }

    private static void cluster() throws Exception {
        var nodes = get(admin.describeCluster().nodes());
        equal(nodes.stream().map(node -> node.host() + ":" + node.port()).collect(Collectors.toList()), List.of(BOOTSTRAP));
        equal(get(admin.describeMetadataQuorum().quorumInfo()).voters().size(), 1);
        equal(get(admin.describeFeatures().featureMetadata()).finalizedFeatures().containsKey("metadata.version"), true);
        equal(get(admin.describeLogDirs(List.of(nodes.iterator().next().id())).allDescriptions()).size(), 1);
        var broker = new ConfigResource(ConfigResource.Type.BROKER, nodes.iterator().next().idString());
        equal(get(admin.describeConfigs(List.of(broker)).all()).get(broker).get("listeners").value().contains(BOOTSTRAP), true);
    }

    private static Map<String, Scenario> all() {
        Map<String, Scenario> scenarios = new java.util.LinkedHashMap<>();
        scenarios.put("records keep key, value, headers and timestamp", Scenarios::records);
        for (String name : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            scenarios.put("codec " + name, () -> codec(name));
        }
        scenarios.put("an idempotent producer delivers in order", Scenarios::idempotent);
        scenarios.put("a record that is too large is refused", Scenarios::tooLarge);
        scenarios.put("a group goes on where it committed", Scenarios::commit);
        scenarios.put("two members share, and one takes all back: eager", () -> rebalance(RangeAssignor.class));
        scenarios.put("two members share, and one takes all back: cooperative", () -> rebalance(CooperativeStickyAssignor.class));
        scenarios.put("a static member comes back to its partitions", Scenarios::staticMember);
        scenarios.put("topics are subscribed to by a pattern", Scenarios::pattern);
        scenarios.put("offsets are found by time and reset", Scenarios::offsets);
        scenarios.put("topics are made, described, grown and deleted", Scenarios::topics);
        scenarios.put("configurations are read and changed", Scenarios::configs);
        scenarios.put("groups are listed, described and deleted", Scenarios::groups);
        scenarios.put("records are deleted", Scenarios::deleteRecords);
        scenarios.put("the cluster is described", Scenarios::cluster);
        return scenarios;
    }

    public static void main(String[] args) {
        int passed = 0;
        int failed = 0;
        for (var scenario : all().entrySet()) {
            if (args.length > 0 && !scenario.getKey().contains(args[0])) {
                continue;
            }
            try {
                scenario.getValue().run();
                passed++;
                System.out.println("passed: " + scenario.getKey());
            } catch (Throwable problem) {
                failed++;
                System.out.println("failed: " + scenario.getKey());
                problem.printStackTrace(System.out);
            }
        }
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed > 0 ? 1 : 0);
    }
}
