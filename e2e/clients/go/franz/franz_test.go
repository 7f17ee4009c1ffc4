// Package franz has the scenarios with franz-go and its admin client.
package franz

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const firstTimestamp = 1_600_000_000_123

var seeds = kgo.SeedBrokers(os.Getenv("BOOTSTRAP"))

func fresh(stem string) string { return fmt.Sprintf("%s-%x", stem, rand.Uint64()) }

func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func client(t *testing.T, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append(options, seeds)...)
	check(t, err)
	t.Cleanup(c.Close)
	return c
}

func admin(t *testing.T) *kadm.Client { return kadm.NewClient(client(t)) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t *testing.T, got, want T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func newTopic(t *testing.T, partitions int32, configs map[string]*string) string {
	t.Helper()
	a, name := admin(t), fresh("franz")
	_, err := a.CreateTopic(limited(t), partitions, 1, configs, name)
	check(t, err)
	until(t, func() bool {
		known, err := a.ListTopics(limited(t), name)
		return err == nil && known[name].Err == nil
	})
	return name
}

func until(t *testing.T, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("did not come about in 30 s")
		}
	}
}

func numbers(topic string, count int) []*kgo.Record {
	var records []*kgo.Record
	for i := range count {
		records = append(records, &kgo.Record{Topic: topic, Value: []byte(strconv.Itoa(i))})
	}
	return records
}

func send(t *testing.T, records []*kgo.Record, options ...kgo.Opt) error {
	t.Helper()
	options = append(options, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	return client(t, options...).ProduceSync(limited(t), records...).FirstErr()
}

func read(t *testing.T, c *kgo.Client, count int) []*kgo.Record {
	t.Helper()
	var records []*kgo.Record
	for ctx := limited(t); len(records) < count; {
		fetches := c.PollRecords(ctx, count-len(records))
		check(t, fetches.Err())
		records = append(records, fetches.Records()...)
	}
	return records
}

func readTopic(t *testing.T, topic string, count int) []*kgo.Record {
	t.Helper()
	return read(t, client(t, kgo.ConsumeTopics(topic)), count)
}

func expectNumbers(t *testing.T, records []*kgo.Record) {
	t.Helper()
	for i, record := range records {
		equal(t, string(record.Value), strconv.Itoa(i))
		equal(t, record.Offset, int64(i))
	}
}

func TestRecordsKeepKeyValueHeadersAndTimestamp(t *testing.T) {
	topic := newTopic(t, 1, nil)
	sent := kgo.Record{
		Topic: topic, Key: []byte("key"), Value: []byte("value"), Timestamp: time.UnixMilli(firstTimestamp),
		Headers: []kgo.RecordHeader{{Key: "a", Value: []byte("1")}, {Key: "empty"}, {Key: "a", Value: []byte("2")}},
	}
	check(t, send(t, []*kgo.Record{&sent, {Topic: topic, Key: []byte("key")}}))
	got := readTopic(t, topic, 2)
	equal(t, string(got[0].Key)+string(got[0].Value), "keyvalue")
	equal(t, got[0].Headers, sent.Headers)
	equal(t, got[0].Timestamp.UnixMilli(), firstTimestamp)
	if got[1].Value != nil {
		t.Fatal("a record without a value came back with one")
	}
}

func TestCodec(t *testing.T) {
	codecs := map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
	for name, codec := range codecs {
		t.Run(name, func(t *testing.T) {
			topic := newTopic(t, 1, nil)
			check(t, send(t, numbers(topic, 2000), kgo.ProducerBatchCompression(codec)))
			expectNumbers(t, readTopic(t, topic, 2000))
		})
	}
}

func TestAnIdempotentProducerDeliversInOrder(t *testing.T) {
	topic := newTopic(t, 1, nil)
	check(t, send(t, numbers(topic, 5000), kgo.ProducerBatchMaxBytes(600)))
	expectNumbers(t, readTopic(t, topic, 5000))
}

func TestARecordThatIsTooLargeIsRefused(t *testing.T) {
	topic := newTopic(t, 1, map[string]*string{"max.message.bytes": kadm.StringPtr("10000")})
	err := send(t, []*kgo.Record{{Topic: topic, Value: make([]byte, 20_000)}}, kgo.ProducerBatchCompression(kgo.NoCompression()))
	if !errors.Is(err, kerr.MessageTooLarge) {
		t.Fatal(err)
	}
	check(t, send(t, numbers(topic, 1)))
}

// A member that notes its partitions and whether it ever gave all of them up.
type member struct {
	*kgo.Client
	mutex      sync.Mutex
	partitions []int32
	revoked    int
}

func join(t *testing.T, group, topic string, options ...kgo.Opt) *member {
	t.Helper()
	m := &member{}
	taken := func(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
		m.mutex.Lock()
		defer m.mutex.Unlock()
		m.revoked += len(lost[topic])
		m.partitions = slices.DeleteFunc(m.partitions, func(p int32) bool { return slices.Contains(lost[topic], p) })
	}
	given := func(_ context.Context, _ *kgo.Client, more map[string][]int32) {
		m.mutex.Lock()
		defer m.mutex.Unlock()
		m.partitions = append(m.partitions, more[topic]...)
	}
	m.Client = client(t, append(options, kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(),
		kgo.HeartbeatInterval(300*time.Millisecond), kgo.SessionTimeout(6*time.Second),
		kgo.OnPartitionsAssigned(given), kgo.OnPartitionsRevoked(taken), kgo.OnPartitionsLost(taken))...)
	return m
}

func (m *member) has() []int32 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	slices.Sort(m.partitions)
	return slices.Clone(m.partitions)
}

