import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.SaslClient;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramSaslClient;

/** Authenticates a new connection as a user, or by a delegation token; the messages of the mechanism go without headers (before KIP-152). */
final class Login {
    private final Socket socket;

    private Login(Socket socket) {
        this.socket = socket;
    }

    /** WHO is User:NAME, whose password is NAME-secret, or Token:ID:HMAC. A refusal shows as a closed connection. */
    static void authenticate(Socket socket, String who) throws Exception {
        String[] parts = who.split(":", 3);
        Login login = new Login(socket);
        if (parts[0].equals("User")) login.plain(parts[1]);
        else login.byToken(parts[1], parts[2]);
    }

    private void plain(String user) throws Exception {
        handshake("PLAIN");
        exchange(("\0" + user + "\0" + user + "-secret").getBytes(StandardCharsets.UTF_8));
    }

    private void byToken(String id, String hmac) throws Exception {
        handshake("SCRAM-SHA-256");
        SaslClient client = new ScramSaslClient(ScramMechanism.SCRAM_SHA_256, callbacks -> {
            for (Callback each : callbacks) {
                if (each instanceof NameCallback name) name.setName(id);
                else if (each instanceof PasswordCallback password) password.setPassword(hmac.toCharArray());
                else if (each instanceof ScramExtensionsCallback extensions) extensions.extensions(Map.of("tokenauth", "true"));
            }
        });
        byte[] challenge = exchange(client.evaluateChallenge(new byte[0]));
        client.evaluateChallenge(exchange(client.evaluateChallenge(challenge)));
    }

    private void handshake(String mechanism) throws Exception {
        ByteBuffer header = MessageUtil.toByteBufferAccessor(new RequestHeaderData().setRequestApiKey(ApiKeys.SASL_HANDSHAKE.id)
                .setRequestApiVersion((short) 0).setClientId("ask").setCorrelationId(0), (short) 1).buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(new SaslHandshakeRequestData().setMechanism(mechanism), (short) 0).buffer();
        exchange(ByteBuffer.allocate(header.remaining() + body.remaining()).put(header).put(body).array());
    }

    private byte[] exchange(byte[] frame) throws Exception {
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.write(ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array());
        out.flush();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] reply = new byte[in.readInt()];
        in.readFully(reply);
        return reply;
    }
}
