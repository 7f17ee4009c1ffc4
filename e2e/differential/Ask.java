import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Sends the requests of scenarios to one broker and prints its answers, or to two and compares. See README.md beside this file.
 * usage: Ask RULES EXPECTED PEER [PEER] -- SCENARIO...       PEER is HOST:PORT[/CONTROLLER_PORT[/SASL_PORT]][=DIRECTORY]; exit status 1 when something differs
 */
public final class Ask {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    static final long NOW = System.currentTimeMillis();
    private static final String NEVER_HELD = "what was waited for did not come to hold";

    private final List<Peer> peers;
    private final Rules rules;
    private final Expected expected;
    private final boolean comparing;
    private String scenario = "";
    private int passed;
    private int failed;

    private Ask(List<Peer> peers, Rules rules, Expected expected) {
        this.peers = peers;
        this.rules = rules;
        this.expected = expected;
        comparing = peers.size() == 2;
    }

    public static void main(String[] args) throws Exception {
        List<Peer> peers = new ArrayList<>();
        int i = 2;
        for (; !args[i].equals("--"); i++) peers.add(new Peer(args[i]));
        Ask ask = new Ask(peers, new Rules(read(args[0])), new Expected(read(args[1])));
        List<String> names = new ArrayList<>();
        for (i++; i < args.length; i++) names.add(ask.run(Path.of(args[i])));
        System.exit(ask.report(names));
    }

    private static JsonNode read(String file) throws Exception {
        return YAML.readTree(Path.of(file).toFile());
    }

    private int report(List<String> scenarios) {
        if (!comparing) return 0;
        for (String line : expected.unused(scenarios)) {
            failed++;
            System.out.println(line);
        }
        System.out.println(passed + " passed, " + failed + " failed");
        return failed == 0 ? 0 : 1;
    }

    private String run(Path file) throws Exception {
        scenario = file.getFileName().toString().replaceFirst("\\.yaml$", "");
        System.out.println("-- " + scenario);
        for (Peer p : peers) p.forget();
        steps(YAML.readTree(file.toFile()), null);
        return scenario;
    }

    private void steps(JsonNode steps, Short round) throws Exception {
        for (JsonNode step : steps) {
            if (step.has("each")) {
                ApiKeys api = ApiKeys.valueOf(step.get("each").asText());
                for (short v = api.oldestVersion(); v <= api.latestVersion(); v++) {
                    for (Peer p : peers) p.saved.put("v", new TextNode(String.valueOf(v)));
                    steps(step.get("steps"), v);
                }
            } else if (step.has("sleepMs")) {
                Thread.sleep(step.get("sleepMs").asLong());
            } else {
                step(step, round);
            }
        }
    }

    /** A step in each of its versions: its own, all of them, or within "each" the one nearest to the round's. */
    private void step(JsonNode step, Short round) throws Exception {
        ApiKeys api = ApiKeys.valueOf(step.get("api").asText());
        int from = api.oldestVersion(), to = api.latestVersion();
        if (step.has("version")) {
            String[] ends = step.get("version").asText().split("-");
            from = Integer.parseInt(ends[0]);
            to = Integer.parseInt(ends[ends.length - 1]);
        } else if (round != null) {
            from = to = Math.max(from, Math.min(to, round));
        }
        for (int v = from; v <= to; v++) {
            for (Peer p : peers) p.saved.put("version", new TextNode(String.valueOf(v)));
            ask(step, api, (short) v);
        }
    }

    private void ask(JsonNode step, ApiKeys api, short version) throws Exception {
        String name = step.path("step").asText(api.toString());
        List<JsonNode> answers = new ArrayList<>();
        for (Peer p : peers) {
            ObjectNode answer = answer(step, api, version, p);
            if (answer == null) continue;
            Leadership.await(p, api, prepare(step.path("request"), p), answer);
            for (var e : step.path("save").properties()) p.saved.put(substitute(e.getKey(), p).asText(), answer.at(e.getValue().asText()));
            answers.add(new Answer(p, rules, step).normal(answer, ""));
        }
        if (answers.isEmpty()) return;
        if (comparing) judge(step, name, api, version, answers);
        else System.out.println(name + "\n    " + api + " v" + version + " " + answers.get(0));
    }

