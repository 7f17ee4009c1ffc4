// kafkajs: each mechanism, right and wrong, and longer than a session lasts.
const { Kafka, logLevel } = require("kafkajs");

const users = {
  plain: ["alice", process.env.ALICE],
  "scram-sha-256": ["carol", process.env.CAROL],
  "scram-sha-512": ["carol", process.env.CAROL],
};
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function client(mechanism, sasl) {
  return new Kafka({ brokers: [process.env.BOOTSTRAP], logLevel: logLevel.NOTHING, retry: { retries: 2 }, sasl: { mechanism, ...sasl } });
}

async function right(mechanism, sasl) {
  const topic = `kafkajs-${mechanism}`;
  const kafka = client(mechanism, sasl);
  const producer = kafka.producer();
  await producer.connect();
  for (let i = 0; i < 8; ++i) {
    await producer.send({ topic, messages: [{ value: `${i}` }] });
    await sleep(400);
  }
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: topic });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  await consumer.run({ eachMessage: async () => void ++seen });
  for (let i = 0; i < 200 && seen < 8; ++i) await sleep(100);
  await consumer.disconnect();
  if (seen !== 8) throw new Error(`${seen} of 8 records`);
}

async function wrong(mechanism, sasl) {
  const admin = client(mechanism, sasl).admin();
  try {
    await admin.connect();
    await admin.listTopics(); // a refused token is noticed here only
  } catch {
    return;
  } finally {
    await admin.disconnect();
  }
  throw new Error("it was let in");
}

async function main() {
  let passed = 0, failed = 0;
  const attempt = async (name, scenario) => {
    try {
      await scenario();
      ++passed;
    } catch (error) {
      ++failed;
      console.log(`FAILED ${name}: ${error.message}`);
    }
  };
  for (const [mechanism, [username, password]] of Object.entries(users)) {
    await attempt(`right ${mechanism}`, () => right(mechanism, { username, password }));
    await attempt(`wrong ${mechanism}`, () => wrong(mechanism, { username, password: "wrong" }));
  }
  const now = Math.floor(Date.now() / 1000);
  const part = (object) => Buffer.from(JSON.stringify(object)).toString("base64url");
  const token = (exp) => `${part({ alg: "none" })}.${part({ sub: "alice", iat: now - 100, exp })}.`;
  await attempt("right oauthbearer", () => right("oauthbearer", { oauthBearerProvider: async () => ({ value: token(now + 600) }) }));
  await attempt("expired oauthbearer", () => wrong("oauthbearer", { oauthBearerProvider: async () => ({ value: token(now - 10) }) }));
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

main();
