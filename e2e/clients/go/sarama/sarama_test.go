// Package sarama has the scenarios with sarama, whose groups are eager.
package sarama

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

	"github.com/IBM/sarama"
)

const firstTimestamp = 1_600_000_000_123

var brokers = []string{os.Getenv("BOOTSTRAP")}

func fresh(stem string) string { return fmt.Sprintf("%s-%x", stem, rand.Uint64()) }

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

func until(t *testing.T, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("did not come about in 30 s")
		}
	}
}

func config() *sarama.Config {
	c := sarama.NewConfig()
	c.Version = sarama.MaxVersion
	c.Producer.Return.Successes = true
	c.Producer.Partitioner = sarama.NewManualPartitioner
	c.Consumer.Offsets.Initial = sarama.OffsetOldest
	c.Consumer.Offsets.AutoCommit.Enable = false
	c.Consumer.Group.Heartbeat.Interval = 300 * time.Millisecond
	c.Consumer.Group.Session.Timeout = 6 * time.Second
	return c
}

func admin(t *testing.T) sarama.ClusterAdmin {
	t.Helper()
	a, err := sarama.NewClusterAdmin(brokers, config())
	check(t, err)
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func newTopic(t *testing.T, partitions int32, configs map[string]*string) string {
	t.Helper()
	a, name := admin(t), fresh("sarama")
	check(t, a.CreateTopic(name, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs}, false))
	until(t, func() bool {
		known, err := a.DescribeTopics([]string{name})
		return err == nil && known[0].Err == sarama.ErrNoError
	})
	return name
}

func numbers(topic string, count int) []*sarama.ProducerMessage {
	var messages []*sarama.ProducerMessage
	for i := range count {
		messages = append(messages, &sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder(strconv.Itoa(i))})
	}
	return messages
}

func send(t *testing.T, c *sarama.Config, messages ...*sarama.ProducerMessage) error {
	t.Helper()
	producer, err := sarama.NewSyncProducer(brokers, c)
	check(t, err)
	defer producer.Close()
	return producer.SendMessages(messages)
}

func readTopic(t *testing.T, topic string, count int) []*sarama.ConsumerMessage {
	t.Helper()
	consumer, err := sarama.NewConsumer(brokers, config())
	check(t, err)
	defer consumer.Close()
	partition, err := consumer.ConsumePartition(topic, 0, sarama.OffsetOldest)
	check(t, err)
	defer partition.Close()
	var records []*sarama.ConsumerMessage
	for len(records) < count {
		select {
		case record := <-partition.Messages():
			records = append(records, record)
		case <-time.After(20 * time.Second):
			t.Fatalf("only %d records of %d came", len(records), count)
		}
	}
	return records
}

func expectNumbers(t *testing.T, records []*sarama.ConsumerMessage) {
	t.Helper()
	for i, record := range records {
		equal(t, string(record.Value), strconv.Itoa(i))
		equal(t, record.Offset, int64(i))
	}
}

func TestRecordsKeepKeyValueHeadersAndTimestamp(t *testing.T) {
	topic := newTopic(t, 1, nil)
	headers := []sarama.RecordHeader{{Key: []byte("a"), Value: []byte("1")}, {Key: []byte("a"), Value: []byte("2")}}
	message := &sarama.ProducerMessage{
		Topic: topic, Key: sarama.StringEncoder("key"), Value: sarama.StringEncoder("value"), Headers: headers,
		Timestamp: time.UnixMilli(firstTimestamp),
	}
	check(t, send(t, config(), message, &sarama.ProducerMessage{Topic: topic, Key: sarama.StringEncoder("key")}))
	got := readTopic(t, topic, 2)
	equal(t, string(got[0].Key)+string(got[0].Value), "keyvalue")
	equal(t, len(got[0].Headers), 2)
	equal(t, *got[0].Headers[1], headers[1])
	equal(t, got[0].Timestamp.UnixMilli(), firstTimestamp)
	if got[1].Value != nil {
		t.Fatal("a record without a value came back with one")
	}
}

func TestCodec(t *testing.T) {
	for _, codec := range []sarama.CompressionCodec{
		sarama.CompressionNone, sarama.CompressionGZIP, sarama.CompressionSnappy, sarama.CompressionLZ4, sarama.CompressionZSTD,
	} {
		t.Run(codec.String(), func(t *testing.T) {
			topic, c := newTopic(t, 1, nil), config()
			c.Producer.Compression = codec
			check(t, send(t, c, numbers(topic, 2000)...))
			expectNumbers(t, readTopic(t, topic, 2000))
		})
	}
}