    /** Null for a step that has no answer to look at (yet). */
    private ObjectNode answer(JsonNode step, ApiKeys api, short version, Peer p) throws Exception {
        String link = substitute(step.path("on").asText("main"), p).asText();
        long end = System.currentTimeMillis() + step.path("withinMs").asLong(10000);
        while (true) {
            if (step.has("raw")) raw(step.get("raw"), link, api, version, p);
            else if (!step.path("receive").asBoolean(false)) {
                p.send(link, api, version, prepare(step.path("request"), p), step.path("clientId").asText("ask"));
            }
            if (step.path("later").asBoolean(false)) return null;
            ObjectNode answer = p.receive(link);
            if (holds(step.path("until"), new Answer(p, rules, step).normal(answer, ""), p)) return answer;
            if (System.currentTimeMillis() > end) return answer.put(NEVER_HELD, step.path("until").toString());
            Thread.sleep(50);
        }
    }

    private static void raw(JsonNode raw, String link, ApiKeys api, short version, Peer p) throws Exception {
        p.sendRaw(link, api, (short) raw.path("key").asInt(api.id), (short) raw.path("version").asInt(version),
                (short) raw.path("headerVersion").asInt(1), raw.path("hex").asText(""));
    }

    /** Pointers into the normal form, in which an array of structures is an object by what tells them apart. */
    private static boolean holds(JsonNode until, JsonNode answer, Peer p) {
        for (var e : until.properties()) {
            JsonNode found = answer.at(e.getKey()); // what was saved has its name in the normal form
            if (found.isMissingNode()) found = answer.at(substitute(e.getKey(), p).asText());
            if (!found.asText("missing").equals(substitute(e.getValue().asText(), p).asText())) return false;
        }
        return true;
    }

    private void judge(JsonNode step, String name, ApiKeys api, short version, List<JsonNode> answers) {
        List<Answer.Difference> differences = new ArrayList<>();
        Answer.compare(answers.get(0), answers.get(1), "", rules.fields(Rules.Kind.WORDS, step), differences);
        differences.removeIf(d -> expected.covers(scenario, name, version, d));
        if (answers.stream().allMatch(a -> a.has(NEVER_HELD))) {
            differences.add(new Answer.Difference("/" + NEVER_HELD, answers.get(0).get(NEVER_HELD), answers.get(1).get(NEVER_HELD)));
        }
        if (differences.isEmpty()) {
            passed++;
            return;
        }
        failed++;
        System.out.println(scenario + ": " + name + " (" + api + " v" + version + ")");
        for (Answer.Difference d : differences) {
            System.out.println("    " + d.pointer() + ": Apache " + shown(d.pointer(), d.first()) + ", Barnabas " + shown(d.pointer(), d.second()));
        }
    }

    private static String shown(String pointer, JsonNode n) {
        if (n.isMissingNode()) return "nothing";
        if (pointer.endsWith("/errorCode")) return n + " " + Errors.forCode((short) n.asInt());
        return n.toString();
    }

    /** Puts saved values, times, texts and batches in their places. */
    private static JsonNode prepare(JsonNode n, Peer p) throws Exception {
        if (n.isTextual() && n.asText().contains("${")) return substitute(n.asText(), p);
        if (n.has("$now")) return new LongNode(NOW + n.get("$now").asLong());
        if (n.has("$text")) return new BinaryNode(prepare(n.get("$text"), p).asText().getBytes(StandardCharsets.UTF_8));
        if (n.has("$hex")) return new BinaryNode(HexFormat.of().parseHex(n.get("$hex").asText()));
        if (n.has("$long")) return new TextNode("x".repeat(n.get("$long").asInt()));
        if (n.isObject()) {
            ObjectNode out = JsonNodeFactory.instance.objectNode();
            for (var e : n.properties()) out.set(e.getKey(), prepare(e.getValue(), p));
            return out.has("$records") || out.has("$batches") ? new BinaryNode(Batches.encode(out, NOW)) : out;
        }
        if (!n.isArray()) return n;
        ArrayNode out = JsonNodeFactory.instance.arrayNode();
        for (JsonNode e : n) out.add(prepare(e, p));
        return out;
    }

    private static JsonNode substitute(String text, Peer p) {
        for (var e : p.saved.entrySet()) {
            String place = "${" + e.getKey() + "}";
            if (text.equals(place)) return e.getValue();
            text = text.replace(place, e.getValue().asText());
        }
        if (text.contains("${")) throw new IllegalArgumentException("nothing saved for " + text + " among " + p.saved.keySet());
        return new TextNode(text);
    }
}
