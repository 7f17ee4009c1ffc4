#include "server/http_visit.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace barnabas {

namespace http = boost::beast::http;

namespace {

/// Whether the client said something that deserves to be told what was wrong with it.
bool is_bad_request(const boost::system::error_code& error) {
    return error.category() == http::make_error_code(http::error::bad_method).category() &&
           error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

Task<> HttpVisit::run() {
    bool go_on = true;
    while (go_on) {
        http::request_parser<http::empty_body> parser;
        parser.header_limit(HttpServer::max_header_bytes);
        parser.body_limit(0);
        stream_.expires_after(HttpServer::max_wait);
        const auto [error, size] = co_await http::async_read(stream_, buffer_, parser, use_task_result);
        if (error) {
            if (is_bad_request(error)) {
                co_await send({.status = 400, .body = error.message() + "\n"}, 11, false, false);
            }
            break;
        }
        const Request& request = parser.get();
        const bool keep_alive = request.keep_alive();
        const bool head = request.method() == http::verb::head;
        go_on = co_await send(answer(request), request.version(), keep_alive, head) && keep_alive;
    }
    boost::system::error_code ignored;
    stream_.socket().shutdown(Socket::shutdown_send, ignored);
    stream_.close();
}

HttpPage HttpVisit::answer(const Request& request) const {
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
        return {.status = 405, .body = "only GET and HEAD\n"};
    }
    const std::string_view target(request.target().data(), request.target().size());
    return page_at_(target.substr(0, target.find('?')));
}

Task<bool> HttpVisit::send(HttpPage page, unsigned version, bool keep_alive, bool head) {
    http::response<http::string_body> response(static_cast<http::status>(page.status), version);
    response.set(http::field::server, "barnabas");
    response.set(http::field::content_type, page.content_type);
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(keep_alive);
    response.content_length(page.body.size());
    if (!head) {
        response.body() = std::move(page.body);
    }
    stream_.expires_after(HttpServer::max_wait);
    const auto [error, size] = co_await http::async_write(stream_, response, use_task_result);
    co_return !error;
}

void HttpVisit::close() {
    stream_.close();
}

}  // namespace barnabas
