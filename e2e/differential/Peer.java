import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/** One broker: its connections by name, and what its answers were asked to save. */
final class Peer {
    private static final int ANSWER_WITHIN_MS = 20000;

    private record Pending(ApiKeys api, short version) {}

    private static final class Link {
        final Socket socket;
        Pending pending;

        Link(Socket socket) {
            this.socket = socket;
        }
    }

    final String host;
    final int port;
    final int controllerPort;
    final int saslPort;
    final String directory;
    final Map<String, JsonNode> saved = new LinkedHashMap<>();
    private final Map<String, Link> links = new HashMap<>();
    private int correlation;

    /** Written as HOST:PORT/CONTROLLER_PORT/SASL_PORT=DIRECTORY; the further ports and the directory of the data may be missing. */
    Peer(String described) {
        int eq = described.indexOf('=');
        String address = eq < 0 ? described : described.substring(0, eq);
        int colon = address.lastIndexOf(':');
        host = address.substring(0, colon);
        String[] ports = address.substring(colon + 1).split("/");
        port = Integer.parseInt(ports[0]);
        controllerPort = ports.length > 1 ? Integer.parseInt(ports[1]) : -1;
        saslPort = ports.length > 2 ? Integer.parseInt(ports[2]) : -1;
        directory = eq < 0 ? null : described.substring(eq + 1);
    }

    void forget() throws IOException {
        for (Link l : links.values()) l.socket.close();
        links.clear();
        saved.clear();
    }

    void send(String link, ApiKeys api, short version, JsonNode body, String clientId) throws Exception {
        ApiMessage request = Messages.request(api, version, body);
        write(link, new Pending(api, version), header(api, version, api.requestHeaderVersion(version), clientId),
                MessageUtil.toByteBufferAccessor(request, version).buffer());
    }

    /** A request of which the version, or the body, is none that the codec knows: the body as hex digits. */
    void sendRaw(String link, ApiKeys api, short key, short version, short headerVersion, String hex) throws Exception {
        RequestHeaderData header = new RequestHeaderData().setRequestApiKey(key).setRequestApiVersion(version)
                .setClientId("ask").setCorrelationId(++correlation);
        write(link, new Pending(api, version), MessageUtil.toByteBufferAccessor(header, headerVersion).buffer(),
                ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }

    ObjectNode receive(String link) throws Exception {
        Link l = links.get(link);
        if (l == null) return JsonNodeFactory.instance.objectNode().put("connection", "closed before");
        try {
            DataInputStream in = new DataInputStream(l.socket.getInputStream());
            byte[] reply = new byte[in.readInt()];
            in.readFully(reply);
            return decode(l.pending, ByteBuffer.wrap(reply));
        } catch (SocketTimeoutException e) {
            return broken(link, "no answer in " + ANSWER_WITHIN_MS / 1000 + " s");
        } catch (IOException e) {
            return broken(link, "closed by the broker");
        }
    }

    private static ObjectNode decode(Pending asked, ByteBuffer reply) throws Exception {
        try {
            return decode(asked.api, asked.version, reply.duplicate());
        } catch (RuntimeException e) {
            // ApiVersions in a version that the broker does not know is answered in version 0.
            if (asked.api == ApiKeys.API_VERSIONS) return decode(asked.api, (short) 0, reply.duplicate());
            return JsonNodeFactory.instance.objectNode().put("undecodable", e.getMessage());
        }
    }

    private static ObjectNode decode(ApiKeys api, short version, ByteBuffer reply) throws Exception {
        if (version > api.latestVersion()) throw new IllegalArgumentException("unknown version");
        ByteBufferAccessor bytes = new ByteBufferAccessor(reply);
        new ResponseHeaderData(bytes, api.responseHeaderVersion(version));
        ApiMessage response = api.messageType.newResponse();
        response.read(bytes, version);
        ObjectNode json = Messages.response(api, version, response);
        if (bytes.remaining() != 0) json.put("bytesLeftOver", bytes.remaining());
        return json;
    }

    private ObjectNode broken(String link, String how) throws IOException {
        links.remove(link).socket.close();
        return JsonNodeFactory.instance.objectNode().put("connection", how);
    }

    private ByteBuffer header(ApiKeys api, short version, short headerVersion, String clientId) {
        return MessageUtil.toByteBufferAccessor(new RequestHeaderData().setRequestApiKey(api.id).setRequestApiVersion(version)
                .setClientId(clientId).setCorrelationId(++correlation), headerVersion).buffer();
    }

    /** A link that is called by an address of this machine comes from there; one by a user or a token is theirs. */
    private Socket connect(String link) throws Exception {
        if (link.startsWith("User:") || link.startsWith("Token:")) {
            Socket socket = new Socket(host, saslPort);
            socket.setSoTimeout(ANSWER_WITHIN_MS);
            Login.authenticate(socket, link);
            return socket;
        }
        if (!link.matches("127(\\.\\d+){3}")) return new Socket(host, port);
        return new Socket(InetAddress.getByName(host), port, InetAddress.getByName(link), 0);
    }

    private void write(String link, Pending pending, ByteBuffer header, ByteBuffer body) throws Exception {
        Link l = links.get(link);
        if (l == null) {
            try {
                l = new Link(connect(link));
            } catch (IOException e) {
                return; // The answer says so.
            }
            l.socket.setSoTimeout(ANSWER_WITHIN_MS);
            l.socket.setTcpNoDelay(true);
            links.put(link, l);
        }
        l.pending = pending;
        ByteBuffer frame = ByteBuffer.allocate(4 + header.remaining() + body.remaining());
        frame.putInt(header.remaining() + body.remaining()).put(header).put(body);
        try {
            DataOutputStream out = new DataOutputStream(l.socket.getOutputStream());
            out.write(frame.array());
            out.flush();
        } catch (IOException e) {
            // Closed meanwhile: the answer says so.
        }
    }
}
