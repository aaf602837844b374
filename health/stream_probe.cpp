#include "health/stream_probe.h"

#include "health/socket_address.h"

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cassert>
#include <cerrno>
#include <netinet/in.h>
#include <sys/un.h>
#include <utility>

namespace baton::health {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::generic::stream_protocol;

Protocol::endpoint endpoint_of(const IpAddress& address, std::uint16_t port, const std::string& interface) {
    const auto raw = socket_address(address, port, interface);
    return {raw.get(), raw.size, IPPROTO_TCP};
}

/// Of a path that fits.
Protocol::endpoint endpoint_of(const StreamTarget& target) {
    if (target.path.empty())
        return endpoint_of(target.address, target.port, target.interface);
    return asio::local::stream_protocol::endpoint(target.path);
}

/// What sockaddr_un holds, with its end (unix(7)).
bool fits(const std::string& path) { return path.size() < sizeof(sockaddr_un::sun_path); }

/// The peer said all it had to say.
bool is_end(const error_code& code) {
    return code == asio::error::eof || code == asio::ssl::error::stream_truncated;
}

/// One connection. Lives as long as a handler of it is on its way; after cancel() it tells nobody.
class Conversation : public std::enable_shared_from_this<Conversation> {
public:
    Conversation(asio::io_context& loop, StreamTarget target, std::unique_ptr<Dialogue> dialogue, Tls* tls,
                 Done done)
        : target_(std::move(target)), dialogue_(std::move(dialogue)), tls_(tls), done_(std::move(done)),
          socket_(loop), loop_(loop) {}

    void connect();
    void cancel();
    [[nodiscard]] std::string late();

private:
    [[nodiscard]] error_code open();
    void bind_to(const IpAddress& source, error_code& failed);
    void on_connected(const error_code& failed);
    [[nodiscard]] bool has_peer() const;
    [[nodiscard]] bool is_its_own_peer() const;
    void connect_later();
    void perform(StreamAction action);
    void go_on(const StreamAction& action);
    void say_last(const std::string& text);
    void read();
    void on_read(const error_code& failed, std::size_t size);
    void start_tls();
    void on_handshake(const error_code& failed);
    void finish(Finding finding);
    void close();

    /// Calls `use` with what is written to and read from now.
    template <class Use>
    void with_stream(Use&& use) {
        if (secure_)
            use(*secure_);
        else
            use(socket_);
    }

