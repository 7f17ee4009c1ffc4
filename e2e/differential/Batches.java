import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Record batches as scenarios write them ({@code $records}, {@code $batches}) and as answers hold them. */
final class Batches {
    /** Position and width of each field of a batch's header. */
    private static final Map<String, int[]> FIELDS = Map.ofEntries(
            Map.entry("baseOffset", new int[] {0, 8}), Map.entry("batchLength", new int[] {8, 4}),
            Map.entry("partitionLeaderEpoch", new int[] {12, 4}), Map.entry("magic", new int[] {16, 1}),
            Map.entry("crc", new int[] {17, 4}), Map.entry("attributes", new int[] {21, 2}),
            Map.entry("lastOffsetDelta", new int[] {23, 4}), Map.entry("baseTimestamp", new int[] {27, 8}),
            Map.entry("maxTimestamp", new int[] {35, 8}), Map.entry("producerId", new int[] {43, 8}),
            Map.entry("producerEpoch", new int[] {51, 2}), Map.entry("baseSequence", new int[] {53, 4}),
            Map.entry("recordCount", new int[] {57, 4}));
    private static final int CHECKED_FROM = 21;

    /** One batch, or several encoded ones one after the other; {@code now} is the moment of the run. */
    static byte[] encode(JsonNode described, long now) throws IOException {
        if (!described.has("$batches")) return batch(described, now);
        byte[] all = new byte[0];
        for (JsonNode one : described.get("$batches")) {
            byte[] next = one.binaryValue();
            int at = all.length;
            all = Arrays.copyOf(all, at + next.length);
            System.arraycopy(next, 0, all, at, next.length);
        }
        return all;
    }

    private static byte[] batch(JsonNode n, long now) {
        List<SimpleRecord> records = new ArrayList<>();
        for (JsonNode r : n.get("$records")) {
            for (int i = 0; i < r.path("times").asInt(1); i++) records.add(record(r, now));
        }
        MemoryRecords encoded = MemoryRecords.withRecords((byte) n.path("$magic").asInt(RecordBatch.MAGIC_VALUE_V2), 0L,
                Compression.of(CompressionType.forName(n.path("codec").asText("none"))).build(), TimestampType.CREATE_TIME,
                n.path("producerId").asLong(-1), (short) n.path("producerEpoch").asInt(-1), n.path("baseSequence").asInt(-1),
                n.path("leaderEpoch").asInt(-1), n.path("transactional").asBoolean(false),
                records.toArray(new SimpleRecord[0]));
        byte[] bytes = new byte[encoded.sizeInBytes()];
        encoded.buffer().duplicate().get(bytes);
        return damaged(bytes, n);
    }

    private static SimpleRecord record(JsonNode r, long now) {
        List<Header> headers = new ArrayList<>();
        for (var e : r.path("headers").properties()) headers.add(new RecordHeader(e.getKey(), bytes(e.getValue())));
        return new SimpleRecord(r.path("timestamp").asLong(now), bytes(r.get("key")), value(r), headers.toArray(new Header[0]));
    }

    private static byte[] value(JsonNode r) {
        if (!r.has("valueBytes")) return bytes(r.get("value"));
        byte[] filled = new byte[r.get("valueBytes").asInt()];
        Arrays.fill(filled, (byte) 'x');
        return filled;
    }

    /** "set": header fields overwritten, "setByte": any byte, and the CRC made good again unless it is one of them or "keepCrc" is set. */
    private static byte[] damaged(byte[] bytes, JsonNode n) {
        ByteBuffer batch = ByteBuffer.wrap(bytes);
        for (var e : n.path("set").properties()) {
            int[] field = FIELDS.get(e.getKey());
            if (field == null) throw new IllegalArgumentException("no field " + e.getKey() + " in a batch");
            for (int i = 0; i < field[1]; i++) {
                batch.put(field[0] + i, (byte) (e.getValue().asLong() >>> (8 * (field[1] - 1 - i))));
            }
        }
        if (n.has("setByte")) bytes[n.at("/setByte/at").asInt()] = (byte) n.at("/setByte/value").asInt();
        boolean changed = n.has("set") || n.has("setByte");
        if (changed && !n.path("set").has("crc") && !n.path("keepCrc").asBoolean(false)) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM);
            batch.putInt(17, (int) crc.getValue());
        }
        if (n.has("flipByte")) bytes[n.get("flipByte").asInt()] ^= 1;
        return n.has("cutTo") ? Arrays.copyOf(bytes, n.get("cutTo").asInt()) : bytes;
    }

    /** What an answer's records field holds, field by field. */
    static JsonNode decode(byte[] raw) {
        ArrayNode out = JsonNodeFactory.instance.arrayNode();
        for (MutableRecordBatch b : MemoryRecords.readableRecords(ByteBuffer.wrap(raw)).batches()) {
            ObjectNode o = out.addObject();
            o.put("baseOffset", b.baseOffset()).put("lastOffset", b.lastOffset()).put("magic", b.magic());
            o.put("codec", b.compressionType().name).put("control", b.isControlBatch()).put("transactional", b.isTransactional());
            o.put("timestampType", b.timestampType().name).put("maxTimestamp", b.maxTimestamp()).put("valid", b.isValid());
            o.put("producerId", b.producerId()).put("producerEpoch", b.producerEpoch()).put("baseSequence", b.baseSequence());
            o.put("partitionLeaderEpoch", b.partitionLeaderEpoch());
            ArrayNode records = o.putArray("records");
            for (Record r : b) {
                ObjectNode q = records.addObject();
                q.put("offset", r.offset()).put("timestamp", r.timestamp()).put("key", text(r.key())).put("value", text(r.value()));
                for (Header h : r.headers()) {
                    q.withArray("headers").add(h.key() + "=" + (h.value() == null ? null : new String(h.value(), StandardCharsets.UTF_8)));
                }
            }
        }
        return out;
    }

    private static byte[] bytes(JsonNode n) {
        return n == null || n.isNull() ? null : n.asText().getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer b) {
        if (b == null) return null;
        String all = StandardCharsets.UTF_8.decode(b.duplicate()).toString();
        return all.length() <= 200 ? all : all.substring(0, 20) + "... " + all.length() + " characters";
    }
}
