// kafkajs: each mechanism with and without TLS, and by certificate, right and wrong, and longer than a session lasts.
const fs = require("fs");
const { Kafka, logLevel } = require("kafkajs");

const users = {
  plain: ["alice", process.env.ALICE],
  "scram-sha-256": ["carol", process.env.CAROL],
  "scram-sha-512": ["carol", process.env.CAROL],
};
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// The name of a listener, and for TLS the folders of the authority that is trusted and of the certificate that is shown.
function client([listener, trusted, shown], sasl) {
  const read = (folder, name) => fs.readFileSync(`${process.env[folder]}/${name}`);
  const ssl = trusted && { ca: [read(trusted, "ca.pem")], ...(shown && { cert: read(shown, "alice.pem"), key: read(shown, "alice.pem") }) };
  return new Kafka({ brokers: [process.env[listener]], logLevel: logLevel.NOTHING, retry: { retries: 2 }, ...(ssl && { ssl }), ...(sasl && { sasl }) });
}

async function right(name, where, sasl) {
  const topic = `kafkajs-${name}`;
  const kafka = client(where, sasl);
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

async function wrong(where, sasl) {
  const admin = client(where, sasl).admin();
  try {
    await admin.connect();
    await admin.listTopics(); // a refused token is noticed here only
  } catch (error) {
    if (/planted/.test(error.message)) throw new Error("a secret is told");
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
  const plaintext = ["BOOTSTRAP"], secure = ["SECURE", "OWN"];
  const bearer = (name) => ({ mechanism: "oauthbearer", oauthBearerProvider: async () => ({ value: process.env[name] }) });
  const scenarios = [
    attempt("right unsigned token", () => right("unsigned", plaintext, bearer("UNSIGNED"))),
    attempt("right signed token", () => right("signed", secure, bearer("TOKEN"))),
    attempt("wrong unsigned token", () => wrong(secure, bearer("UNSIGNED"))),
    attempt("expired token", () => wrong(secure, bearer("EXPIRED"))),
    attempt("right certificate", () => right("certificate", ["MUTUAL", "OWN", "OWN"])),
    attempt("wrong certificate", () => wrong(["MUTUAL", "OWN", "OTHER"])),
    attempt("no certificate", () => wrong(["MUTUAL", "OWN"])),
    attempt("a node of a stranger", () => wrong(["MUTUAL", "OTHER", "OWN"])),
  ];
  for (const [mechanism, [username, password]] of Object.entries(users)) {
    for (const where of [plaintext, secure]) {
      const name = `${mechanism}-${where[0]}`;
      scenarios.push(attempt(`right ${name}`, () => right(name, where, { mechanism, username, password })));
      scenarios.push(attempt(`wrong ${name}`, () => wrong(where, { mechanism, username, password: "wrong" })));
    }
  }
  await Promise.all(scenarios);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

main();
