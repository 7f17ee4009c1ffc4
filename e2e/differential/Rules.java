import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How fields compare that two brokers cannot have equal: rules.yaml, and a step's own "ignore", "opaque" and "words". */
final class Rules {
    enum Kind {
        /** The whole field is left out. */
        IGNORE,
        /** Only whether it is there: null, empty, zero and -1 stay as they are, everything else is "some". */
        OPAQUE,
        /** A timestamp: null, zero and -1 stay as they are, others compare to ten minutes, from the start of the run. */
        MOMENT,
        /** A text for people: where Apache has one, so must we. */
        WORDS,
        /** As it is, whatever another rule says, but for a step's own. */
        EXACT
    }

    private record Rule(String api, String field, Kind kind) {}

    private final List<Rule> rules = new ArrayList<>();

    Rules(JsonNode file) {
        for (JsonNode r : file) {
            if (r.path("why").asText().isEmpty()) throw new IllegalArgumentException("a rule without a reason: " + r);
            rules.add(new Rule(r.path("api").asText(""), r.get("field").asText(), Kind.valueOf(r.get("rule").asText().toUpperCase())));
        }
    }

    /** The fields of one kind that hold in a step. */
    Set<String> fields(Kind kind, JsonNode step) {
        Set<String> out = new HashSet<>();
        String api = step.path("api").asText();
        for (Rule r : rules) if (r.kind == kind && (r.api.isEmpty() || r.api.equals(api))) out.add(r.field);
        if (kind != Kind.EXACT) out.removeAll(fields(Kind.EXACT, step));
        for (JsonNode own : step.path(kind.name().toLowerCase())) out.add(own.asText());
        return out;
    }
}
