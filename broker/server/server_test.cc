#include "server/server.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <future>

#include "server/loopback_client.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string framed(std::string_view body) {
    return LoopbackClient::framed(body);
}

/// Serves words: "echo x" is answered with "x", and so on. Records what happens for the test to ask.
class WordProcessor final : public RequestProcessor {
public:
    std::atomic<int> waiting = 0;
    std::atomic<int> cut_short = 0;
    std::atomic<int> served = 0;
    std::chrono::milliseconds mute = 100ms;
    FileSlice slice;

    Task<Expected<Answer>> serve(Session& session, BytesView frame, Instant) override {
        ++served;
        const std::string_view text = as_text(frame);
        const std::string_view verb = text.substr(0, text.find(' '));
        const std::string_view rest = text.size() > verb.size() ? text.substr(verb.size() + 1) : std::string_view();
        Answer answer;
        if (verb == "refuse") {
            co_return fail(ErrorCode::invalid_request, std::string(rest));
        }
        if (verb == "wait") {
            ++waiting;
            if (!co_await Waiter::on(session.loop)->wait(Instant::max())) {
                ++cut_short;
            }
            --waiting;
        }
        if (verb == "mute") {
            answer.mute = mute;
        }
        if (verb != "silent" && rest != "silently") {
            answer.frame = verb == "file"
                               ? with_slices()
                               : payload(verb == "large" ? std::string(number(rest), 'x') : std::string(rest));
        }
        co_return answer;
    }

private:
    static std::size_t number(std::string_view text) {
        std::size_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }

    static Payload payload(const std::string& body) { return {copy(as_bytes(framed(body))), {}}; }

    /// "<" slice "|" shared bytes "|" slice ">"
    [[nodiscard]] Payload with_slices() const {
        const auto shared = std::make_shared<const Bytes>(copy(as_bytes("shared")));
        Payload payload;
        payload.bytes.resize(4);
        for (const char c : std::string_view("<||>")) {
            payload.bytes.push_back(static_cast<std::byte>(c));
        }
        payload.splices = {{5, RecordBytes(slice)}, {6, RecordBytes(shared)}, {7, RecordBytes(slice)}};
        store_big_endian(payload.bytes.data(), static_cast<std::uint32_t>(payload.size() - 4));
        return payload;
    }
};

struct ServerTest : testing::Test {
    LoopPool loops{2};
    Metrics metrics;
    WordProcessor processor;
    ServerOptions options;
    std::unique_ptr<Server> server;

    ServerTest() {
        options.listeners = {{"PLAINTEXT", ListenerKind::broker, "127.0.0.1", 0, false}};
        options.max_request_bytes = 1'000'000;
    }

    std::uint16_t start() {
        server = std::make_unique<Server>(options, loops, processor, metrics);
        const auto opened = server->open();
        EXPECT_TRUE(opened) << opened.error();
        server->start();
        return server->port("PLAINTEXT");
    }

    static bool eventually(const std::function<bool()>& condition) {
        const auto deadline = system_clock().now() + 10s;
        while (!condition()) {
            if (system_clock().now() > deadline) {
                return false;
            }
            std::this_thread::sleep_for(1ms);
        }
        return true;
    }

    std::string metrics_text(std::string_view name) {
        const std::string text = metrics.text();
        const auto at = text.find("\n" + std::string(name) + "{");
        return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    }
};

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
    LoopbackClient client(start());
    std::string requests;
    for (int i = 0; i < 500; ++i) {
        requests += framed("echo " + std::to_string(i));
    }
    ASSERT_TRUE(client.send(requests));
    for (int i = 0; i < 500; ++i) {
        ASSERT_EQ(client.receive_frame(), std::to_string(i));
    }
}

TEST_F(ServerTest, SendsAnswersThatPrecedeARequestThatWaits) {
    LoopbackClient client(start());
    client.send(framed("echo one") + framed("echo two") + framed("wait"));
    EXPECT_EQ(client.receive_frame(), "one");
    EXPECT_EQ(client.receive_frame(), "two");
    EXPECT_EQ(processor.cut_short, 0);
}

