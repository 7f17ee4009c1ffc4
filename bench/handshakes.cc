#include "handshakes.h"

#include <sys/socket.h>

#include <array>

#include "socket.h"
#include "tls.h"

namespace barnabas::bench {

namespace {

/// Until the broker has closed its side, and so has come to its end of the handshake.
void part(const Socket& socket) {
    ::shutdown(socket.fd(), SHUT_WR);
    std::array<std::byte, 4096> thrown_away;
    while (::recv(socket.fd(), thrown_away.data(), thrown_away.size(), 0) > 0) {
    }
}

}  // namespace

void shake_hands_again_and_again(const LoadOptions& options, Tally& tally) {
    const auto tls = Tls::of_version(options.tls);
    if (!tls) {
        return tally.fail(tls.error());
    }
    for (Instant begun = system_clock().now(); begun < tally.until; begun = system_clock().now()) {
        const auto socket = Socket::connect(options.host, options.port);
        if (!socket) {
            return tally.fail(socket.error());
        }
        const auto stream = tls->connect(socket->fd());
        if (!stream) {
            return tally.fail(stream.error());
        }
        (*stream)->say_goodbye();
        part(*socket);
        tally.add(system_clock().now(), begun, 0, 0);
    }
}

}  // namespace barnabas::bench
