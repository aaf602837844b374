#include "control/connection.h"

#include <boost/asio/post.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace baton::control {

namespace http = boost::beast::http;
using boost::system::error_code;

Connection::Connection(Protocol::socket socket, const Service& service, const Limits& limits,
                       std::function<void()> closed)
    : stream_(std::move(socket)), service_(service), limits_(limits), closed_(std::move(closed)) {}

void Connection::read() {
    request_.emplace();
    request_->header_limit(limits_.header_bytes);
    request_->body_limit(limits_.body_bytes);
    stream_.expires_after(limits_.exchange);
    http::async_read_header(
        stream_, buffer_, *request_,
        [self = shared_from_this()](const error_code& failed, std::size_t) { self->on_header(failed); });
}

/// A body in chunks is refused unread: Beast before Boost 1.86 asserts when the last chunk comes in pieces.
void Connection::on_header(error_code failed) {
    if (!closed_)
        return;
    if (failed)
        return on_read(failed);
    if (request_->chunked())
        return write(refusal(400, "a body in chunks is not taken; send it with Content-Length"), 11, false);
    http::async_read(
        stream_, buffer_, *request_,
        [self = shared_from_this()](const error_code& error, std::size_t) { self->on_read(error); });
}

namespace {

/// What a client did wrong that it can be told; 0 for what is no business of HTTP (it hung up, time is over).
unsigned status_for(const error_code& failed) {
    if (failed == http::error::end_of_stream || failed == http::error::partial_message ||
        failed.category() != make_error_code(http::error::bad_method).category())
        return 0;
    if (failed == http::error::header_limit)
        return 431;
    return failed == http::error::body_limit ? 413 : 400;
}

} // namespace

void Connection::on_read(error_code failed) {
    if (!closed_)
        return; // closed while the call was on its way: the service may be gone
    if (failed) {
        const auto status = status_for(failed);
        return status == 0 ? end() : write(refusal(status, failed.message()), 11, false);
    }
    const auto& message = request_->get();
    const control::Request request{{message.method_string().data(), message.method_string().size()},
                                   {message.target().data(), message.target().size()},
                                   message.body()};
    if (answer_later(request, service_, [self = weak_from_this()](Answer late) {
            if (const auto connection = self.lock())
                connection->write_late(std::move(late));
        }))
        return;
    if (auto pieces = answer_in_pieces(request, service_))
        return collect(std::make_shared<StatusText>(std::move(*pieces)), {});
    auto reply = answer(request, service_);
    // After a method we do not know the client may not expect our body (HEAD): no further answer on this one.
    const bool keep_alive = message.keep_alive() && reply.status != 405;
    write(std::move(reply), message.version(), keep_alive);
}

/// A piece in each turn of the loop: what else is due there comes between.
void Connection::collect(const std::shared_ptr<StatusText>& pieces, Answer answer) {
    if (!closed_)
        return;
    if (!pieces->add_to(answer.body)) {
        answer.body += "\n";
        return write_late(std::move(answer));
    }
    boost::asio::post(stream_.get_executor(),
                      [self = shared_from_this(), pieces, answer = std::move(answer)]() mutable {
                          self->collect(pieces, std::move(answer));
                      });
}

/// What took long has used up the time of this exchange; the answer gets as much again.
void Connection::write_late(Answer answer) {
    if (!closed_)
        return;
    stream_.expires_after(limits_.exchange);
    const auto& message = request_->get();
    write(std::move(answer), message.version(), message.keep_alive());
}

void Connection::write(Answer answer, unsigned version, bool keep_alive) {
    response_.emplace(static_cast<http::status>(answer.status), version, std::move(answer.body));
    response_->set(http::field::content_type, "application/json");
    if (!answer.allow.empty())
        response_->set(http::field::allow, answer.allow);
    response_->keep_alive(keep_alive);
    response_->prepare_payload();
    http::async_write(stream_, *response_,
                      [self = shared_from_this(), keep_alive](const error_code& failed, std::size_t) {
                          if (!self->closed_)
                              return;
                          failed || !keep_alive ? self->end() : self->read();
                      });
}

void Connection::end() {
    const auto closed = std::exchange(closed_, nullptr);
    stream_.close();
    closed();
}

void Connection::close() {
    closed_ = nullptr;
    error_code ignored; // a socket that cannot be closed properly is closed all the same
    stream_.socket().close(ignored);
}

} // namespace baton::control