TEST_F(ServerTest, SendsAnswersThatPrecedeRequestsWithoutOne) {
    LoopbackClient client(start());
    client.send(framed("echo one") + framed("echo two") + framed("silent"));
    EXPECT_EQ(client.receive_frame(), "one");
    EXPECT_EQ(client.receive_frame(), "two");
}

TEST_F(ServerTest, SendsAnswersThatPrecedeARefusedRequest) {
    LoopbackClient client(start());
    client.send(framed("echo one") + framed("echo two") + framed("refuse it"));
    EXPECT_EQ(client.receive_frame(), "one");
    EXPECT_EQ(client.receive_frame(), "two");
    EXPECT_TRUE(client.closed_by_server());
}

TEST_F(ServerTest, PutsRequestsTogetherFromSingleBytes) {
    LoopbackClient client(start());
    for (const char byte : framed("echo one") + framed("echo two")) {
        ASSERT_TRUE(client.send({&byte, 1}));
        std::this_thread::sleep_for(100us);
    }
    EXPECT_EQ(client.receive_frame(), "one");
    EXPECT_EQ(client.receive_frame(), "two");
}

TEST_F(ServerTest, ReceivesAndSendsMegabytes) {
    LoopbackClient client(start());
    const std::string large(999'000, 'a');
    for (int i = 0; i < 3; ++i) {
        std::jthread sender([&] { client.send(framed("echo " + large)); });
        ASSERT_EQ(client.receive_frame(), large);
    }
}

TEST_F(ServerTest, SendsNothingForARequestWithoutResponse) {
    LoopbackClient client(start());
    client.send(framed("silent") + framed("echo after"));
    EXPECT_EQ(client.receive_frame(), "after");
}

TEST_F(ServerTest, ServesWhatWasSentBeforeTheClientHungUp) {
    const auto port = start();
    {
        LoopbackClient client(port);
        std::string requests;
        for (int i = 0; i < 100; ++i) {
            requests += framed("silent");
        }
        client.send(requests);
    }
    EXPECT_TRUE(eventually([&] { return processor.served == 100; }));
}

TEST_F(ServerTest, SendsSlicesOfFilesBetweenBytes) {
    std::FILE* file = std::tmpfile();
    const std::string content(300'000, 'f');
    std::fwrite(("0123456789" + content).data(), 1, 10 + content.size(), file);
    std::fflush(file);
    processor.slice = {fileno(file), 10, content.size(), nullptr};
    LoopbackClient client(start());
    client.send(framed("file") + framed("file") + framed("echo x"));
    EXPECT_EQ(client.receive_frame(), "<" + content + "|shared|" + content + ">");
    EXPECT_EQ(client.receive_frame(), "<" + content + "|shared|" + content + ">");
    EXPECT_EQ(client.receive_frame(), "x");
    processor.slice.size += 1;  // the file ends before
    client.send(framed("file"));
    client.receive(4 + 2 * content.size());
    EXPECT_TRUE(client.closed_by_server());
    std::fclose(file);
}

TEST_F(ServerTest, SendsASliceToAReaderThatTakesItInTurns) {
    std::FILE* file = std::tmpfile();
    std::string content(5'000'000, 'f');
    for (std::size_t i = 0; i < content.size(); i += 1000) {
        content.replace(i, 7, std::to_string(i).substr(0, 7).append(7, '.').substr(0, 7));
    }
    std::fwrite(content.data(), 1, content.size(), file);
    std::fflush(file);
    processor.slice = {fileno(file), 0, content.size(), nullptr};
    LoopbackClient client(start());
    client.send(framed("file") + framed("echo x"));
    EXPECT_EQ(client.receive_frame(), "<" + content + "|shared|" + content + ">");
    EXPECT_EQ(client.receive_frame(), "x");
    std::fclose(file);
}

TEST_F(ServerTest, ClosesOnlyTheConnectionThatSendsNoKafkaRequest) {
    const auto port = start();
    LoopbackClient good(port);
    for (const std::string_view bad :
         {std::string_view("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string_view("\x16\x03\x01\x02\x00\x01", 6),
          std::string_view("\x7f\xff\xff\xff"), std::string_view("\xff\xff\xff\xff"),
          std::string_view("garbage bytes")}) {
        LoopbackClient client(port);
        client.send(bad);
        EXPECT_TRUE(client.closed_by_server()) << bad;
    }
    good.send(framed("echo still here"));
    EXPECT_EQ(good.receive_frame(), "still here");
    EXPECT_EQ(
        metrics_text("barnabas_connections_failed_total"), "barnabas_connections_failed_total{listener=\"PLAINTEXT\"} 5"
    );
}

TEST_F(ServerTest, ClosesTheConnectionWhoseRequestIsRefused) {
    LoopbackClient client(start());
    client.send(framed("echo a") + framed("refuse bad version") + framed("echo b"));
    EXPECT_EQ(client.receive_frame(), "a");
    EXPECT_TRUE(client.closed_by_server());
}

TEST_F(ServerTest, CountsARequestThatEndsInItsMiddle) {
    const auto port = start();
    {
        LoopbackClient client(port);
        client.send(framed("echo whole").substr(0, 7));
    }
    EXPECT_TRUE(eventually([&] {
        return metrics_text("barnabas_connections_failed_total").ends_with(" 1") &&
               metrics_text("barnabas_connections").ends_with(" 0");
    }));
    EXPECT_EQ(processor.served, 0);
}

TEST_F(ServerTest, CutsAWaitingRequestShortWhenItsClientHangsUp) {
    const auto port = start();
    LoopbackClient client(port);
    client.send(framed("wait"));
    ASSERT_TRUE(eventually([&] { return processor.waiting == 1; }));
    client.close();
    EXPECT_TRUE(eventually([&] { return processor.cut_short == 1; }));
    EXPECT_TRUE(eventually([&] { return metrics_text("barnabas_connections").ends_with(" 0"); }));
}

TEST_F(ServerTest, CutsRequestsShortThatWereSentAheadOfTheHangUp) {
    const auto port = start();
    {
        LoopbackClient client(port);
        client.send(framed("wait silently") + framed("wait silently") + framed("wait silently"));
    }
    EXPECT_TRUE(eventually([&] { return processor.cut_short == 3; }));
}

TEST_F(ServerTest, ClosesConnectionsThatAreIdle) {
    options.max_idle = 100ms;
    LoopbackClient client(start());
    const auto begin = system_clock().now();
    for (int i = 0; i < 4; ++i) {
        std::this_thread::sleep_for(50ms);
        client.send(framed("echo x"));
        ASSERT_EQ(client.receive_frame(), "x");
    }
    EXPECT_TRUE(client.closed_by_server());
    EXPECT_GE(system_clock().now() - begin, 300ms);
    EXPECT_THAT(metrics_text("barnabas_connections_idle_closed_total"), HasSubstr("} 1"));
}

TEST_F(ServerTest, DoesNotTakeAWaitingRequestForIdle) {
    options.max_idle = 50ms;
    LoopbackClient client(start());
    client.send(framed("wait"));
    client.set_patience(300ms);
    EXPECT_FALSE(client.closed_by_server());
    EXPECT_EQ(processor.waiting, 1);
}

TEST_F(ServerTest, ClosesAReaderThatTakesNothing) {
    options.max_idle = 200ms;
    LoopbackClient client(start(), 4096);
    client.send(framed("large 50000000"));
    EXPECT_TRUE(eventually([&] { return metrics_text("barnabas_connections_idle_closed_total").ends_with(" 1"); }));
    EXPECT_TRUE(eventually([&] { return metrics_text("barnabas_connections").ends_with(" 0"); }));
}

TEST_F(ServerTest, WaitsForASlowReaderWithoutServingAhead) {
    LoopbackClient client(start(), 4096);
    client.send(framed("large 10000000") + framed("echo next"));
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(processor.served, 1);
    EXPECT_EQ(client.receive_frame()->size(), 10'000'000U);
    EXPECT_EQ(client.receive_frame(), "next");
}

TEST_F(ServerTest, DoesNotReadAMutedConnection) {
    LoopbackClient client(start());
    const auto begin = system_clock().now();
    client.send(framed("mute") + framed("echo later"));
    client.receive_frame();
    EXPECT_EQ(client.receive_frame(), "later");
    EXPECT_GE(system_clock().now() - begin, 100ms);
}

TEST_F(ServerTest, MuteEndsWithTheConnection) {
    processor.mute = 1h;
    auto client = std::make_unique<LoopbackClient>(start());
    client->send(framed("mute"));
    client->receive_frame();
    const auto muted = [&] { return metrics_text("barnabas_connections_muted"); };
    EXPECT_TRUE(eventually([&] { return muted().ends_with(" 1"); }));
    client->close();
    EXPECT_TRUE(eventually([&] { return muted().ends_with(" 0"); }));
    LoopbackClient another(server->port("PLAINTEXT"));
    another.send(framed("mute"));
    another.receive_frame();
    server->stop();  // does not wait for an hour
}

TEST_F(ServerTest, TurnsAwayAnAddressThatConnectsTooOften) {
    options.rate_windows = {.samples = 2, .length = 200ms};
    const auto port = start();
    server->rates().change(AddressRateLimits{.of_others = INT32_MAX, .of_address = {{"127.0.0.1", 10}}});
    for (int i = 0; i < 2; ++i) {
        LoopbackClient client(port);
        client.send(framed("echo x"));
        ASSERT_EQ(client.receive_frame(), "x");
    }
    const auto begin = system_clock().now();
    LoopbackClient third(port);
    EXPECT_TRUE(third.closed_by_server());
    EXPECT_GE(system_clock().now() - begin, 50ms);
    std::this_thread::sleep_for(500ms);
    LoopbackClient fourth(port);
    fourth.send(framed("echo y"));
    EXPECT_EQ(fourth.receive_frame(), "y");
}

TEST_F(ServerTest, TurnsAwayAnAddressWithTooManyConnections) {
    options.limits.max_per_address = 2;
    const auto port = start();
    LoopbackClient first(port);
    auto second = std::make_unique<LoopbackClient>(port);
    for (LoopbackClient* each : {&first, second.get()}) {
        each->send(framed("echo x"));
        ASSERT_EQ(each->receive_frame(), "x");
    }
    LoopbackClient third(port);
    EXPECT_TRUE(third.closed_by_server());
    second->close();
    ASSERT_TRUE(eventually([&] { return metrics_text("barnabas_connections").ends_with(" 1"); }));
    LoopbackClient fourth(port);
    fourth.send(framed("echo y"));
    EXPECT_EQ(fourth.receive_frame(), "y");
    EXPECT_THAT(metrics_text("barnabas_connections_refused_total"), HasSubstr("} 1"));
}

TEST_F(ServerTest, HoldsAnAddressToItsOverride) {
    options.limits.max_of_address = {{"127.0.0.1", 0}};
    EXPECT_TRUE(LoopbackClient(start()).closed_by_server());
}

TEST_F(ServerTest, LetsClientsWaitWhileAListenerIsFull) {
    options.limits.max_of_listener = {{"plaintext", 1}};
    const auto port = start();
    auto first = std::make_unique<LoopbackClient>(port);
    first->send(framed("echo x"));
    ASSERT_EQ(first->receive_frame(), "x");
    LoopbackClient second(port);
    second.send(framed("echo y"));
    second.set_patience(100ms);
    EXPECT_EQ(second.receive_frame(), std::nullopt);
    second.set_patience(10s);
    first.reset();
    EXPECT_EQ(second.receive_frame(), "y");
}

TEST_F(ServerTest, LetsClientsWaitWhileTheServerIsFull) {
    options.limits.max_connections = 1;
    const auto port = start();
    auto first = std::make_unique<LoopbackClient>(port);
    first->send(framed("echo first"));
    EXPECT_EQ(first->receive_frame(), "first");
    LoopbackClient second(port);
    second.send(framed("echo second"));
    second.set_patience(100ms);
    EXPECT_EQ(second.receive_frame(), std::nullopt);
    first.reset();
    second.set_patience(10s);
    EXPECT_EQ(second.receive_frame(), "second");
}

TEST_F(ServerTest, ClosesTheLeastRecentlyUsedConnectionForAnotherBroker) {
    options.listeners.push_back({"INTERNAL", ListenerKind::broker, "127.0.0.1", 0, true});
    options.limits.max_connections = 3;
    const auto port = start();
    const auto internal = server->port("INTERNAL");
    LoopbackClient broker(internal), oldest(port), newest(port);
    for (LoopbackClient* client : {&broker, &oldest, &newest, &oldest}) {
        client->send(framed("echo x"));
        EXPECT_EQ(client->receive_frame(), "x");
    }
    LoopbackClient another(internal);
    another.send(framed("echo another"));
    EXPECT_EQ(another.receive_frame(), "another");
    EXPECT_TRUE(newest.closed_by_server());
    for (LoopbackClient* client : {&broker, &oldest}) {
        client->send(framed("echo still"));
        EXPECT_EQ(client->receive_frame(), "still");
    }
}

TEST_F(ServerTest, KeepsTheRateOfNewConnections) {
    options.rate_windows = {.samples = 2, .length = 1000ms};
    options.rates.of_node = 10;
    const auto port = start();
    const auto begin = system_clock().now();
    for (int i = 0; i < 14; ++i) {  // ten at once, then one each 100 ms
        LoopbackClient client(port);
        client.send(framed("echo x"));
        ASSERT_EQ(client.receive_frame(), "x");
    }
    EXPECT_GE(system_clock().now() - begin, 300ms);
}

TEST_F(ServerTest, DoesNotReadLargeRequestsPastTheMemoryBound) {
    options.max_request_memory = 100'000;
    const auto port = start();
    LoopbackClient first(port);
    const std::string large(200'000, 'l');
    first.send(framed("wait " + large));  // more than the bound, and let in: nothing was taken
    ASSERT_TRUE(eventually([&] { return processor.waiting == 1; }));
    LoopbackClient second(port);
    std::jthread sender([&] { second.send(framed("echo " + large)); });
    second.set_patience(100ms);
    EXPECT_EQ(second.receive_frame(), std::nullopt);
    EXPECT_EQ(processor.served, 1);
    second.set_patience(10s);
    first.close();
    EXPECT_EQ(second.receive_frame(), large);
    EXPECT_TRUE(eventually([&] { return metrics.gauge(Metric::request_memory).value() == 0; }));
}

TEST_F(ServerTest, ServesSeveralListeners) {
    options.listeners.push_back({"INTERNAL", ListenerKind::broker, "", 0, true});
    start();
    for (const std::string_view name : {"PLAINTEXT", "INTERNAL"}) {
        LoopbackClient client(server->port(name));
        client.send(framed("echo x"));
        EXPECT_EQ(client.receive_frame(), "x");
    }
    EXPECT_EQ(server->port("NONE"), 0);
}

TEST_F(ServerTest, SaysWhyItCannotListen) {
    const auto port = start();
    options.listeners[0].port = port;
    Server second(options, loops, processor, metrics);
    EXPECT_THAT(second.open().error(), HasSubstr("another process listens there"));
    options.listeners[0] = {"PLAINTEXT", ListenerKind::broker, "192.0.2.1", 0, false};
    Server third(options, loops, processor, metrics);
    EXPECT_THAT(third.open().error(), HasSubstr("advertised.listeners"));
    options.listeners[0].host = "no.such.host.invalid";
    Server fourth(options, loops, processor, metrics);
    EXPECT_THAT(fourth.open().error(), HasSubstr("no.such.host.invalid"));
}

TEST_F(ServerTest, LetsClientsWaitBetweenOpenAndStart) {
    server = std::make_unique<Server>(options, loops, processor, metrics);
    ASSERT_TRUE(server->open());
    LoopbackClient client(server->port("PLAINTEXT"));
    ASSERT_TRUE(client.connected());
    client.send(framed("echo x"));
    server->start();
    EXPECT_EQ(client.receive_frame(), "x");
}

TEST_F(ServerTest, StopsWithConnectionsIdleWaitingAndSending) {
    const auto port = start();
    LoopbackClient idle(port);
    LoopbackClient waiting(port);
    LoopbackClient sending(port, 4096);
    waiting.send(framed("wait"));
    sending.send(framed("large 50000000"));
    ASSERT_TRUE(eventually([&] { return processor.served == 2; }));
    server->stop();
    EXPECT_TRUE(idle.closed_by_server());
    EXPECT_EQ(waiting.receive_frame(), "");  // cut short, and answered
    EXPECT_TRUE(waiting.closed_by_server());
    EXPECT_EQ(metrics_text("barnabas_connections"), "barnabas_connections{listener=\"PLAINTEXT\"} 0");
}

}  // namespace
}  // namespace barnabas
