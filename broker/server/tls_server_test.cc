#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>

#include <functional>
#include <thread>

#include "security/certificate_authority.h"
#include "server/loopback_client.h"
#include "server/server.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

/// Answers each request with who asked, and what.
class EchoOfPrincipal final : public RequestProcessor {
public:
    FileSlice slice;

    Task<Expected<Answer>> serve(Session& session, BytesView frame, Instant) override {
        Answer answer;
        const std::string text = session.principal + " " + std::string(as_text(frame));
        answer.frame = Payload{copy(as_bytes(LoopbackClient::framed(text))), {}};
        if (as_text(frame) == "file") {
            Bytes bytes = copy(as_bytes(LoopbackClient::framed("<>")));
            store_big_endian(bytes.data(), static_cast<std::uint32_t>(2 + slice.size));
            answer.frame = Payload{std::move(bytes), {{5, RecordBytes(slice)}}};
        }
        co_return answer;
    }
};

CertificateWish valid(const std::string& name) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return {
        .name = name,
        .hosts = {"localhost"},
        .server = true,
        .client = true,
        .not_before = now - 1h,
        .not_after = now + 1h
    };
}

/// Blocking TLS on a loopback connection.
class TlsLoopbackClient {
public:
    TlsLoopbackClient(std::uint16_t port, const TlsContext& context)
        : plain_(port), connection_(context.connect("localhost")) {
        SSL_set_fd(connection_.get(), plain_.socket());
        connected_ = SSL_connect(connection_.get()) == 1;
    }

    [[nodiscard]] bool connected() const { return connected_; }
    bool send(const std::string& bytes) {
        return SSL_write(connection_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
               static_cast<int>(bytes.size());
    }
    std::string receive(std::size_t size) {
        std::string got(size, '\0');
        std::size_t filled = 0;
        int step = 1;
        while (filled < size && step > 0) {
            step = SSL_read(connection_.get(), got.data() + filled, static_cast<int>(size - filled));
            filled += static_cast<std::size_t>(std::max(step, 0));
        }
        got.resize(filled);
        return got;
    }
    std::string receive_frame() {
        const std::string length = receive(4);
        return length.size() < 4
                   ? "nothing"
                   : receive(load_big_endian<std::uint32_t>(reinterpret_cast<const std::byte*>(length.data())));
    }

private:
    LoopbackClient plain_;
    SslPtr connection_;
    bool connected_ = false;
};

struct TlsServerTest : testing::Test {
    CertificateAuthority authority = CertificateAuthority::make(valid("ca")).value();
    LoopPool loops{2};
    Metrics metrics;
    EchoOfPrincipal processor;
    ServerOptions options;
    std::unique_ptr<Server> server;
    Config config;

    TlsServerTest() {
        const KeyEntry node = authority.issue(valid("node")).value();
        config.ssl_keystore_type = "PEM";
        config.ssl_keystore_key = Secret(to_pem(*node.key));
        config.ssl_keystore_certificate_chain = Secret(to_pem(*node.chain.front()));
        config.ssl_truststore_type = "PEM";
        config.ssl_truststore_certificates = Secret(to_pem(*authority.own().chain.front()));
        options.max_request_bytes = 2'000'000;
    }

    std::uint16_t start() {
        auto tls = TlsListener::open(ListenerConfig(config, "SSL"), SecurityProtocol::ssl);
        EXPECT_TRUE(tls) << tls.error().detail;
        options.listeners = {{"SSL", ListenerKind::broker, "127.0.0.1", 0, false, SecurityProtocol::ssl, *tls}};
        server = std::make_unique<Server>(options, loops, processor, metrics);
        EXPECT_TRUE(server->open());
        server->start();
        return server->port("SSL");
    }

    [[nodiscard]] std::shared_ptr<const TlsContext> client(const std::string& name = {}) const {
        TlsSettings settings;
        settings.trust_store = {.type = "PEM", .certificates = config.ssl_truststore_certificates->reveal()};
        if (!name.empty()) {
            const KeyEntry entry = authority.issue(valid(name)).value();
            settings.key_store = {
                .type = "PEM", .key = to_pem(*entry.key), .certificates = to_pem(*entry.chain.front())
            };
        }
        return TlsContext::client(settings, nullptr).value();
    }

    [[nodiscard]] bool counts(const std::string& series, const std::string& value) const {
        for (const auto end = system_clock().now() + 10s; system_clock().now() < end;) {
            if (metrics_text().find(series + " " + value) != std::string::npos) {
                return true;
            }
            std::this_thread::sleep_for(1ms);
        }
        return false;
    }
    [[nodiscard]] std::string metrics_text() const { return const_cast<Metrics&>(metrics).text(); }
};

TEST_F(TlsServerTest, ServesRequestsInTheirOrderAndOfAnySize) {
    TlsLoopbackClient client_side(start(), *client());
    ASSERT_TRUE(client_side.connected());
    std::string requests;
    for (int i = 0; i < 500; ++i) {
        requests += LoopbackClient::framed(std::to_string(i));
    }
    ASSERT_TRUE(client_side.send(requests));
    for (int i = 0; i < 500; ++i) {
        ASSERT_EQ(client_side.receive_frame(), "User:ANONYMOUS " + std::to_string(i));
    }
    const std::string large(1'500'000, 'a');
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(client_side.send(LoopbackClient::framed(large)));
        ASSERT_EQ(client_side.receive_frame(), "User:ANONYMOUS " + large);
    }
    EXPECT_TRUE(counts("barnabas_tls_handshakes_total{listener=\"SSL\"}", "1"));
}