func TestAGroupGoesOnWhereItCommitted(t *testing.T) {
	topic, group := newTopic(t, 1, nil), fresh("group")
	check(t, send(t, numbers(topic, 10)))
	first := join(t, group, topic)
	check(t, first.CommitRecords(limited(t), read(t, first.Client, 10)[5]))
	first.Close()
	equal(t, read(t, join(t, group, topic).Client, 1)[0].Offset, 6)
}

func TestTwoMembersShareAndOneTakesAllBack(t *testing.T) {
	balancers := map[string]kgo.GroupBalancer{"eager": kgo.RangeBalancer(), "cooperative": kgo.CooperativeStickyBalancer()}
	for name, balancer := range balancers {
		t.Run(name, func(t *testing.T) {
			topic, group := newTopic(t, 4, nil), fresh("group")
			first := join(t, group, topic, kgo.Balancers(balancer))
			until(t, func() bool { return len(first.has()) == 4 })
			second := join(t, group, topic, kgo.Balancers(balancer))
			until(t, func() bool { return len(first.has()) == 2 && len(second.has()) == 2 })
			both := append(first.has(), second.has()...)
			slices.Sort(both)
			equal(t, both, []int32{0, 1, 2, 3})
			equal(t, first.revoked, map[string]int{"eager": 4, "cooperative": 2}[name])
			second.Close()
			until(t, func() bool { return len(first.has()) == 4 })
		})
	}
}

func TestAStaticMemberComesBackToItsPartitions(t *testing.T) {
	topic, group := newTopic(t, 2, nil), fresh("group")
	first := join(t, group, topic, kgo.InstanceID("one"))
	second := join(t, group, topic, kgo.InstanceID("two"))
	until(t, func() bool { return len(first.has()) == 1 && len(second.has()) == 1 })
	had := first.has()
	first.Close()
	revoked := second.revoked
	again := join(t, group, topic, kgo.InstanceID("one"))
	until(t, func() bool { return len(again.has()) == 1 })
	equal(t, again.has(), had)
	equal(t, second.revoked, revoked)
	_, err := admin(t).LeaveGroup(limited(t), kadm.LeaveGroup(group).InstanceIDs("one").Reason("test"))
	check(t, err)
	until(t, func() bool { return len(second.has()) == 2 })
}

