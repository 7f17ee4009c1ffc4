#pragma once

#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <functional>

#include "server/http_server.h"

namespace barnabas {

/// One connection to the HTTP server: requests and responses in turn, until one side has enough. Belongs to one loop.
class HttpVisit {
public:
    using PageAt = std::function<HttpPage(std::string_view path)>;

    HttpVisit(Socket socket, PageAt page_at) : stream_(std::move(socket)), page_at_(std::move(page_at)) {}

    Task<> run();
    void close();

private:
    using Request = boost::beast::http::request<boost::beast::http::empty_body>;

    [[nodiscard]] HttpPage answer(const Request& request) const;
    Task<bool> send(HttpPage page, unsigned version, bool keep_alive, bool head);

    boost::beast::basic_stream<Tcp, Executor> stream_;
    PageAt page_at_;
    boost::beast::flat_buffer buffer_{HttpServer::max_header_bytes + 1};
};

}  // namespace barnabas
