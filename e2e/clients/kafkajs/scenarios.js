// Scenarios with kafkajs, which has eager assignors only and no static members.   usage: scenarios.js [PART OF A NAME]
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = require('kafkajs');
const lz4 = require('lz4-napi');
const zstd = require('@toondepauw/node-zstd');

CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy');
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: (encoder) => lz4.compressFrame(encoder.buffer),
  decompress: (buffer) => lz4.decompressFrame(buffer),
});
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: (encoder) => new zstd.Encoder(3).encode(encoder.buffer),
  decompress: (buffer) => new zstd.Decoder().decode(buffer),
});

const bootstrap = process.env.BOOTSTRAP ?? 'localhost:9092';
const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 8 } });
const timestamp = '1600000000123';
const admin = kafka.admin();

const fresh = (stem) => `${stem}-${crypto.randomBytes(6).toString('hex')}`;
const numbers = (count) => Array.from({ length: count }, (_, i) => ({ value: String(i), partition: 0 }));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(condition, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; !(await condition()); await sleep(50)) {
    assert(Date.now() < end, `did not come about in ${seconds} s: ${condition}`);
  }
}

async function newTopic(numPartitions = 1, config = {}) {
  const topic = fresh('kafkajs');
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  assert(await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }] }));
  await until(async () => (await admin.listTopics()).includes(topic));
  return topic;
}

async function send(topic, messages, options = {}, settings = {}) {
  const producer = kafka.producer(settings);
  await producer.connect();
  try {
    return await producer.send({ topic, messages, ...options });
  } finally {
    await producer.disconnect();
  }
}

// A running member: its records and partitions change as it goes on.
async function member(groupId, topic, settings = {}) {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 300, maxWaitTimeInMs: 100, ...settings });
  const state = { consumer, records: [], partitions: [] };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    state.partitions = payload.memberAssignment[topic] ?? [];
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => void state.records.push(message) });
  state.read = async (count) => {
    await until(() => state.records.length >= count);
    return state.records;
  };
  return state;
}

async function readTopic(topic, count) {
  const reader = await member(fresh('group'), topic);
  const records = await reader.read(count);
  await reader.consumer.disconnect();
  return records;
}

