#include "server/http_server.h"

#include <boost/asio/co_spawn.hpp>
#include <future>

#include "common/events.h"
#include "io/waiter.h"
#include "server/http_visit.h"
#include "server/listening.h"

namespace barnabas {

HttpServer::HttpServer(EventLoop& loop) : loop_(loop), acceptor_(loop.context()) {}

HttpServer::~HttpServer() {
    stop();
}

void HttpServer::add(std::string path, MakePage make) {
    pages_.insert_or_assign(std::move(path), std::move(make));
}

void HttpServer::add_standard_pages(const Metrics& metrics, Readiness readiness) {
    add("/metrics", [&metrics] {
        return HttpPage{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics.text()};
    });
    add("/health/live", [] { return HttpPage{.body = "live\n"}; });
    add("/health/ready", [readiness = std::move(readiness)] {
        std::string reasons;
        for (const std::string& reason : readiness()) {
            reasons += reason + "\n";
        }
        return reasons.empty() ? HttpPage{.body = "ready\n"} : HttpPage{.status = 503, .body = reasons};
    });
}

HttpPage HttpServer::page(std::string_view path) const {
    if (const auto found = pages_.find(path); found != pages_.end()) {
        return found->second();
    }
    std::string known = "no such page; there are:\n";
    for (const auto& [each, make] : pages_) {
        known += each + "\n";
    }
    return {.status = 404, .body = std::move(known)};
}

std::expected<void, std::string> HttpServer::open(const std::string& host, std::uint16_t port) {
    auto listening = listen_on(acceptor_, {host, port, static_cast<int>(max_connections), {}});
    if (!listening) {
        return std::unexpected("HTTP: " + listening.error());
    }
    accepting_ = true;
    boost::asio::co_spawn(loop_.context(), receive_visits(), [this](const std::exception_ptr& escaped) {
        if (escaped) {
            event::error("HTTP listener ended by an exception");
        }
        accepting_ = false;
        report_end();
    });
    return {};
}

std::uint16_t HttpServer::port() const {
    boost::system::error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
}

Task<> HttpServer::receive_visits() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(loop_.context(), use_task_result);
        if (error == boost::asio::error::operation_aborted) {
            co_return;
        }
        if (error) {
            Waiter::Timer pause(loop_.context(), accept_retry);
            co_await pause.async_wait(use_task_result);
            continue;
        }
        if (visits_.size() >= max_connections) {
            continue;  // drops the socket
        }
        const std::uint64_t id = next_visit_++;
        auto visit =
            std::make_shared<HttpVisit>(std::move(socket), [this](std::string_view path) { return page(path); });
        HttpVisit& added = *visits_.emplace(id, std::move(visit)).first->second;
        boost::asio::co_spawn(loop_.context(), added.run(), [this, id](const std::exception_ptr& escaped) {
            if (escaped) {
                event::error("HTTP connection ended by an exception");
            }
            remove(id);
        });
    }
}

void HttpServer::remove(std::uint64_t id) {
    auto visit = visits_.extract(id);
    loop_.post([kept = std::move(visit.mapped())] {});  // its coroutine is just ending
    report_end();
}

void HttpServer::report_end() {
    if (ended_ && !accepting_ && visits_.empty()) {
        loop_.post(std::exchange(ended_, nullptr));
    }
}

void HttpServer::stop() {
    if (!acceptor_.is_open()) {
        return;
    }
    const auto ended = std::make_shared<std::promise<void>>();
    loop_.post([this, ended] {
        ended_ = [ended] { ended->set_value(); };
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        for (const auto& [id, visit] : visits_) {
            visit->close();
        }
        report_end();
    });
    ended->get_future().wait();
}

}  // namespace barnabas
