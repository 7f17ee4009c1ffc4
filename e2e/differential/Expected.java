import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The differences that are meant, each with its reason; one that no longer occurs is an error too. */
final class Expected {
    private static final class Entry {
        JsonNode source;
        Pattern pointer;
        boolean used;
    }

    private final List<Entry> entries = new ArrayList<>();

    Expected(JsonNode file) {
        for (JsonNode source : file) {
            for (String key : List.of("scenario", "at", "reason")) {
                if (source.path(key).isMissingNode()) throw new IllegalArgumentException("an expected difference without " + key + ": " + source);
            }
            for (JsonNode at : source.get("at").isArray() ? source.get("at") : List.of(source.get("at"))) {
                Entry e = new Entry();
                e.source = source;
                e.pointer = glob(at.asText());
                entries.add(e);
            }
        }
    }

    /** Two stars stand for the rest of a pointer, one for a part of it. */
    private static Pattern glob(String text) {
        StringBuilder out = new StringBuilder();
        for (String part : text.split("(?<=\\*\\*)|(?=\\*\\*)")) {
            if (part.equals("**")) out.append(".*");
            else out.append(Pattern.quote(part).replace("*", "\\E[^/]*\\Q"));
        }
        return Pattern.compile(out.toString());
    }

    boolean covers(String scenario, String step, short version, Answer.Difference d) {
        boolean found = false;
        for (Entry e : entries) {
            if (!e.source.get("scenario").asText().equals(scenario)) continue;
            if (e.source.has("step") && !e.source.get("step").asText().equals(step)) continue;
            if (e.source.has("versions") && !holds(e.source.get("versions").asText(), version)) continue;
            if (e.source.has("apache") && !e.source.get("apache").asText().equals(d.first().asText())) continue;
            if (e.source.has("barnabas") && !e.source.get("barnabas").asText().equals(d.second().asText())) continue;
            if (!e.pointer.matcher(d.pointer()).matches()) continue;
            e.used = true;
            found = true;
        }
        return found;
    }

    private static boolean holds(String range, short version) {
        String[] ends = range.split("-");
        return version >= Integer.parseInt(ends[0]) && version <= Integer.parseInt(ends[ends.length - 1]);
    }

    List<String> unused(List<String> scenarios) {
        List<String> out = new ArrayList<>();
        for (Entry e : entries) {
            if (!e.used && !e.source.path("sometimes").asBoolean() && scenarios.contains(e.source.get("scenario").asText())) out.add("no longer occurs, at " + e.pointer + ": " + e.source);
        }
        return out;
    }
}
