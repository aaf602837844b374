#include "control/server.h"

#include "control/connection.h"
#include "control/socket_file.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <sys/socket.h>

namespace baton::control {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// accept(2) failed for want of descriptors or memory: the client stays in the queue, ask again then.
constexpr auto accept_again_after = std::chrono::milliseconds(100);

} // namespace

/// Kept alive by the operations under way.
class Server::Listener : public std::enable_shared_from_this<Listener> {
public:
    Listener(asio::io_context& loop, Service service, Limits limits)
        : loop_(loop), service_(std::move(service)), limits_(limits), watch_(loop) {}

    Result<void, Error> open(const std::string& path);
    void close();

private:
    void await_client();
    void accept();
    void accept_later();
    void welcome(Descriptor client);

    asio::io_context& loop_;
    Service service_;
    Limits limits_;
    std::optional<SocketFile> file_;
    std::optional<asio::steady_timer> pause_;            ///< destroyed to cancel: cancel() may throw
    asio::posix::stream_descriptor watch_;               ///< of the listening socket, owns nothing
    std::list<std::shared_ptr<Connection>> connections_; ///< the oldest first
};

Result<void, Error> Server::Listener::open(const std::string& path) {
    auto file = SocketFile::open(path);
    if (!file)
        return file.error();
    error_code failed;
    watch_.assign(file->descriptor(), failed);
    if (failed)
        return Error{"cannot wait for clients at " + path + ": " + failed.message()};
    file_ = std::move(*file);
    await_client();
    return {};
}

void Server::Listener::await_client() {
    watch_.async_wait(watch_.wait_read, [self = shared_from_this()](const error_code& failed) {
        if (!failed && self->file_)
            self->accept();
    });
}

void Server::Listener::accept() {
    Descriptor client(::accept4(file_->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client)
        return errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS ? accept_later()
                                                                                         : await_client();
    welcome(std::move(client));
    await_client();
}

void Server::Listener::accept_later() {
    pause_.emplace(loop_, accept_again_after);
    pause_->async_wait([self = shared_from_this()](const error_code& cancelled) {
        if (!cancelled && self->file_)
            self->await_client();
    });
}

void Server::Listener::welcome(Descriptor client) {
    error_code failed;
    Connection::Protocol::socket socket(loop_);
    socket.assign(Connection::Protocol(), client.get(), failed);
    if (failed)
        return;
    [[maybe_unused]] const int owned_by_socket = client.release();
    if (connections_.size() >= limits_.connections) {
        connections_.front()->close();
        connections_.pop_front();
    }
    const auto place = connections_.emplace(connections_.end());
    *place = std::make_shared<Connection>(std::move(socket), service_, limits_,
                                          [this, place] { connections_.erase(place); });
    (*place)->start();
}

void Server::Listener::close() {
    for (const auto& connection : connections_)
        connection->close();
    connections_.clear();
    pause_.reset();
    if (watch_.is_open()) [[maybe_unused]]
        const int owned_by_file = watch_.release();
    file_.reset();
}

Server::Server(asio::io_context& loop, Service service, Limits limits)
    : listener_(std::make_shared<Listener>(loop, std::move(service), limits)) {}

Server::~Server() { close(); }

Result<void, Error> Server::open(const std::string& path) { return listener_->open(path); }

void Server::close() { listener_->close(); }

} // namespace baton::control
