#include "server/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/loopback_client.h"

namespace barnabas {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct HttpServerTest : testing::Test {
    EventLoop loop{"http"};
    Metrics metrics;
    std::vector<std::string> obstacles;
    HttpServer server{loop};

    HttpServerTest() {
        loop.start();
        server.add_standard_pages(metrics, [this] { return obstacles; });
        EXPECT_TRUE(server.open("127.0.0.1", 0));
    }

    std::string ask(std::string_view request) {
        LoopbackClient client(server.port());
        client.send(request);
        return client.receive(1'000'000);
    }
    std::string get(std::string_view path) {
        return ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }
};

TEST_F(HttpServerTest, ShowsMetrics) {
    metrics.counter(Metric::requests, {"Fetch"}).add(3);
    EXPECT_THAT(
        get("/metrics"), AllOf(
                             StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("version=0.0.4"),
                             HasSubstr("barnabas_requests_total{api=\"Fetch\"} 3\n")
                         )
    );
}

TEST_F(HttpServerTest, IsReadyWhenNothingStandsInTheWay) {
    EXPECT_THAT(get("/health/live"), HasSubstr("200 OK"));
    EXPECT_THAT(get("/health/ready?verbose"), HasSubstr("200 OK"));
    obstacles = {"recovering logs: 3 of 7", "not registered"};
    EXPECT_THAT(get("/health/ready"), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("3 of 7\nnot registered\n")));
    EXPECT_THAT(get("/health/live"), HasSubstr("200 OK"));
}

TEST_F(HttpServerTest, AnswersSeveralRequestsOnOneConnection) {
    const std::string answer = ask(
        "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    );
    EXPECT_NE(answer.find("live\n"), answer.rfind("live\n"));
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
    const std::string answer = ask("HEAD /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, AllOf(HasSubstr("Content-Length: 5\r\n"), Not(HasSubstr("live"))));
}

TEST_F(HttpServerTest, RefusesWhatItDoesNotServe) {
    EXPECT_THAT(get("/nothing"), AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("/metrics\n")));
    EXPECT_THAT(
        ask("POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        StartsWith("HTTP/1.1 405 ")
    );
    EXPECT_THAT(
        ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"), StartsWith("HTTP/1.1 400 ")
    );
    EXPECT_THAT(ask("\x01\x02 garbage \r\n\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x')), StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, ClosesConnectionsBeyondItsBound) {
    std::vector<std::unique_ptr<LoopbackClient>> clients;
    for (std::size_t i = 0; i < HttpServer::max_connections; ++i) {
        clients.push_back(std::make_unique<LoopbackClient>(server.port()));
    }
    LoopbackClient more(server.port());
    EXPECT_TRUE(more.closed_by_server());
    clients.clear();
}

TEST_F(HttpServerTest, StopsWithConnectionsOpen) {
    LoopbackClient client(server.port());
    client.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.receive(12), HasSubstr("200"));
    server.stop();
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
    HttpServer second(loop);
    EXPECT_THAT(second.open("127.0.0.1", server.port()).error(), HasSubstr("another process"));
}

}  // namespace
}  // namespace barnabas
