#include "server/server.h"

#include <algorithm>
#include <csignal>
#include <future>

namespace barnabas {

Server::Server(ServerOptions options, LoopPool& loops, RequestProcessor& processor, Metrics& metrics)
    : options_(std::move(options)),
      request_metrics_(metrics),
      memory_(options_.max_request_memory, metrics.gauge(Metric::request_memory)),
      limits_(options_.limits),
      rates_(options_.rate_windows, options_.rates),
      handshakes_(
          std::ranges::any_of(options_.listeners, [](const ListenerOptions& each) { return each.tls != nullptr; })
              ? std::make_unique<TlsHandshakes>(options_.handshakes, metrics)
              : nullptr
      ),
      connection_environment_{processor, memory_, request_metrics_, options_.max_request_bytes} {
    std::signal(SIGPIPE, SIG_IGN);  // sendfile has no flag to spare us the signal
    for (std::size_t i = 0; i < loops.size(); ++i) {
        sets_.push_back(std::make_unique<ConnectionSet>(loops.at(i), options_.max_idle));
    }
    const ListenerSocket::Environment environment{connection_environment_, limits_,          rates_, sets_,
                                                  options_.send_buffer,    handshakes_.get()};
    for (std::size_t i = 0; i < options_.listeners.size(); ++i) {
        listeners_.push_back(
            std::make_unique<ListenerSocket>(options_.listeners[i], environment, i % sets_.size(), metrics)
        );
    }
}

Server::~Server() {
    stop();
}

std::expected<void, std::string> Server::open() {
    for (const auto& listener : listeners_) {
        if (auto opened = listener->open(options_.backlog, options_.receive_buffer); !opened) {
            return opened;
        }
    }
    return {};
}

void Server::start() {
    for (const auto& listener : listeners_) {
        listener->start();
    }
}

void Server::stop() {
    if (std::exchange(stopped_, true)) {
        return;
    }
    for (const auto& listener : listeners_) {
        listener->stop();
    }
    std::vector<std::future<void>> ends;
    for (const auto& set : sets_) {
        auto ended = std::make_shared<std::promise<void>>();
        ends.push_back(ended->get_future());
        set->loop().post([&set, ended] { set->close([ended] { ended->set_value(); }); });
    }
    for (const auto& end : ends) {
        end.wait();
    }
}

std::uint16_t Server::port(std::string_view name) const {
    const auto found = std::ranges::find(listeners_, name, &ListenerSocket::name);
    return found == listeners_.end() ? 0 : (*found)->port();
}

}  // namespace barnabas
