#include "health/http_dialogue.h"

#include "health/excerpt.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

namespace baton::health {
namespace {

namespace http = boost::beast::http;

/// More interim answers than this come from nobody who means well.
constexpr unsigned most_interim = 16;

std::string in_words(const std::vector<StatusRange>& ranges) {
    std::string words;
    for (const auto& range : ranges)
        words += (words.empty() ? "" : ", ") + std::to_string(range.first) +
                 (range.first == range.last ? "" : "-" + std::to_string(range.last));
    return words;
}

} // namespace

struct HttpDialogue::Answer {
    using Parser = http::response_parser<http::string_body>;

    bool without_body;
    std::optional<Parser> parser{};
    std::string unread{}; ///< what the parser has not taken yet
    unsigned interim{0};  ///< answers that were passed over

    explicit Answer(bool head) : without_body(head) { begin(); }

    void begin() {
        parser.emplace();
        parser->eager(true);
        parser->skip(without_body);
        parser->header_limit(max_http_header);
        parser->body_limit(max_http_body);
    }

    /// Beast before Boost 1.86 asserts that the last of a body in chunks is there in five octets at least. No
    /// such body has less to come ("0", CR LF, CR LF), so fewer can wait for the others.
    [[nodiscard]] bool is_too_little() const {
        return parser->is_header_done() && parser->chunked() && unread.size() < 5;
    }

    /// Takes what is there; that more is needed is no fault.
    boost::system::error_code read() {
        boost::system::error_code fault;
        if (is_too_little())
            return fault;
        unread.erase(0, parser->put(boost::asio::buffer(unread), fault));
        return fault == http::error::need_more ? boost::system::error_code() : fault;
    }

    /// Whether an answer was read that is not yet the one that counts: then the next one begins. 101 counts,
    /// for what follows it is no HTTP.
    bool pass_interim() {
        const auto status = parser->get().result_int();
        if (!parser->is_done() || status / 100 != 1 || status == 101 || ++interim > most_interim)
            return false;
        begin();
        return true;
    }
};

HttpDialogue::HttpDialogue(HttpSettings settings)
    : settings_(std::move(settings)), answer_(std::make_unique<Answer>(settings_.method == "HEAD")) {}
HttpDialogue::HttpDialogue(HttpDialogue&&) noexcept = default;
HttpDialogue& HttpDialogue::operator=(HttpDialogue&&) noexcept = default;
HttpDialogue::~HttpDialogue() = default;

StreamAction HttpDialogue::connected() {
    if (!settings_.tls)
        return ask();
    shaking_hands_ = true;
    return {.then = StreamAction::Then::start_tls};
}

StreamAction HttpDialogue::tls_established() {
    shaking_hands_ = false;
    return ask();
}

StreamAction HttpDialogue::tls_failed(std::string_view why) {
    return decide(false, "TLS: " + std::string(why));
}

StreamAction HttpDialogue::ask() const {
    return {.send = settings_.method + " " + settings_.path + " HTTP/1.1\r\nHost: " + settings_.host +
                    "\r\nUser-Agent: baton\r\nAccept: */*\r\nConnection: close\r\n\r\n"};
}

StreamAction HttpDialogue::received(std::string_view bytes) {
    if (decided_)
        return *decided_;
    answer_->unread += bytes;
    return read_on();
}

StreamAction HttpDialogue::read_on() {
    boost::system::error_code fault;
    do
        fault = answer_->read();
    while (!fault && answer_->pass_interim());
    if (fault)
        return decide(false, "its answer is no HTTP that can be read: " + fault.message());
    return answer_->parser->is_done() ? judged() : StreamAction{};
}

StreamAction HttpDialogue::judged() {
    const auto& answer = answer_->parser->get();
    const auto status = answer.result_int();
    const auto said = std::to_string(status) + " " + std::string(answer.reason());
    if (std::none_of(settings_.status.begin(), settings_.status.end(),
                     [&](const StatusRange& range) { return range.first <= status && status <= range.last; }))
        return decide(false, "status " + said + ", not " + in_words(settings_.status));
    if (answer.body().find(settings_.body) == std::string::npos)
        return decide(false, "status " + said + ", but its body does not have what it should; it begins: " +
                                 excerpt(first_line(answer.body())));
    return decide(true, "status " + said);
}

/// A body without a length ends with the connection.
StreamAction HttpDialogue::closed() {
    if (decided_)
        return *decided_;
    if (shaking_hands_)
        return decide(false, "closed during the TLS handshake");
    auto& parser = *answer_->parser;
    boost::system::error_code fault;
    if (parser.got_some())
        parser.put_eof(fault);
    return parser.is_done() && !fault ? judged() : decide(false, "closed before its whole answer");
}

StreamAction HttpDialogue::timed_out() {
    return decide(false, shaking_hands_ ? "the TLS handshake was not done" : "no whole answer");
}

/// The first decision stands.
StreamAction HttpDialogue::decide(bool ok, std::string detail) {
    if (!decided_)
        decided_ = {.then = StreamAction::Then::close, .ok = ok, .detail = std::move(detail)};
    return *decided_;
}

} // namespace baton::health