    StreamTarget target_;
    std::unique_ptr<Dialogue> dialogue_;
    Tls* tls_;
    Done done_;
    Protocol::socket socket_;
    asio::io_context& loop_;
    std::optional<asio::steady_timer> again_; ///< destroyed to cancel: cancel() may throw
    bool queue_full_{false};                  ///< was so when it was tried last
    std::optional<asio::ssl::stream<Protocol::socket&>> secure_;
    std::string sending_;
    std::array<char, 4096> heard_{};
    bool connected_{false};
    bool writing_{false};
    bool parting_{false}; ///< has said a last word
};

void Conversation::connect() {
    if (const auto failed = open(); failed) {
        asio::post(socket_.get_executor(),
                   [self = shared_from_this(), failed] { self->on_connected(failed); });
        return;
    }
    socket_.async_connect(endpoint_of(target_), [self = shared_from_this()](const error_code& failed) {
        self->on_connected(failed);
    });
}

error_code Conversation::open() {
    if (!fits(target_.path))
        return make_error_code(boost::system::errc::filename_too_long);
    error_code failed;
    socket_.open(endpoint_of(target_).protocol(), failed);
    if (!failed && !leave_by(socket_.native_handle(), target_.interface))
        failed.assign(errno, boost::system::system_category());
    if (!failed && target_.source)
        bind_to(*target_.source, failed);
    return failed;
}

void Conversation::cancel() {
    if (done_ && connected_) // in the middle
        say_last(dialogue_->timed_out().send);
    done_ = nullptr;
    again_.reset();
    close();
}

/// By a reset: whoever closes first in TCP keeps the port for a minute (RFC 9293 section 3.3.2), and some
/// hundred runs a second would use up all that there are. Not behind a last word, which a reset might
/// overtake: mostly that has the peer close.
void Conversation::close() {
    error_code ignored; // closed is closed
    if (!parting_ && target_.path.empty())
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

/// The port is chosen when it is known where to: one that is in use to somewhere else will do (ip(7),
/// IP_BIND_ADDRESS_NO_PORT).
void Conversation::bind_to(const IpAddress& source, error_code& failed) {
    const int yes = 1;
    (void)::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    socket_.bind(endpoint_of(source, 0, target_.interface), failed);
}

std::string Conversation::late() {
    if (connected_) {
        const auto action = dialogue_->timed_out();
        say_last(action.send);
        return action.detail;
    }
    return "no connection to " + describe(target_) +
           (queue_full_ ? ": its queue of connections is full" : "");
}

/// As much of it as is taken without waiting. Not into the middle of what is being sent.
void Conversation::say_last(const std::string& text) {
    if (text.empty() || writing_)
        return;
    parting_ = true;
    error_code ignored; // it is a courtesy
    socket_.non_blocking(true, ignored);
    if (!ignored)
        with_stream([&](auto& stream) { stream.write_some(asio::buffer(text), ignored); });
}

void Conversation::on_connected(const error_code& failed) {
    if (!done_)
        return;
    if (failed)
        return finish({.detail = describe(target_) + ": " +
                                 describe_failure(failed, target_.source, target_.interface)});
    queue_full_ = !has_peer();
    if (queue_full_)
        return connect_later();
    if (is_its_own_peer())
        return finish({.detail = describe(target_) + ": nobody listens there"});
    connected_ = true;
    perform(dialogue_->connected());
}

/// Where nobody listens on this host's own address, the kernel may choose the very port that is asked for to
/// connect from, and so connects the socket to itself (RFC 9293 section 3.5, simultaneous open).
bool Conversation::is_its_own_peer() const {
    error_code failed;
    const auto here = socket_.local_endpoint(failed);
    return target_.path.empty() && !failed && here == socket_.remote_endpoint(failed) && !failed;
}

/// To a Unix socket whose queue is full, connect(2) says EAGAIN, which Asio takes for "in progress" and then,
/// as such a socket counts as writable, for done.
bool Conversation::has_peer() const {
    if (target_.path.empty())
        return true;
    error_code none;
    (void)socket_.remote_endpoint(none);
    return !none;
}

/// The queue of HAProxy's socket holds some ten connections; more checks than that may come together.
void Conversation::connect_later() {
    error_code ignored; // closed is closed
    socket_.close(ignored);
    again_.emplace(loop_, std::chrono::milliseconds(10));
    again_->async_wait([self = shared_from_this()](const error_code& cancelled) {
        if (!cancelled && self->done_)
            self->connect();
    });
}

void Conversation::perform(StreamAction action) {
    if (action.send.empty()) {
        go_on(action);
        return;
    }
    sending_ = std::move(action.send);
    writing_ = true;
    parting_ = action.then == StreamAction::Then::close;
    with_stream([&](auto& stream) {
        asio::async_write(stream, asio::buffer(sending_),
                          [self = shared_from_this(), action](const error_code&, std::size_t) {
                              self->writing_ = false;
                              // Who does not take it may have said why, and that is to be read.
                              self->go_on(action);
                          });
    });
}

void Conversation::go_on(const StreamAction& action) {
    if (!done_)
        return;
    switch (action.then) {
    case StreamAction::Then::read:
        return read();
    case StreamAction::Then::start_tls:
        return start_tls();
    case StreamAction::Then::close:
        return finish({.ok = action.ok, .detail = action.detail, .share = action.share});
    }
}

void Conversation::read() {
    with_stream([&](auto& stream) {
        stream.async_read_some(asio::buffer(heard_),
                               [self = shared_from_this()](const error_code& failed, std::size_t size) {
                                   self->on_read(failed, size);
                               });
    });
}

void Conversation::on_read(const error_code& failed, std::size_t size) {
    if (!done_)
        return;
    if (!failed) {
        perform(dialogue_->received({heard_.data(), size}));
        return;
    }
    auto action = dialogue_->closed();
    if (!is_end(failed) && !action.ok)
        action.detail += " (" + failed.message() + ")";
    perform(std::move(action));
}

void Conversation::start_tls() {
    assert(tls_ != nullptr);
    secure_.emplace(socket_, tls_->context());
    tls_->prepare(secure_->native_handle());
    secure_->async_handshake(asio::ssl::stream_base::client,
                             [self = shared_from_this()](const error_code& failed) {
                                 if (self->done_)
                                     self->on_handshake(failed);
                             });
}

void Conversation::on_handshake(const error_code& failed) {
    if (is_end(failed))
        return perform(dialogue_->closed());
    perform(failed ? dialogue_->tls_failed(tls_fault(secure_->native_handle(), failed))
                   : dialogue_->tls_established());
}

void Conversation::finish(Finding finding) {
    const auto done = std::exchange(done_, nullptr);
    close();
    done(std::move(finding)); // may destroy the probe; this lives as long as the handler
}

class StreamProbe : public Probe {
public:
    explicit StreamProbe(std::shared_ptr<Conversation> conversation)
        : conversation_(std::move(conversation)) {}
    ~StreamProbe() override { conversation_->cancel(); }

    std::string late() override { return conversation_->late(); }

private:
    std::shared_ptr<Conversation> conversation_;
};

} // namespace

std::string describe(const StreamTarget& target) {
    if (!target.path.empty())
        return target.path;
    const auto address = target.address.to_string();
    const bool ipv6 = target.address.family() == Family::ipv6;
    return (ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(target.port);
}

std::unique_ptr<Probe> start_stream(asio::io_context& loop, const StreamTarget& target,
                                    std::unique_ptr<Dialogue> dialogue, Tls* tls, Done done) {
    auto conversation =
        std::make_shared<Conversation>(loop, target, std::move(dialogue), tls, std::move(done));
    conversation->connect();
    return std::make_unique<StreamProbe>(std::move(conversation));
}

} // namespace baton::health