func TestAnIdempotentProducerDeliversInOrder(t *testing.T) {
	topic, c := newTopic(t, 1, nil), config()
	c.Producer.Idempotent = true
	c.Producer.RequiredAcks = sarama.WaitForAll
	c.Producer.Flush.MaxMessages = 50
	c.Net.MaxOpenRequests = 1
	check(t, send(t, c, numbers(topic, 2000)...))
	expectNumbers(t, readTopic(t, topic, 2000))
}

func TestARecordThatIsTooLargeIsRefused(t *testing.T) {
	topic, limit := newTopic(t, 1, nil), "10000"
	check(t, admin(t).AlterConfig(sarama.TopicResource, topic, map[string]*string{"max.message.bytes": &limit}, false))
	large := &sarama.ProducerMessage{Topic: topic, Value: sarama.ByteEncoder(make([]byte, 20_000))}
	until(t, func() bool {
		var refused sarama.ProducerErrors
		return errors.As(send(t, config(), large), &refused) && errors.Is(refused[0].Err, sarama.ErrMessageSizeTooLarge)
	})
	check(t, send(t, config(), numbers(topic, 1)...))
}

// A member of a group that runs until it is closed.
type member struct {
	group      sarama.ConsumerGroup
	stop       context.CancelFunc
	done       chan struct{}
	mutex      sync.Mutex
	partitions []int32
	records    []*sarama.ConsumerMessage
	commitAt   int64 // marks the record of this offset
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.partitions = nil
	for _, claimed := range session.Claims() {
		m.partitions = append(m.partitions, claimed...)
	}
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for record := range claim.Messages() {
		m.mutex.Lock()
		m.records = append(m.records, record)
		m.mutex.Unlock()
		if record.Offset == m.commitAt {
			session.MarkMessage(record, "here")
			session.Commit()
		}
	}
	return nil
}

func join(t *testing.T, group, topic string, instance string) *member {
	t.Helper()
	c := config()
	c.Consumer.Group.InstanceId = instance
	if instance != "" {
		c.Consumer.Group.Session.Timeout = 60 * time.Second // longer than any test waits
	}
	g, err := sarama.NewConsumerGroup(brokers, group, c)
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	m := &member{group: g, stop: stop, done: make(chan struct{}), commitAt: -1}
	go func() {
		defer close(m.done)
		for ctx.Err() == nil {
			if err := g.Consume(ctx, []string{topic}, m); errors.Is(err, sarama.ErrClosedConsumerGroup) {
				return
			}
		}
	}()
	t.Cleanup(m.close)
	return m
}

func (m *member) close() {
	m.stop()
	<-m.done
	_ = m.group.Close()
}

func (m *member) has() []int32 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	slices.Sort(m.partitions)
	return slices.Clone(m.partitions)
}

func (m *member) read(t *testing.T, count int) []*sarama.ConsumerMessage {
	t.Helper()
	var records []*sarama.ConsumerMessage
	until(t, func() bool {
		m.mutex.Lock()
		defer m.mutex.Unlock()
		records = slices.Clone(m.records)
		return len(records) >= count
	})
	return records
}

func TestAGroupGoesOnWhereItCommitted(t *testing.T) {
	topic, group := newTopic(t, 1, nil), fresh("group")
	first := join(t, group, topic, "")
	first.commitAt = 5
	check(t, send(t, config(), numbers(topic, 10)...))
	first.read(t, 10)
	first.close()
	equal(t, join(t, group, topic, "").read(t, 1)[0].Offset, 6)
}

func TestTwoMembersShareAndOneTakesAllBack(t *testing.T) {
	topic, group := newTopic(t, 4, nil), fresh("group")
	first := join(t, group, topic, "")
	until(t, func() bool { return len(first.has()) == 4 })
	second := join(t, group, topic, "")
	until(t, func() bool { return len(first.has()) == 2 && len(second.has()) == 2 })
	both := append(first.has(), second.has()...)
	slices.Sort(both)
	equal(t, both, []int32{0, 1, 2, 3})
	second.close()
	until(t, func() bool { return len(first.has()) == 4 })
}

