import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.errors.DelegationTokenDisabledException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedByAuthenticationException;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.token.delegation.DelegationToken;
import org.apache.kafka.common.serialization.*;

/** Apache's Java clients: each mechanism with and without TLS, right and wrong, and longer than a session lasts. */
public class SaslClients {
    static final String PACKAGE = "org.apache.kafka.common.security.";
    static final ExecutorService pool = Executors.newFixedThreadPool(8);
    static final List<Future<Boolean>> attempts = new ArrayList<>();

    interface Scenario { void run() throws Exception; }

    static void attempt(String name, Scenario scenario) {
        attempts.add(pool.submit(() -> {
            try {
                scenario.run();
                return true;
            } catch (Throwable error) {
                System.out.println("FAILED " + name + ": " + error);
                return false;
            }
        }));
    }

    static Map<String, Object> settings(String mechanism, String jaas) {
        return new HashMap<>(Map.of("bootstrap.servers", System.getenv("BOOTSTRAP"), "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", mechanism, "sasl.jaas.config", jaas, "default.api.timeout.ms", "15000", "request.timeout.ms", "10000"));
    }

    static Map<String, Object> overTls(Map<String, Object> settings, String listener, String trusted) {
        settings.putAll(Map.of("bootstrap.servers", System.getenv(listener), "security.protocol", listener.equals("MUTUAL") ? "SSL" : "SASL_SSL",
            "ssl.truststore.type", "PEM", "ssl.truststore.location", System.getenv(trusted) + "/ca.pem"));
        return settings;
    }

    static Map<String, Object> certificate(String folder) {
        var settings = overTls(settings("PLAIN", ""), "MUTUAL", "OWN");
        settings.remove("sasl.jaas.config");
        if (folder != null)
            settings.putAll(Map.of("ssl.keystore.type", "PEM", "ssl.keystore.location", System.getenv(folder) + "/alice.pem"));
        return settings;
    }

    static Map<String, Object> signedToken(String provider, String secret) {
        var settings = overTls(settings("OAUTHBEARER", PACKAGE + "oauthbearer.OAuthBearerLoginModule required clientId=\"tool\" clientSecret=\"" + secret + "\";"),
            "SECURE", "OWN");
        settings.put("sasl.oauthbearer.token.endpoint.url", System.getenv(provider));
        settings.put("sasl.login.callback.handler.class", PACKAGE + "oauthbearer.OAuthBearerLoginCallbackHandler");
        settings.put("sasl.login.retry.backoff.max.ms", "100");
        return settings;
    }

    static String login(String mechanism, String user, String password) {
        String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        return PACKAGE + module + " required username=\"" + user + "\" password=\"" + password + "\";";
    }

    static void right(String topic, Map<String, Object> settings) throws Exception {
        int sent = 0;
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (long ends = System.currentTimeMillis() + 3000; System.currentTimeMillis() < ends; Thread.sleep(200), ++sent)
                producer.send(new ProducerRecord<>(topic, "" + sent)).get(10, TimeUnit.SECONDS);
        }
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

    static void wrong(Map<String, Object> settings, Class<?> expected) throws Exception {
        try (var admin = Admin.create(settings)) {
            admin.listTopics().names().get();
        } catch (ExecutionException error) {
            if (error.toString().contains("planted")) throw new Exception("a secret is told: " + error);
            if (expected.isInstance(error.getCause())) return;
            throw error;
        }
        throw new Exception("it was let in");
    }

