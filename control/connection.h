// One client of the control API: reads a request, writes its answer, and again while both sides want to.
//
// Internal to server.cpp; included there and in connection.cpp only, for it brings Beast.
#pragma once

#include "control/routes.h"
#include "control/server.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <memory>
#include <optional>

namespace baton::control {

class Connection : public std::enable_shared_from_this<Connection> {
public:
    using Protocol = boost::asio::local::stream_protocol;

    /// `closed` is called once, when it has ended by itself; not after close().
    Connection(Protocol::socket socket, const Service& service, const Limits& limits,
               std::function<void()> closed);

    void start() { read(); }
    void close();

private:
    using Request = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using Response = boost::beast::http::response<boost::beast::http::string_body>;

    void read();
    void on_header(boost::system::error_code failed);
    void on_read(boost::system::error_code failed);
    void collect(const std::shared_ptr<StatusText>& pieces, Answer answer);
    void write_late(Answer answer);
    void write(Answer answer, unsigned version, bool keep_alive);
    void end();

    boost::beast::basic_stream<Protocol> stream_;
    const Service& service_;
    const Limits& limits_;
    std::function<void()> closed_;
    boost::beast::flat_buffer buffer_;
    std::optional<Request> request_;
    std::optional<Response> response_;
};

} // namespace baton::control
