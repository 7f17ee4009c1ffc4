#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/metrics.h"
#include "io/event_loop.h"
#include "io/socket.h"

namespace barnabas {

class HttpVisit;

struct HttpPage {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body = {};
};

/// Sentences on why the node cannot serve yet; empty when it can.
using Readiness = std::function<std::vector<std::string>()>;

/// What people and machines read about the node: GET and HEAD of a few pages, on a port of its own
/// (`barnabas.http.listener`). Requests are bounded in size and time, connections in number.
///
/// All calls from the owner's thread, which is not the loop's; destroyed before the loop.
class HttpServer {
public:
    static constexpr std::size_t max_connections = 64;
    static constexpr std::size_t max_header_bytes = 8 * 1024;
    static constexpr std::chrono::seconds max_wait{10};  ///< for a request, and for its response to be taken

    /// Makes the body of a page, on the loop's thread: what takes long holds up other readers of pages, not clients.
    using MakePage = std::function<HttpPage()>;

    explicit HttpServer(EventLoop& loop);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Shows a page at `path`. Before `open`.
    void add(std::string path, MakePage make);
    /// /metrics, /health/live and /health/ready.
    void add_standard_pages(const Metrics& metrics, Readiness readiness);

    /// Listens and serves. The error says what to do.
    std::expected<void, std::string> open(const std::string& host, std::uint16_t port);
    [[nodiscard]] std::uint16_t port() const;
    void stop();

private:
    Task<> receive_visits();
    [[nodiscard]] HttpPage page(std::string_view path) const;
    void remove(std::uint64_t id);
    void report_end();

    EventLoop& loop_;
    std::map<std::string, MakePage, std::less<>> pages_;
    Acceptor acceptor_;
    std::map<std::uint64_t, std::shared_ptr<HttpVisit>> visits_;
    std::uint64_t next_visit_ = 0;
    bool accepting_ = false;       ///< touched on the loop once open
    std::function<void()> ended_;  ///< set when stopping
};

}  // namespace barnabas
