#include "health/datagram_probe.h"

#include "health/socket_address.h"

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <utility>

namespace baton::health {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

error_code last_error() { return {errno, boost::system::system_category()}; }

/// What routers, or our own kernel, know of a peer that cannot be reached becomes an error of the socket.
bool hear_errors(int socket, Family family) {
    const int on = 1;
    return family == Family::ipv4 ? ::setsockopt(socket, SOL_IP, IP_RECVERR, &on, sizeof on) == 0
                                  : ::setsockopt(socket, SOL_IPV6, IPV6_RECVERR, &on, sizeof on) == 0;
}

bool bind_to(int socket, const std::optional<IpAddress>& source, const std::string& interface) {
    if (!source)
        return true;
    const auto address = socket_address(*source, 0, interface);
    return ::bind(socket, address.get(), address.size) == 0;
}

class ExchangeUnderWay : public std::enable_shared_from_this<ExchangeUnderWay> {
public:
    ExchangeUnderWay(asio::io_context& loop, Exchange exchange, Done done)
        : exchange_(std::move(exchange)), done_(std::move(done)), socket_(loop) {}

    void begin();
    void cancel();
    [[nodiscard]] const std::string& late() const { return exchange_.late; }

private:
    error_code open_and_send();
    void wait();
    void receive();
    void finish(Finding finding);
    void fail(const error_code& why);

    Exchange exchange_;
    Done done_;
    asio::posix::stream_descriptor socket_;
};

void ExchangeUnderWay::begin() {
    if (const auto failed = open_and_send(); failed)
        asio::post(socket_.get_executor(), [self = shared_from_this(), failed] { self->fail(failed); });
    else
        wait();
}

error_code ExchangeUnderWay::open_and_send() {
    if (!exchange_.socket)
        return exchange_.socket.error();
    error_code failed;
    socket_.assign(exchange_.socket->release(), failed);
    const auto& message = exchange_.message;
    if (!failed && ::send(socket_.native_handle(), message.data(), message.size(), MSG_NOSIGNAL) < 0)
        failed = last_error();
    return failed;
}

void ExchangeUnderWay::cancel() {
    done_ = nullptr;
    error_code ignored; // closed is closed
    socket_.close(ignored);
}

void ExchangeUnderWay::wait() {
    socket_.async_wait(socket_.wait_read, [self = shared_from_this()](const error_code& cancelled) {
        if (self->done_ && !cancelled)
            self->receive();
    });
}

void ExchangeUnderWay::receive() {
    constexpr int most = 64; // at a time, so that a flood does not keep the loop here
    std::array<std::uint8_t, 4096> buffer{};
    for (int read = 0; read < most; ++read) {
        const auto size =
            ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
        if (size < 0 && errno == EAGAIN)
            break;
        if (size < 0)
            return fail(last_error());
        if (static_cast<std::size_t>(size) > buffer.size())
            continue; // not whole, and more than anybody was asked for
        if (auto finding = exchange_.take(std::span(buffer).first(static_cast<std::size_t>(size))))
            return finish(std::move(*finding));
    }
    wait();
}

void ExchangeUnderWay::fail(const error_code& why) {
    const auto& target = exchange_.target;
    finish({.detail = exchange_.peer + ": " + describe_failure(why, target.source, target.interface)});
}

void ExchangeUnderWay::finish(Finding finding) {
    const auto done = std::exchange(done_, nullptr);
    error_code ignored; // closed is closed
    socket_.close(ignored);
    if (done)
        done(std::move(finding)); // may destroy the probe; this lives as long as the handler
}

class ExchangeProbe : public Probe {
public:
    explicit ExchangeProbe(std::shared_ptr<ExchangeUnderWay> exchange) : exchange_(std::move(exchange)) {}
    ~ExchangeProbe() override { exchange_->cancel(); }

    std::string late() override { return exchange_->late(); }

private:
    std::shared_ptr<ExchangeUnderWay> exchange_;
};

} // namespace

Result<Descriptor, error_code> open_datagram(int type, int protocol, const DatagramTarget& target) {
    const auto family = target.address.family();
    const int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
    Descriptor socket(::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    const auto peer = socket_address(target.address, target.port, target.interface);
    const bool open = socket && leave_by(socket.get(), target.interface) &&
                      hear_errors(socket.get(), family) &&
                      bind_to(socket.get(), target.source, target.interface) &&
                      ::connect(socket.get(), peer.get(), peer.size) == 0;
    if (!open)
        return last_error();
    return socket;
}

std::unique_ptr<Probe> start_exchange(asio::io_context& loop, Exchange exchange, Done done) {
    auto under_way = std::make_shared<ExchangeUnderWay>(loop, std::move(exchange), std::move(done));
    under_way->begin();
    return std::make_unique<ExchangeProbe>(std::move(under_way));
}

} // namespace baton::health
