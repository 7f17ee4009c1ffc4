#include "io/socket.h"

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <string>

namespace barnabas {
namespace {

namespace ip = boost::asio::ip;

struct AcceptedSocket : testing::Test {
    /// What a listener at `host` accepts from a client that is bound to `from`.
    Socket accept(const std::string& host, const std::string& from) {
        Acceptor acceptor(context, Tcp::endpoint(ip::make_address(host), 0));
        client.open(acceptor.local_endpoint().protocol());
        client.bind({ip::make_address(from), 0});
        client.connect(acceptor.local_endpoint());
        return acceptor.accept();
    }

    static std::string congestion_control(Socket& socket) {
        std::array<char, 16> name{};
        socklen_t size = name.size();
        EXPECT_EQ(getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_CONGESTION, name.data(), &size), 0);
        return name.data();
    }

    boost::asio::io_context context;
    Socket client{context};
};

TEST_F(AcceptedSocket, IsNotPacedWithinTheMachine) {
    Socket socket = accept("127.0.0.1", "127.0.0.6");
    EXPECT_TRUE(is_within_machine(socket));
    spare_pacing(socket);
    EXPECT_EQ(congestion_control(socket), "reno");
}

TEST_F(AcceptedSocket, IsWithinTheMachineByAnIpv4AddressInIpv6Too) {
    Acceptor acceptor(context, Tcp::endpoint(Tcp::v6(), 0));
    client.connect({ip::make_address("127.0.0.1"), acceptor.local_endpoint().port()});
    const Socket socket = acceptor.accept();
    EXPECT_TRUE(is_within_machine(socket));
    EXPECT_EQ(address_text(socket.remote_endpoint().address()), "127.0.0.1");
}

TEST_F(AcceptedSocket, TellsHowMuchItTakes) {
    Socket socket = accept("127.0.0.1", "127.0.0.1");
    socket.non_blocking(true);
    const std::size_t room = send_room(socket.native_handle());
    const std::string bytes(100'000, 'x');
    std::size_t taken = 0;
    while (true) {
        const auto sent = ::send(socket.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            break;
        }
        taken += static_cast<std::size_t>(sent);
    }
    EXPECT_GE(taken, room / 2);
    EXPECT_EQ(send_room(socket.native_handle()), 0);
}

TEST_F(AcceptedSocket, ThatIsClosedIsNowhere) {
    EXPECT_FALSE(is_within_machine(client));
}

}  // namespace
}  // namespace barnabas