func TestAStaticMemberComesBackToItsPartitions(t *testing.T) {
	topic, group := newTopic(t, 2, nil), fresh("group")
	first, second := join(t, group, topic, "one"), join(t, group, topic, "two")
	until(t, func() bool { return len(first.has()) == 1 && len(second.has()) == 1 })
	had := first.has()
	first.close()
	again := join(t, group, topic, "one")
	until(t, func() bool { return len(again.has()) == 1 })
	equal(t, again.has(), had)
	again.close() // a member that runs would join again
	_, err := admin(t).RemoveMemberFromConsumerGroup(group, []string{"one"})
	check(t, err)
	until(t, func() bool { return len(second.has()) == 2 })
}

func TestOffsetsAreFoundByTimeAndReset(t *testing.T) {
	topic, group, a := newTopic(t, 1, nil), fresh("group"), admin(t)
	for i := range 10 {
		at := time.UnixMilli(firstTimestamp + int64(i)*1000)
		check(t, send(t, config(), &sarama.ProducerMessage{Topic: topic, Timestamp: at}))
	}
	client, err := sarama.NewClient(brokers, config())
	check(t, err)
	defer client.Close()
	for where, want := range map[int64]int64{sarama.OffsetOldest: 0, sarama.OffsetNewest: 10, firstTimestamp + 4500: 5} {
		found, err := client.GetOffset(topic, 0, where)
		check(t, err)
		equal(t, found, want)
	}
	reset := map[string]map[int32]sarama.OffsetAndMetadata{topic: {0: {Offset: 7, LeaderEpoch: -1}}}
	_, err = a.AlterConsumerGroupOffsets(group, reset, nil)
	check(t, err)
	fetched, err := a.ListConsumerGroupOffsets(group, map[string][]int32{topic: {0}})
	check(t, err)
	equal(t, fetched.GetBlock(topic, 0).Offset, 7)
	equal(t, join(t, group, topic, "").read(t, 1)[0].Offset, 7)
}

func TestTopicsAreMadeDescribedGrownAndDeleted(t *testing.T) {
	topic, a := newTopic(t, 2, nil), admin(t)
	again := a.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: 2, ReplicationFactor: 1}, false)
	if !errors.Is(again, sarama.ErrTopicAlreadyExists) {
		t.Fatal(again)
	}
	check(t, a.CreatePartitions(topic, 3, nil, false))
	described, err := a.DescribeTopics([]string{topic})
	check(t, err)
	equal(t, len(described[0].Partitions), 3)
	check(t, a.DeleteTopic(topic))
	listed, err := a.ListTopics()
	check(t, err)
	if _, there := listed[topic]; there {
		t.Fatal("is there yet")
	}
}

func TestConfigurationsAreReadAndChanged(t *testing.T) {
	twelve, compact := "12345", "compact"
	topic, a := newTopic(t, 1, map[string]*string{"retention.ms": &twelve}), admin(t)
	value := func(key string) string {
		entries, err := a.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic})
		check(t, err)
		for _, entry := range entries {
			if entry.Name == key {
				return entry.Value
			}
		}
		return "none"
	}
	equal(t, value("retention.ms"), "12345")
	change := map[string]sarama.IncrementalAlterConfigsEntry{
		"cleanup.policy": {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: &compact},
	}
	check(t, a.IncrementalAlterConfig(sarama.TopicResource, topic, change, false))
	until(t, func() bool { return value("cleanup.policy") == "compact" })
	equal(t, value("retention.ms"), "12345")
}

func TestGroupsAreListedDescribedAndDeleted(t *testing.T) {
	topic, group, a := newTopic(t, 1, nil), fresh("group"), admin(t)
	m := join(t, group, topic, "")
	until(t, func() bool { return len(m.has()) == 1 })
	listed, err := a.ListConsumerGroups()
	check(t, err)
	equal(t, listed[group], "consumer")
	described, err := a.DescribeConsumerGroups([]string{group})
	check(t, err)
	equal(t, described[0].State, "Stable")
	if err := a.DeleteConsumerGroup(group); !errors.Is(err, sarama.ErrNonEmptyGroup) {
		t.Fatal(err)
	}
	m.close()
	check(t, a.DeleteConsumerGroup(group))
}

func TestRecordsAreDeleted(t *testing.T) {
	topic := newTopic(t, 1, nil)
	check(t, send(t, config(), numbers(topic, 10)...))
	check(t, admin(t).DeleteRecords(topic, map[int32]int64{0: 4}))
	equal(t, readTopic(t, topic, 6)[0].Offset, 4)
}
