// A server of the test's own, on loopback or a Unix socket, that behaves as badly as the test wants.
//
// Lives on the test's loop, so nothing is a matter of luck between threads. Stays inside the test's network
// namespace.
#pragma once

#include "health/stream_probe.h"

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <doctest/doctest.h>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <sys/socket.h>

namespace baton::testing {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;

/// One accepted connection, read from all the time, so that the test sees what came.
struct Client : std::enable_shared_from_this<Client> {
    explicit Client(Protocol::socket accepted) : socket(std::move(accepted)) {}

    Protocol::socket socket;
    std::string heard{};
    std::array<char, 4096> buffer{};
    bool gone{false}; ///< the other side closed
    std::function<void(Client&)> on_heard{};

    void say(std::string text, bool and_close = false) {
        auto kept = std::make_shared<std::string>(std::move(text));
        asio::async_write(socket, asio::buffer(*kept),
                          [self = shared_from_this(), kept,
                           and_close](const boost::system::error_code& failed, std::size_t) {
                              if (!failed && and_close)
                                  self->close();
                          });
    }
    void listen() {
        socket.async_read_some(
            asio::buffer(buffer),
            [self = shared_from_this()](const auto& failed, std::size_t size) { self->hear(failed, size); });
    }
    void hear(const boost::system::error_code& failed, std::size_t size) {
        heard.append(buffer.data(), size);
        gone = failed && failed != asio::error::operation_aborted;
        if (!failed && on_heard)
            on_heard(*this);
        if (!failed && socket.is_open())
            listen();
    }
    void close() {
        boost::system::error_code ignored; // it may be gone by itself
        socket.shutdown(Protocol::socket::shutdown_both, ignored);
        socket.close(ignored);
    }
    /// RST instead of FIN.
    void reset() {
        const linger at_once{1, 0};
        REQUIRE(::setsockopt(socket.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
        socket.close();
    }
};

class Server {
public:
    using Welcome = std::function<void(Client&)>;

    /// On a free port of `address`.
    Server(asio::io_context& loop, const char* address, Welcome welcome)
        : Server(loop, asio::ip::tcp::endpoint(asio::ip::make_address(address), 0), std::move(welcome)) {}
    Server(asio::io_context& loop, const Protocol::endpoint& where, Welcome welcome)
        : welcome_(std::move(welcome)), acceptor_(loop, where.protocol()) {
        acceptor_.bind(where);
        acceptor_.listen(4096);
        accept();
    }
    Server(Server&&) = delete;

    [[nodiscard]] std::uint16_t port() const {
        sockaddr_in address{}; // the port is at the same place in a sockaddr_in6
        const auto endpoint = acceptor_.local_endpoint();
        std::memcpy(&address, endpoint.data(), sizeof address);
        return ntohs(address.sin_port);
    }
    [[nodiscard]] health::StreamTarget target(const std::string& address = "127.0.0.1") const {
        return {.address = *IpAddress::parse(address), .port = port()};
    }
    [[nodiscard]] std::size_t accepted() const { return accepted_; }
    [[nodiscard]] Client& last() { return *clients_.back(); }

private:
    using Acceptor = asio::basic_socket_acceptor<Protocol>;

    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& failed, Protocol::socket socket) {
            if (failed)
                return;
            ++accepted_;
            clients_.remove_if([](const auto& client) { return !client->socket.is_open(); });
            welcome_(*clients_.emplace_back(std::make_shared<Client>(std::move(socket))));
            accept();
        });
    }

    Welcome welcome_;
    Acceptor acceptor_;
    std::size_t accepted_{0};
    std::list<std::shared_ptr<Client>> clients_;
};

} // namespace baton::testing
