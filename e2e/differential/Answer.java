import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Answers brought into a form in which two brokers' can be equal, and where two of them differ. */
final class Answer {
    record Difference(String pointer, JsonNode first, JsonNode second) {}

    /** What tells the structures of an array apart; such an array compares as a set. */
    private static final List<String> IDENTITY = List.of("apiKey", "name", "user", "mechanism", "topicName", "topic", "partitionIndex", "partition", "index",
            "partitionId", "resourceType", "resourceName", "groupId", "key", "brokerId", "nodeId", "replicaId", "memberId", "producerId",
            "logDir", "host", "patternType", "principal", "operation", "permissionType", "batchIndex", "tokenId", "entityType",
            "entityName");

    private final Peer peer;
    private final Set<String> ignored;
    private final Set<String> opaque;
    private final Set<String> moments;

    Answer(Peer peer, Rules rules, JsonNode step) {
        this.peer = peer;
        ignored = rules.fields(Rules.Kind.IGNORE, step);
        opaque = rules.fields(Rules.Kind.OPAQUE, step);
        moments = rules.fields(Rules.Kind.MOMENT, step);
    }

    JsonNode normal(JsonNode n, String field) throws IOException {
        if (field.equals("records") && n.isBinary()) return records(n.binaryValue());
        if (n.isObject()) return structure(n);
        if (n.isArray()) return array(n, field);
        for (var e : peer.saved.entrySet()) {
            if (e.getValue().equals(n) && (n.asText().length() > 12 || e.getKey().toLowerCase().endsWith(field.toLowerCase()))) {
                return new TextNode("${" + e.getKey() + "}");
            }
        }
        if (opaque.contains(field)) return isNothing(n) ? n : new TextNode("some");
        if (moments.contains(field)) return isNothing(n) ? n : new TextNode(Math.round((n.asLong() - Ask.NOW) / 600e3) + " x 10 min");
        if (n.isBinary()) return new TextNode(printable(n.binaryValue()));
        if (field.equals("port") && (n.asInt() == peer.port || n.asInt() == peer.saslPort)) return new TextNode("${port}");
        if (field.equals("port") && n.asInt() == peer.controllerPort) return new TextNode("${controllerPort}");
        return n.isTextual() ? new TextNode(anonymous(n.asText())) : n;
    }

    private ObjectNode structure(JsonNode n) throws IOException {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        Map<String, JsonNode> sorted = new TreeMap<>();
        for (var e : n.properties()) if (!ignored.contains(e.getKey())) sorted.put(e.getKey(), normal(e.getValue(), e.getKey()));
        return out.setAll(sorted);
    }

    /** An array of structures becomes an object by what tells them apart. */
    private JsonNode array(JsonNode n, String field) throws IOException {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (JsonNode e : n) list.add(normal(e, field));
        if (list.isEmpty() || !list.get(0).isObject()) return list;
        Map<String, JsonNode> byLabel = new TreeMap<>();
        for (JsonNode e : list) {
            String label = label(e), unique = label;
            if (byLabel.containsKey(label) && merged((ObjectNode) byLabel.get(label), e)) continue;
            for (int i = 2; byLabel.containsKey(unique); i++) unique = label + "#" + i;
            byLabel.put(unique, e);
        }
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        return out.setAll(byLabel);
    }

    /** A topic of which the partitions stand in two places says the same as one: its partitions are added to the first. */
    private static boolean merged(ObjectNode first, JsonNode second) {
        if (!first.has("partitions") && !first.has("partitionResponses")) return false;
        String parts = first.has("partitions") ? "partitions" : "partitionResponses";
        if (!first.get(parts).isObject() || !second.path(parts).isObject()) return false;
        ObjectNode rest = ((ObjectNode) second).deepCopy(), own = first.deepCopy();
        rest.remove(parts);
        own.remove(parts);
        if (!rest.equals(own)) return false;
        for (var e : second.get(parts).properties()) if (first.get(parts).has(e.getKey())) return false;
        ((ObjectNode) first.get(parts)).setAll((ObjectNode) second.get(parts));
        return true;
    }

    private static String label(JsonNode structure) {
        List<String> parts = new ArrayList<>();
        for (String field : IDENTITY) {
            JsonNode value = structure.path(field);
            if (value.isValueNode() && !value.isNull() && !value.asText().isEmpty()) parts.add(value.asText());
        }
        if (structure.path("entity").isObject()) structure.get("entity").fieldNames().forEachRemaining(parts::add);
        if (parts.isEmpty() && structure.has("topicId")) parts.add(structure.get("topicId").asText());
        return String.join(" ", parts).replace('/', '|');
    }

    private JsonNode records(byte[] raw) throws IOException {
        JsonNode decoded;
        try {
            decoded = Batches.decode(raw);
        } catch (RuntimeException e) {
            return new TextNode("undecodable records: " + e.getMessage());
        }
        ArrayNode out = JsonNodeFactory.instance.arrayNode();
        for (JsonNode batch : decoded) {
            ObjectNode b = structure(batch);
            ArrayNode each = b.putArray("records");
            for (JsonNode record : batch.get("records")) each.add(structure(record));
            out.add(b);
        }
        return out;
    }

    private String anonymous(String text) {
        if (peer.directory != null) text = text.replace(peer.directory, "${directory}");
        return text.replaceAll(":" + peer.port + "\\b", ":\\${port}")
                .replaceAll(":" + peer.controllerPort + "\\b", ":\\${controllerPort}")
                .replaceAll(":" + peer.saslPort + "\\b", ":\\${saslPort}");
    }

    private static boolean isNothing(JsonNode n) {
        return n.isNull() || n.asText().isEmpty() || n.asText().equals("0") || n.asText().equals("-1") || n.asText().equals("AAAAAAAAAAAAAAAAAAAAAA");
    }

    private static String printable(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        for (byte b : bytes) out.append(b >= 32 && b < 127 ? String.valueOf((char) b) : String.format("\\x%02x", b));
        return new String(out.toString().getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
    }

    static void compare(JsonNode first, JsonNode second, String pointer, Set<String> words, List<Difference> out) {
        String field = pointer.substring(pointer.lastIndexOf('/') + 1);
        if (first.isObject() && second.isObject()) {
            Set<String> names = new TreeSet<>();
            first.fieldNames().forEachRemaining(names::add);
            second.fieldNames().forEachRemaining(names::add);
            for (String name : names) compare(first.path(name), second.path(name), pointer + "/" + name, words, out);
        } else if (first.isArray() && second.isArray()) {
            for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
                compare(first.path(i), second.path(i), pointer + "/" + i, words, out);
            }
        } else if (words.contains(field)) {
            if (!isNothing(first) && isNothing(second)) out.add(new Difference(pointer, first, second));
        } else if (!first.equals(second) && !bothMissing(first, second)) {
            out.add(new Difference(pointer.isEmpty() ? "/" : pointer, first, second));
        }
    }

    private static boolean bothMissing(JsonNode a, JsonNode b) {
        return a instanceof MissingNode && b instanceof MissingNode;
    }
}
