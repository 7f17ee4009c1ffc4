import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.*;

/** Apache's Java clients: each mechanism, right and wrong, and longer than a session lasts. */
public class SaslClients {
    static final String PACKAGE = "org.apache.kafka.common.security.";
    static int passed = 0, failed = 0;

    interface Scenario { void run() throws Exception; }

    static void attempt(String name, Scenario scenario) {
        try {
            scenario.run();
            ++passed;
        } catch (Throwable error) {
            ++failed;
            System.out.println("FAILED " + name + ": " + error);
        }
    }

    static Map<String, Object> settings(String mechanism, String jaas) {
        return new HashMap<>(Map.of("bootstrap.servers", System.getenv("BOOTSTRAP"), "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", mechanism, "sasl.jaas.config", jaas, "default.api.timeout.ms", "15000", "request.timeout.ms", "10000"));
    }

    static String login(String mechanism, String user, String password) {
        String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        return PACKAGE + module + " required username=\"" + user + "\" password=\"" + password + "\";";
    }

    static void right(String mechanism, String jaas) throws Exception {
        String topic = "java-" + mechanism;
        int sent = 0;
        try (var producer = new KafkaProducer<>(settings(mechanism, jaas), new StringSerializer(), new StringSerializer())) {
            for (long ends = System.currentTimeMillis() + 3000; System.currentTimeMillis() < ends; Thread.sleep(200), ++sent)
                producer.send(new ProducerRecord<>(topic, "" + sent)).get(10, TimeUnit.SECONDS);
        }
        var settings = settings(mechanism, jaas);
        settings.put("group.id", topic);
        settings.put("auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            int seen = 0;
            for (long ends = System.currentTimeMillis() + 20000; seen < sent && System.currentTimeMillis() < ends;)
                seen += consumer.poll(Duration.ofMillis(500)).count();
            if (seen != sent) throw new Exception(seen + " of " + sent + " records");
        }
    }

    static void wrong(String mechanism, String jaas, Class<?> expected) throws Exception {
        try (var admin = Admin.create(settings(mechanism, jaas))) {
            admin.listTopics().names().get();
        } catch (ExecutionException error) {
            if (expected.isInstance(error.getCause())) return;
            throw error;
        }
        throw new Exception("it was let in");
    }

    static void credentials(String jaas) throws Exception {
        try (var admin = Admin.create(settings("SCRAM-SHA-256", jaas))) {
            var made = new UserScramCredentialUpsertion("dave", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 5000), "dave-secret");
            admin.alterUserScramCredentials(List.of(made)).all().get();
            right("SCRAM-SHA-512", login("SCRAM-SHA-512", "dave", "dave-secret"));
            var told = admin.describeUserScramCredentials(List.of("dave")).description("dave").get();
            if (told.credentialInfos().get(0).iterations() != 5000) throw new Exception("described as " + told);
            admin.alterUserScramCredentials(List.of(new UserScramCredentialDeletion("dave", ScramMechanism.SCRAM_SHA_512))).all().get();
        }
        wrong("SCRAM-SHA-512", login("SCRAM-SHA-512", "dave", "dave-secret"), SaslAuthenticationException.class);
    }

    public static void main(String[] args) {
        var users = Map.of("PLAIN", List.of("alice", System.getenv("ALICE")), "SCRAM-SHA-256", List.of("carol", System.getenv("CAROL")),
            "SCRAM-SHA-512", List.of("carol", System.getenv("CAROL")));
        users.forEach((mechanism, user) -> {
            attempt("right " + mechanism, () -> right(mechanism, login(mechanism, user.get(0), user.get(1))));
            attempt("wrong " + mechanism, () -> wrong(mechanism, login(mechanism, user.get(0), "wrong"), SaslAuthenticationException.class));
            attempt("nobody " + mechanism, () -> wrong(mechanism, login(mechanism, "nobody", user.get(1)), SaslAuthenticationException.class));
        });
        String bearer = PACKAGE + "oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"alice\"";
        attempt("right OAUTHBEARER", () -> right("OAUTHBEARER", bearer + ";"));
        attempt("credentials", () -> credentials(login("SCRAM-SHA-256", "carol", System.getenv("CAROL"))));
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
