import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * A broker that has answered that it made partitions may not lead them yet: Apache Kafka's applies what its controller
 * wrote a little later. Steps that use them would have answers by chance, so each waits for that first.
 */
final class Leadership {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LINK = "leadership";
    private static final int WITHIN_MS = 10000;
    /** UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER */
    private static final Set<Integer> NOT_YET = Set.of(3, 5, 6);

    private Leadership() {}

    /** Returns when the broker leads all partitions that this answer says were made, refuses to say, or had 10 s. */
    static void await(Peer p, ApiKeys api, JsonNode request, JsonNode answer) throws Exception {
        if (request.path("validateOnly").asBoolean(false)) return;
        if (api == ApiKeys.CREATE_TOPICS) {
            for (JsonNode t : answer.path("topics")) if (t.path("errorCode").asInt() == 0) await(p, t.path("name").asText(), 1);
        } else if (api == ApiKeys.CREATE_PARTITIONS) {
            for (JsonNode t : answer.path("results")) {
                if (t.path("errorCode").asInt() == 0) await(p, t.path("name").asText(), count(request, t.path("name").asText()));
            }
        }
    }

    private static int count(JsonNode request, String topic) {
        for (JsonNode t : request.path("topics")) if (t.path("name").asText().equals(topic)) return t.path("count").asInt();
        return 1;
    }

    private static void await(Peer p, String topic, int partitions) throws Exception {
        long end = System.currentTimeMillis() + WITHIN_MS;
        while (!leads(p, topic, partitions) && System.currentTimeMillis() < end) Thread.sleep(5);
    }

    private static boolean leads(Peer p, String topic, int partitions) throws Exception {
        ObjectNode wanted = JSON.createObjectNode().put("allowAutoTopicCreation", false);
        wanted.putArray("topics").addObject().put("name", topic);
        JsonNode known = ask(p, ApiKeys.METADATA, 9, wanted).at("/topics/0");
        if (known.path("errorCode").asInt(3) != 0) return !NOT_YET.contains(known.path("errorCode").asInt(3));
        if (known.path("partitions").size() < partitions) return false;

        ObjectNode ends = JSON.createObjectNode().put("replicaId", -1);
        var listed = ends.putArray("topics").addObject().put("name", topic).putArray("partitions");
        for (JsonNode partition : known.path("partitions")) {
            listed.addObject().put("partitionIndex", partition.path("partitionIndex").asInt()).put("timestamp", -1);
        }
        for (JsonNode partition : ask(p, ApiKeys.LIST_OFFSETS, 7, ends).at("/topics/0/partitions")) {
            if (NOT_YET.contains(partition.path("errorCode").asInt())) return false;
        }
        return true;
    }

    private static JsonNode ask(Peer p, ApiKeys api, int version, JsonNode request) throws Exception {
        p.send(LINK, api, (short) version, request, LINK);
        return p.receive(LINK);
    }
}
