import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Requests and answers between JSON and Apache's message classes. */
final class Messages {
    /**
     * A request in one version from JSON that may hold the fields of every version: those that this version lacks are left
     * out, those that are missing have their defaults.
     */
    static ApiMessage request(ApiKeys api, short version, JsonNode body) throws Exception {
        ApiMessage empty = (ApiMessage) Class.forName("org.apache.kafka.common.message." + api.messageType.name + "RequestData")
                .getConstructor().newInstance();
        Class<?> converter = converter(api, "Request");
        JsonNode complete = complete(body, empty, converter, converter, version, api.messageType.requestSchemas()[version], api + " v" + version);
        try {
            return (ApiMessage) converter.getMethod("read", JsonNode.class, short.class).invoke(null, complete, version);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(api + " v" + version + ": " + e.getCause().getMessage());
        }
    }

    static ObjectNode response(ApiKeys api, short version, ApiMessage response) throws Exception {
        ObjectNode json = (ObjectNode) converter(api, "Response").getMethod("write", response.getClass(), short.class, boolean.class)
                .invoke(null, response, version, true);
        if (response instanceof FetchResponseData fetched) addRecords(fetched, json);
        return json;
    }

    /** The converter leaves records out. */
    private static void addRecords(FetchResponseData fetched, ObjectNode json) {
        for (int t = 0; t < fetched.responses().size(); t++) {
            var partitions = fetched.responses().get(t).partitions();
            for (int p = 0; p < partitions.size(); p++) {
                ObjectNode partition = (ObjectNode) json.at("/responses/" + t + "/partitions/" + p);
                if (!(partitions.get(p).records() instanceof MemoryRecords records)) {
                    partition.putNull("records");
                    continue;
                }
                byte[] bytes = new byte[records.sizeInBytes()];
                records.buffer().duplicate().get(bytes);
                partition.set("records", new BinaryNode(bytes));
            }
        }
    }

    private static Class<?> converter(ApiKeys api, String kind) throws ClassNotFoundException {
        return Class.forName("org.apache.kafka.common.message." + api.messageType.name + kind + "DataJsonConverter");
    }

    private static JsonNode complete(JsonNode given, Object empty, Class<?> converter, Class<?> outer, short version, Schema schema,
            String where) throws Exception {
        Set<String> valid = new TreeSet<>();
        for (BoundField f : schema.fields()) {
            if (f.def.type instanceof TaggedFields tagged) tagged.fields().values().forEach(t -> valid.add(camel(t.name)));
            else valid.add(camel(f.def.name));
        }
        JsonNode defaults = (JsonNode) converter.getMethod("write", empty.getClass(), short.class).invoke(null, empty, version);
        ObjectNode out = ((ObjectNode) defaults).deepCopy();
        for (var e : given.properties()) {
            Method getter = getter(empty.getClass(), e.getKey(), where);
            if (!valid.contains(e.getKey())) continue;
            out.set(e.getKey(), element(e.getValue(), getter, outer, version, field(schema, e.getKey()), where));
        }
        return out;
    }

    /** Structures within a field are completed too. */
    private static JsonNode element(JsonNode value, Method getter, Class<?> outer, short version, Field field, String where) throws Exception {
        Class<?> inner = getter.getReturnType();
        if (getter.getGenericReturnType() instanceof ParameterizedType list && list.getActualTypeArguments()[0] instanceof Class<?> c) inner = c;
        else if (java.util.Collection.class.isAssignableFrom(inner)) inner = elementOfCollection(inner);
        if (inner.getEnclosingClass() == null || !isStructure(inner)) return value;
        Class<?> converter = Class.forName(outer.getName() + "$" + inner.getSimpleName() + "JsonConverter");
        Schema schema = schemaOf(field.type);
        if (value.isObject()) return complete(value, inner.getConstructor().newInstance(), converter, outer, version, schema, where);
        if (!value.isArray()) return value;
        ArrayNode out = JsonNodeFactory.instance.arrayNode();
        for (JsonNode v : value) out.add(complete(v, inner.getConstructor().newInstance(), converter, outer, version, schema, where));
        return out;
    }

    private static boolean isStructure(Class<?> c) {
        return org.apache.kafka.common.protocol.Message.class.isAssignableFrom(c);
    }

    private static Class<?> elementOfCollection(Class<?> collection) {
        var parent = (ParameterizedType) collection.getGenericSuperclass();
        return (Class<?>) parent.getActualTypeArguments()[0];
    }

    private static Method getter(Class<?> c, String name, String where) {
        try {
            return c.getMethod(name);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(where + ": " + c.getSimpleName() + " has no field " + name + ", it has " + fieldNames(c));
        }
    }

    private static List<String> fieldNames(Class<?> c) {
        List<String> names = new ArrayList<>();
        for (var f : c.getDeclaredFields()) if (!java.lang.reflect.Modifier.isStatic(f.getModifiers())) names.add(f.getName());
        return names;
    }

    private static Field field(Schema schema, String name) {
        for (BoundField f : schema.fields()) {
            if (f.def.type instanceof TaggedFields tagged) {
                for (Field t : tagged.fields().values()) if (camel(t.name).equals(name)) return t;
            } else if (camel(f.def.name).equals(name)) {
                return f.def;
            }
        }
        throw new IllegalArgumentException("no schema for " + name);
    }

    private static Schema schemaOf(Type type) {
        if (type instanceof Schema s) return s;
        if (type.arrayElementType().isPresent()) return schemaOf(type.arrayElementType().get());
        throw new IllegalArgumentException("no structure in " + type);
    }

    private static String camel(String snake) {
        StringBuilder out = new StringBuilder();
        for (String word : snake.split("_")) out.append(out.isEmpty() ? word : word.substring(0, 1).toUpperCase() + word.substring(1));
        return out.toString();
    }
}