TEST_F(TlsServerTest, SendsSlicesOfFilesEvenToWhoReadsLate) {
    std::FILE* file = std::tmpfile();
    const std::string content(5'000'000, 'f');
    std::fwrite(content.data(), 1, content.size(), file);
    std::fflush(file);
    processor.slice = {fileno(file), 0, content.size(), nullptr};
    TlsLoopbackClient client_side(start(), *client());
    ASSERT_TRUE(client_side.send(LoopbackClient::framed("file") + LoopbackClient::framed("file")));
    std::this_thread::sleep_for(50ms);  // the socket is full now
    EXPECT_EQ(client_side.receive_frame(), "<" + content + ">");
    EXPECT_EQ(client_side.receive_frame(), "<" + content + ">");
    std::fclose(file);
}

TEST_F(TlsServerTest, KnowsWhoShowsACertificate) {
    config.ssl_client_auth = "required";
    config.ssl_principal_mapping_rules = "RULE:^CN=(.*)$/$1/";
    const std::uint16_t port = start();
    TlsLoopbackClient alice(port, *client("alice"));
    ASSERT_TRUE(alice.send(LoopbackClient::framed("x")));
    EXPECT_EQ(alice.receive_frame(), "User:alice x");
    TlsLoopbackClient nobody(port, *client());
    nobody.send(LoopbackClient::framed("x"));
    EXPECT_EQ(nobody.receive_frame(), "nothing");
    EXPECT_TRUE(counts("barnabas_tls_failures_total{listener=\"SSL\",reason=\"no_certificate\"}", "1"));
}

TEST_F(TlsServerTest, RefusesWhatIsNoTls) {
    LoopbackClient plain(start());
    plain.send(LoopbackClient::framed("x"));
    while (!plain.receive(1).empty()) {
    }
    EXPECT_TRUE(counts("barnabas_tls_failures_total{listener=\"SSL\",reason=\"no_tls\"}", "1"));
}

TEST_F(TlsServerTest, GivesTheOldestHandshakeUpWhenOthersCome) {
    options.handshakes.most = 4;
    const std::uint16_t port = start();
    std::vector<std::unique_ptr<LoopbackClient>> stuck;
    for (int i = 0; i < 50; ++i) {
        stuck.push_back(std::make_unique<LoopbackClient>(port));
        stuck.back()->send("\x16\x03\x01");
    }
    EXPECT_TRUE(counts("barnabas_tls_failures_total{listener=\"SSL\",reason=\"crowded_out\"}", "46"));
    TlsLoopbackClient client_side(port, *client());
    ASSERT_TRUE(client_side.send(LoopbackClient::framed("x")));
    EXPECT_EQ(client_side.receive_frame(), "User:ANONYMOUS x");
    EXPECT_TRUE(stuck.front()->closed_by_server());
}

TEST_F(TlsServerTest, EndsHandshakesThatTakeTooLong) {
    options.handshakes.longest = 20ms;
    LoopbackClient stuck(start());
    stuck.send("\x16\x03\x01");
    EXPECT_TRUE(stuck.closed_by_server());
    EXPECT_TRUE(counts("barnabas_tls_failures_total{listener=\"SSL\",reason=\"timed_out\"}", "1"));
}

TEST_F(TlsServerTest, StopsInTheMiddleOfHandshakes) {
    const std::uint16_t port = start();
    LoopbackClient stuck(port);
    stuck.send("\x16\x03\x01");
    TlsLoopbackClient idle(port, *client());
    server->stop();
    EXPECT_TRUE(stuck.closed_by_server());
}

TEST_F(TlsServerTest, TakesANewCertificateOnlyIfItIsForTheSame) {
    const auto listener = TlsListener::open(ListenerConfig(config, "SSL"), SecurityProtocol::ssl).value();
    const auto first = listener->context();
    const auto change_to = [&](const CertificateWish& wish) {
        const KeyEntry entry = authority.issue(wish).value();
        config.ssl_keystore_key = Secret(to_pem(*entry.key));
        config.ssl_keystore_certificate_chain = Secret(to_pem(*entry.chain.front()));
        const auto checked = listener->check(ListenerConfig(config, "SSL"));
        listener->change(ListenerConfig(config, "SSL"));
        return checked ? std::string("taken") : checked.error().detail;
    };
    EXPECT_THAT(change_to(valid("other")), testing::HasSubstr("ssl.allow.dn.changes"));
    CertificateWish fewer = valid("node");
    fewer.hosts = {"elsewhere"};
    EXPECT_THAT(change_to(fewer), testing::HasSubstr("ssl.allow.san.changes"));
    EXPECT_EQ(listener->context(), first);
    CertificateWish more = valid("node");
    more.hosts = {"elsewhere", "localhost"};
    EXPECT_EQ(change_to(more), "taken");
    EXPECT_NE(listener->context(), first);
    config.ssl_allow_dn_changes = true;
    config.ssl_allow_san_changes = true;
    EXPECT_EQ(change_to(fewer), "taken");
    EXPECT_EQ(change_to(valid("other")), "taken");
}

}  // namespace
}  // namespace barnabas