func TestOffsetsAreFoundByTimeAndReset(t *testing.T) {
	topic, group, a := newTopic(t, 1, nil), fresh("group"), admin(t)
	producer := client(t)
	for i := range 10 {
		record := &kgo.Record{Topic: topic, Timestamp: time.UnixMilli(firstTimestamp + int64(i)*1000)}
		check(t, producer.ProduceSync(limited(t), record).FirstErr())
	}
	found := func(listed kadm.ListedOffsets, err error) int64 {
		check(t, err)
		offset, _ := listed.Lookup(topic, 0)
		check(t, offset.Err)
		return offset.Offset
	}
	equal(t, found(a.ListStartOffsets(limited(t), topic)), 0)
	equal(t, found(a.ListEndOffsets(limited(t), topic)), 10)
	equal(t, found(a.ListMaxTimestampOffsets(limited(t), topic)), 9)
	equal(t, found(a.ListOffsetsAfterMilli(limited(t), firstTimestamp+4500, topic)), 5)
	check(t, a.CommitAllOffsets(limited(t), group, kadm.OffsetsFromRecords(kgo.Record{Topic: topic, Offset: 6})))
	equal(t, read(t, join(t, group, topic).Client, 1)[0].Offset, 7)
	lag, err := a.Lag(limited(t), group)
	check(t, err)
	described := lag[group]
	equal(t, described.Lag[topic][0].Lag, 3)
}

func TestTopicsAreMadeDescribedGrownAndDeleted(t *testing.T) {
	topic, a := newTopic(t, 2, nil), admin(t)
	if _, err := a.CreateTopic(limited(t), 2, 1, nil, topic); !errors.Is(err, kerr.TopicAlreadyExists) {
		t.Fatal(err)
	}
	grown, err := a.UpdatePartitions(limited(t), 3, topic)
	check(t, err)
	check(t, grown[topic].Err)
	listed, err := a.ListTopics(limited(t), topic)
	check(t, err)
	equal(t, len(listed[topic].Partitions), 3)
	deleted, err := a.DeleteTopics(limited(t), topic)
	check(t, err)
	check(t, deleted[topic].Err)
	until(t, func() bool {
		all, err := a.ListTopics(limited(t))
		return err == nil && !all.Has(topic)
	})
}

func TestConfigurationsAreReadAndChanged(t *testing.T) {
	topic, a := newTopic(t, 1, map[string]*string{"retention.ms": kadm.StringPtr("12345")}), admin(t)
	value := func(key string) string {
		described, err := a.DescribeTopicConfigs(limited(t), topic)
		check(t, err)
		for _, config := range described[0].Configs {
			if config.Key == key {
				return config.MaybeValue()
			}
		}
		return "none"
	}
	equal(t, value("retention.ms"), "12345")
	change := func(value string) error {
		changes := []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "cleanup.policy", Value: &value}}
		altered, err := a.AlterTopicConfigs(limited(t), changes, topic)
		check(t, err)
		return altered[0].Err
	}
	check(t, change("compact"))
	until(t, func() bool { return value("cleanup.policy") == "compact" })
	equal(t, value("retention.ms"), "12345")
	if err := change("burn"); !errors.Is(err, kerr.InvalidConfig) {
		t.Fatal(err)
	}
}

func TestGroupsAreListedDescribedAndDeleted(t *testing.T) {
	topic, group, a := newTopic(t, 1, nil), fresh("group"), admin(t)
	m := join(t, group, topic)
	until(t, func() bool { return len(m.has()) == 1 })
	listed, err := a.ListGroups(limited(t))
	check(t, err)
	equal(t, listed[group].State, "Stable")
	described, err := a.DescribeGroups(limited(t), group)
	check(t, err)
	equal(t, len(described[group].Members), 1)
	_, err = a.DeleteGroup(limited(t), group)
	if !errors.Is(err, kerr.NonEmptyGroup) {
		t.Fatal(err)
	}
	m.Close()
	_, err = a.DeleteGroup(limited(t), group)
	check(t, err)
}

func TestRecordsAreDeleted(t *testing.T) {
	topic := newTopic(t, 1, nil)
	check(t, send(t, numbers(topic, 10)))
	var before kadm.Offsets
	before.Add(kadm.Offset{Topic: topic, Partition: 0, At: 4})
	deleted, err := admin(t).DeleteRecords(limited(t), before)
	check(t, err)
	equal(t, deleted[topic][0].LowWatermark, 4)
	equal(t, readTopic(t, topic, 6)[0].Offset, 4)
}
