#include "health/http_dialogue.h"

#include "health/excerpt.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>
#include <utility>

namespace baton::health {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

/// More interim answers than this come from nobody who means well.
constexpr unsigned most_interim = 16;

std::string in_words(const std::vector<StatusRange>& ranges) {
    std::string words;
    for (const auto& range : ranges)
        words += (words.empty() ? "" : ", ") + std::to_string(range.first) +
                 (range.first == range.last ? "" : "-" + std::to_string(range.last));
    return words;
}

/// For Beast: the first max_http_body octets of a body; the others are passed over.
struct Beginning {
    using value_type = std::string;

    class reader {
    public:
        template <bool is_request, class Fields>
        reader(http::header<is_request, Fields>& /*header*/, std::string& kept) : kept_(kept) {}

        static void init(const boost::optional<std::uint64_t>& /*length*/, error_code& failed) {
            failed = {};
        }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, error_code& failed) {
            failed = {};
            const auto text = boost::beast::buffers_to_string(buffers);
            kept_.append(text, 0, max_http_body - kept_.size());
            return text.size();
        }
        static void finish(error_code& failed) { failed = {}; }

    private:
        std::string& kept_;
    };
};

StreamAction closing(bool ok, std::string detail) {
    return {.then = StreamAction::Then::close, .ok = ok, .detail = std::move(detail)};
}

} // namespace

struct HttpDialogue::Answer {
    using Parser = http::response_parser<Beginning>;

    bool without_body; ///< it is an answer to HEAD
    bool body_counts;
    std::optional<Parser> parser{};
    std::string unread{};          ///< what the parser has not taken yet
    unsigned interim{0};           ///< answers that were passed over
    std::size_t looked_through{0}; ///< of the body, in vain

    explicit Answer(const HttpSettings& settings)
        : without_body(settings.method == "HEAD"), body_counts(!settings.body.empty()) {
        begin();
    }

    void begin() {
        parser.emplace();
        parser->eager(body_counts);
        parser->skip(without_body);
        parser->header_limit(max_http_header);
        parser->body_limit(boost::none); // no more than its beginning is kept
    }

    /// Beast before Boost 1.86 asserts that the last of a body in chunks is there in five octets at least. No
    /// such body has less to come ("0", CR LF, CR LF), so fewer can wait for the others.
    [[nodiscard]] bool is_too_little() const {
        return parser->is_header_done() && parser->chunked() && unread.size() < 5;
    }

    /// Takes what is there; that more is needed is no fault. But Beast has no limit for the line that begins
    /// a chunk, nor for a trailer, and reads them from their beginning each time.
    error_code read() {
        error_code fault;
        if (is_too_little())
            return fault;
        unread.erase(0, parser->put(boost::asio::buffer(unread), fault));
        if (fault && fault != http::error::need_more)
            return fault;
        const bool endless = !parser->is_done() && unread.size() > max_http_header;
        return endless ? http::error::header_limit : error_code();
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

    /// Whether that is in what has come of the body, which may be more later.
    bool body_has(const std::string& text) {
        const auto& body = parser->get().body();
        const auto from = looked_through < text.size() ? 0 : looked_through - text.size();
        looked_through = body.size();
        return body.find(text, from) != std::string::npos;
    }

    /// "200 OK"
    [[nodiscard]] std::string status_in_words() const {
        const auto& answer = parser->get();
        return std::to_string(answer.result_int()) + " " + std::string(answer.reason());
    }
};

HttpDialogue::HttpDialogue(HttpSettings settings)
    : settings_(std::move(settings)), answer_(std::make_unique<Answer>(settings_)) {}
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
    if (decided())
        return *decided();
    answer_->unread += bytes;
    return read_on();
}

StreamAction HttpDialogue::read_on() {
    error_code fault;
    do
        fault = answer_->read();
    while (!fault && answer_->pass_interim());
    if (answer_->parser->is_header_done()) // what is wrong behind it does not matter where it is enough
        if (auto close = judged())
            return decide(std::move(*close));
    if (fault)
        return decide(false, "its answer is no HTTP that can be read: " + fault.message());
    return answer_->parser->is_done() ? decide(judged_without_match()) : StreamAction{};
}

/// Nothing: the status is good, and what the body must have is not there yet.
std::optional<StreamAction> HttpDialogue::judged() {
    const auto status = answer_->parser->get().result_int();
    const auto told = "status " + answer_->status_in_words();
    if (std::none_of(settings_.status.begin(), settings_.status.end(),
                     [&](const StatusRange& range) { return range.first <= status && status <= range.last; }))
        return closing(false, told + ", not " + in_words(settings_.status));
    if (settings_.body.empty() || answer_->body_has(settings_.body))
        return closing(true, told);
    if (answer_->parser->get().body().size() == max_http_body)
        return closing(false,
                       told + ", but the first MiB of its body does not have what it should" + beginning());
    return std::nullopt;
}

StreamAction HttpDialogue::judged_without_match() const {
    return closing(false, "status " + answer_->status_in_words() +
                              ", but its body does not have what it should" + beginning());
}

std::string HttpDialogue::beginning() const {
    return "; it begins: " + excerpt(first_line(answer_->parser->get().body()));
}

/// A body without a length ends with the connection.
StreamAction HttpDialogue::closed() {
    if (decided())
        return *decided();
    if (shaking_hands_)
        return decide(false, "closed during the TLS handshake");
    auto& parser = *answer_->parser;
    error_code fault;
    if (parser.got_some())
        parser.put_eof(fault);
    return parser.is_done() && !fault ? decide(judged_without_match())
                                      : decide(false, "closed before its whole answer");
}

StreamAction HttpDialogue::timed_out() {
    if (shaking_hands_)
        return decide(false, "the TLS handshake was not done");
    if (!decided() && answer_->parser->is_header_done())
        return decide(false, "status " + answer_->status_in_words() +
                                 ", but what its body should have did not come" + beginning());
    return decide(false, "no whole answer");
}

} // namespace baton::health