    static void credentials(String jaas) throws Exception {
        try (var admin = Admin.create(settings("SCRAM-SHA-256", jaas))) {
            var made = new UserScramCredentialUpsertion("dave", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 5000), "dave-secret");
            admin.alterUserScramCredentials(List.of(made)).all().get();
            right("java-dave", settings("SCRAM-SHA-512", login("SCRAM-SHA-512", "dave", "dave-secret")));
            var told = admin.describeUserScramCredentials(List.of("dave")).description("dave").get();
            if (told.credentialInfos().get(0).iterations() != 5000) throw new Exception("described as " + told);
            admin.alterUserScramCredentials(List.of(new UserScramCredentialDeletion("dave", ScramMechanism.SCRAM_SHA_512))).all().get();
        }
        wrong(settings("SCRAM-SHA-512", login("SCRAM-SHA-512", "dave", "dave-secret")), SaslAuthenticationException.class);
    }

    static String tokenLogin(DelegationToken token) {
        return PACKAGE + "scram.ScramLoginModule required username=\"" + token.tokenInfo().tokenId() + "\" password=\"" + token.hmacAsBase64String()
            + "\" tokenauth=\"true\";";
    }

    static void delegationTokens(String jaas) throws Exception {
        try (var admin = Admin.create(settings("PLAIN", jaas))) {
            var renewer = new KafkaPrincipal("User", "bob");
            var token = admin.createDelegationToken(new CreateDelegationTokenOptions().renewers(List.of(renewer)).maxLifetimeMs(60000)).delegationToken().get();
            String good = tokenLogin(token);
            for (String mechanism : List.of("SCRAM-SHA-256", "SCRAM-SHA-512")) right("java-token-" + mechanism, settings(mechanism, good));
            right("java-token-tls", overTls(settings("SCRAM-SHA-256", good), "SECURE", "OWN"));
            for (String bad : List.of(good.replace("tokenauth=\"true\"", ""), good.replace(token.hmacAsBase64String(), "AAAA")))
                wrong(settings("SCRAM-SHA-256", bad), SaslAuthenticationException.class);
            try (var by = Admin.create(settings("SCRAM-SHA-256", good))) {
                by.createDelegationToken().delegationToken().get();
                throw new Exception("a token made a token");
            } catch (ExecutionException error) {
                if (!(error.getCause() instanceof DelegationTokenDisabledException || error.getCause() instanceof UnsupportedByAuthenticationException)) throw error;
            }
            if (admin.renewDelegationToken(token.hmac()).expiryTimestamp().get() != token.tokenInfo().maxTimestamp()) throw new Exception("renewed past its end");
            var told = admin.describeDelegationToken().delegationTokens().get();
            if (told.size() != 1 || !told.get(0).equals(token)) throw new Exception("described as " + told);
            admin.expireDelegationToken(token.hmac(), new ExpireDelegationTokenOptions().expiryTimePeriodMs(-1)).expiryTimestamp().get();
            wrong(settings("SCRAM-SHA-256", good), SaslAuthenticationException.class);
            if (!admin.describeDelegationToken().delegationTokens().get().isEmpty()) throw new Exception("the token is still there");
        }
    }

    public static void main(String[] args) throws Exception {
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", System.getenv("TOKENS") + "," + System.getenv("STRANGER"));
        var users = Map.of("PLAIN", List.of("alice", System.getenv("ALICE")), "SCRAM-SHA-256", List.of("carol", System.getenv("CAROL")),
            "SCRAM-SHA-512", List.of("carol", System.getenv("CAROL")));
        users.forEach((mechanism, user) -> {
            var right = login(mechanism, user.get(0), user.get(1));
            attempt("right " + mechanism, () -> right("java-" + mechanism, settings(mechanism, right)));
            attempt("right TLS " + mechanism, () -> right("java-tls-" + mechanism, overTls(settings(mechanism, right), "SECURE", "OWN")));
            for (var wrong : List.of(login(mechanism, user.get(0), "wrong"), login(mechanism, "nobody", user.get(1)))) {
                attempt("wrong " + mechanism, () -> wrong(settings(mechanism, wrong), SaslAuthenticationException.class));
                attempt("wrong TLS " + mechanism,
                    () -> wrong(overTls(settings(mechanism, wrong), "SECURE", "OWN"), SaslAuthenticationException.class));
            }
        });
        String bearer = PACKAGE + "oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"alice\";";
        attempt("right unsigned token", () -> right("java-unsigned", settings("OAUTHBEARER", bearer)));
        attempt("wrong unsigned token", () -> wrong(overTls(settings("OAUTHBEARER", bearer), "SECURE", "OWN"), SaslAuthenticationException.class));
        attempt("right signed token", () -> right("java-signed", signedToken("TOKENS", System.getenv("TOKENS_SECRET"))));
        attempt("a stranger's token", () -> wrong(signedToken("STRANGER", System.getenv("TOKENS_SECRET")), SaslAuthenticationException.class));
        attempt("right certificate", () -> right("java-certificate", certificate("OWN")));
        attempt("a stranger's certificate", () -> wrong(certificate("OTHER"), SslAuthenticationException.class));
        attempt("no certificate", () -> wrong(certificate(null), SslAuthenticationException.class));
        attempt("a stranger's node", () -> wrong(overTls(settings("PLAIN", login("PLAIN", "alice", System.getenv("ALICE"))), "SECURE", "OTHER"),
            SslAuthenticationException.class));
        attempt("delegation tokens", () -> delegationTokens(login("PLAIN", "alice", System.getenv("ALICE"))));
        attempt("credentials", () -> credentials(login("SCRAM-SHA-256", "carol", System.getenv("CAROL"))));
        int failed = 0;
        for (var each : attempts) failed += each.get() ? 0 : 1;
        System.out.println(attempts.size() - failed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
