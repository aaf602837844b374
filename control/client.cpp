#include "control/client.h"

#include "base/duration.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>
#include <string_view>

namespace baton::control {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;

/// Longer than any status; what listens at the socket might be anything.
constexpr std::uint64_t answer_limit = 64U << 20;

using Stream = beast::basic_stream<Protocol>;
using AnswerParser = http::response_parser<http::string_body>;

/// One request and its answer. Each operation starts the next; `failed` ends it.
struct Exchange {
    asio::io_context loop;
    Stream stream{loop};
    http::request<http::empty_body> request;
    beast::flat_buffer buffer;
    AnswerParser answer;
    error_code failed;

    void connect(const std::string& path) {
        stream.async_connect(Protocol::endpoint(path), [this](const error_code& why) {
            failed = why;
            if (!failed)
                write();
        });
    }
    void write() {
        http::async_write(stream, request, [this](const error_code& why, std::size_t) {
            failed = why;
            if (!failed)
                read();
        });
    }
    void read() {
        http::async_read(stream, buffer, answer,
                         [this](const error_code& why, std::size_t) { failed = why; });
    }
};

Error unreachable(const std::string& path, const error_code& why, Duration timeout) {
    auto text = "batond does not answer at " + path + ": ";
    if (why == beast::error::timeout)
        text += "nothing came for " + format_duration(timeout);
    else
        text += why.message();
    if (why == boost::system::errc::permission_denied)
        return {text + "; run batonctl as root or as a member of the group the socket belongs to"};
    return {text + "; is it running? (systemctl status baton; another socket: --socket PATH)"};
}

Error no_batond(const std::string& path) {
    return {"what answers at " + path + " is not batond: its answer is not the JSON expected"};
}

std::string refusal_of(const Json& body) {
    const auto error = body.find("error");
    return error != body.end() && error->is_string() ? error->get<std::string>() : "";
}

Result<Reply, Error> read_answer(const AnswerParser& answer, const std::string& path) {
    Reply reply{answer.get().result_int(), Json::parse(answer.get().body(), nullptr, false)};
    if (!reply.body.is_object() || (reply.status != 200 && refusal_of(reply.body).empty()))
        return no_batond(path);
    return reply;
}

Result<Reply, Error> ask(http::verb method, const std::string& socket_path, const std::string& target,
                         Duration timeout) {
    constexpr unsigned http_1_1 = 11;
    if (socket_path.size() >= sizeof(sockaddr_un::sun_path))
        return Error{"\"" + socket_path + "\" is too long for the path of a socket (at most " +
                     std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " characters)"};
    Exchange exchange;
    exchange.request = {method, target, http_1_1};
    exchange.request.set(http::field::host, "batond");
    if (method == http::verb::post)
        exchange.request.set(http::field::content_length, "0");
    exchange.request.keep_alive(false);
    exchange.answer.body_limit(answer_limit);
    exchange.stream.expires_after(timeout);
    exchange.connect(socket_path);
    exchange.loop.run();
    if (exchange.failed.category() == make_error_code(http::error::bad_version).category())
        return no_batond(socket_path);
    if (exchange.failed)
        return unreachable(socket_path, exchange.failed, timeout);
    return read_answer(exchange.answer, socket_path);
}

} // namespace

Result<Json, Error> get(const std::string& socket_path, const std::string& target, Duration timeout) {
    auto reply = ask(http::verb::get, socket_path, target, timeout);
    if (!reply)
        return reply.error();
    if (reply->status != 200)
        return Error{refusal_of(reply->body)};
    return {boost::system::in_place_value, std::move(reply->body)};
}

Result<Reply, Error> post(const std::string& socket_path, const std::string& target, Duration timeout) {
    return ask(http::verb::post, socket_path, target, timeout);
}

std::string percent_encoded(const std::string& name) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const char c : name) {
        if (plain.find(c) != std::string_view::npos) {
            result += c;
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        result += {'%', digits[octet >> 4], digits[octet & 0xf]};
    }
    return result;
}

} // namespace baton::control