const scenarios = {
  'records keep key, value, headers and timestamp': async () => {
    const topic = await newTopic();
    await send(topic, [
      { key: 'key', value: 'value', headers: { a: ['1', '2'], empty: '' }, timestamp },
      { key: 'key', value: null },
    ]);
    const [first, second] = await readTopic(topic, 2);
    assert.deepEqual([String(first.key), String(first.value), first.timestamp], ['key', 'value', timestamp]);
    assert.deepEqual(first.headers.a.map(String), ['1', '2']);
    assert.equal(String(first.headers.empty), '');
    assert.equal(second.value, null);
  },

  'an idempotent producer delivers in order': async () => {
    const topic = await newTopic();
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (let i = 0; i < 20; i += 1) {
      const [sent] = await producer.send({ topic, messages: numbers(100) });
      assert.equal(sent.baseOffset, String(i * 100));
    }
    await producer.disconnect();
    await readTopic(topic, 2000);
  },

  'a record that is too large is refused': async () => {
    const topic = await newTopic();
    await assert.rejects(send(topic, [{ value: Buffer.alloc(1200000) }]), { type: 'MESSAGE_TOO_LARGE' });
    await send(topic, [{ value: 'small' }]);
  },

  'a group goes on where it committed': async () => {
    const [topic, group] = [await newTopic(), fresh('group')];
    await send(topic, numbers(10));
    const first = await member(group, topic);
    await first.read(10);
    await first.consumer.commitOffsets([{ topic, partition: 0, offset: '6', metadata: 'here' }]);
    await first.consumer.disconnect();
    const second = await member(group, topic);
    assert.equal((await second.read(1))[0].offset, '6');
    await second.consumer.disconnect();
  },

  'two members share, and one takes all back': async () => {
    const [topic, group] = [await newTopic(4), fresh('group')];
    const first = await member(group, topic);
    await until(() => first.partitions.length === 4);
    const second = await member(group, topic);
    await until(() => first.partitions.length === 2 && second.partitions.length === 2);
    assert.deepEqual([...first.partitions, ...second.partitions].sort(), [0, 1, 2, 3]);
    await second.consumer.disconnect();
    await until(() => first.partitions.length === 4);
    await first.consumer.disconnect();
  },

  'offsets are found by time and reset': async () => {
    const [topic, groupId] = [await newTopic(), fresh('group')];
    for (let i = 0; i < 10; i += 1) {
      await send(topic, [{ value: 'x', timestamp: String(Number(timestamp) + i * 1000) }]);
    }
    assert.deepEqual(await admin.fetchTopicOffsets(topic), [{ partition: 0, offset: '10', high: '10', low: '0' }]);
    const found = await admin.fetchTopicOffsetsByTimestamp(topic, Number(timestamp) + 4500);
    assert.deepEqual(found, [{ partition: 0, offset: '5' }]);
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '7' }] });
    const [fetched] = await admin.fetchOffsets({ groupId, topics: [topic] });
    assert.equal(fetched.partitions[0].offset, '7');
    const reader = await member(groupId, topic);
    assert.equal((await reader.read(1))[0].offset, '7');
    await reader.consumer.disconnect();
  },

  'topics are made, described, grown and deleted': async () => {
    const topic = await newTopic(2);
    assert.equal(await admin.createTopics({ topics: [{ topic }] }), false);
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    await until(async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length === 3);
    await admin.deleteTopics({ topics: [topic] });
    assert(!(await admin.listTopics()).includes(topic));
  },

  'configurations are read and changed': async () => {
    const topic = await newTopic(1, { 'retention.ms': '12345' });
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
    const value = async (key) => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: true, resources: [resource] });
      return resources[0].configEntries.find((entry) => entry.configName === key).configValue;
    };
    assert.equal(await value('retention.ms'), '12345');
    const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
    await admin.alterConfigs({ resources: [{ ...resource, configEntries }] });
    assert.equal(await value('cleanup.policy'), 'compact');
  },

  'groups are listed, described and deleted': async () => {
    const [topic, group] = [await newTopic(), fresh('group')];
    const reader = await member(group, topic);
    await until(() => reader.partitions.length === 1);
    assert((await admin.listGroups()).groups.some((g) => g.groupId === group && g.protocolType === 'consumer'));
    const [described] = (await admin.describeGroups([group])).groups;
    assert.deepEqual([described.state, described.members.length], ['Stable', 1]);
    await reader.consumer.disconnect();
    await admin.deleteGroups([group]);
    assert(!(await admin.listGroups()).groups.some((g) => g.groupId === group));
  },

  'records are deleted': async () => {
    const topic = await newTopic();
    await send(topic, numbers(10));
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '4' }] });
    assert.equal((await readTopic(topic, 6))[0].offset, '4');
  },

  'the cluster is described': async () => {
    const { brokers, clusterId } = await admin.describeCluster();
    assert(clusterId);
    assert.deepEqual(brokers.map((b) => `${b.host}:${b.port}`), [bootstrap]);
  },
};

for (const [name, compression] of Object.entries(CompressionTypes)) {
  scenarios[`codec ${name.toLowerCase()}`] = async () => {
    const topic = await newTopic();
    await send(topic, numbers(2000), { compression });
    assert.deepEqual((await readTopic(topic, 2000)).map((r) => String(r.value)), numbers(2000).map((m) => m.value));
  };
}

async function main(wanted = '') {
  let [passed, failed] = [0, 0];
  await admin.connect();
  for (const [name, scenario] of Object.entries(scenarios).filter(([key]) => key.includes(wanted))) {
    const late = new Promise((_, reject) => setTimeout(reject, 60000, new Error('not done after 60 s')).unref());
    try {
      await Promise.race([scenario(), late]);
      passed += 1;
      console.log(`passed: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`failed: ${name}\n${error.stack}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}

main(process.argv[2]);
