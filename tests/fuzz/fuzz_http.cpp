// What an HTTP server sends to a check: health/http_dialogue.
//
//   octets 0..3     settings; what happens at the end; sizes of pieces
//   the rest        what the server sends
#include "health/http_dialogue.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/target.h"

using namespace baton;
using namespace baton::health;
using fuzz::must;
using Then = StreamAction::Then;

namespace {

HttpSettings settings_from(std::uint8_t bits) {
    HttpSettings settings;
    settings.host = "www.example.org";
    settings.tls = (bits & 1) != 0;
    if ((bits & 2) != 0)
        settings.method = "HEAD";
    if ((bits & 4) != 0)
        settings.body = "ok";
    if ((bits & 8) != 0)
        settings.status = {{200, 200}, {301, 302}};
    return settings;
}

struct Outcome {
    StreamAction last;
    bool in_time{false}; ///< decided before the server closed or fell silent

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// A server that sends these octets, and then goes away or falls silent.
Outcome converse(const HttpSettings& settings, fuzz::Pieces pieces, bool silent) {
    HttpDialogue dialogue(settings);
    auto asked = dialogue.connected();
    must(settings.tls == (asked.then == Then::start_tls),
         "TLS is begun when it was asked for, and only then");
    if (settings.tls)
        asked = dialogue.tls_established();
    must(asked.then == Then::read && asked.send.ends_with("\r\n\r\n"), "one request, and then its answer");
    StreamAction last;
    while (!pieces.done() && last.then != Then::close) {
        last = dialogue.received(pieces.next());
        must(last.send.empty(), "nothing more is sent");
    }
    const bool in_time = last.then == Then::close;
    if (!in_time)
        last = silent ? dialogue.timed_out() : dialogue.closed();
    must(last.then == Then::close, "after its end a conversation is over");
    must(dialogue.received("x") == last && dialogue.timed_out() == last, "what is decided stays");
    return {last, in_time};
}

bool asked_for(const HttpSettings& settings, unsigned status) {
    for (const auto& range : settings.status)
        if (range.first <= status && status <= range.last)
            return true;
    return false;
}

void check_outcome(const HttpSettings& settings, const Outcome& outcome, std::string_view sent, bool silent) {
    const auto& last = outcome.last;
    must(!last.detail.empty() && last.detail.size() < max_http_header + 300,
         "the end has a reason, a bounded one");
    must(outcome.in_time || !silent || !last.ok, "who falls silent before the end of an answer is not well");
    if (!last.ok)
        return;
    must(last.detail.starts_with("status ") &&
             asked_for(settings, static_cast<unsigned>(std::stoul(last.detail.substr(7)))),
         "the status is one that was asked for: " + last.detail);
    must(sent.find("HTTP/1.") != std::string_view::npos, "what is no HTTP is not well");
    must(settings.body.empty() || sent.find('o') != std::string_view::npos, "nor without what is looked for");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input({data, size});
    const auto settings = settings_from(input.byte());
    const bool silent = input.flag();
    const auto most = input.byte();
    const auto seed = input.byte();
    const auto rest = input.take_copy(size);
    const std::string_view sent(reinterpret_cast<const char*>(rest.data()), rest.size());

    const auto whole = converse(settings, {sent, 0, 0}, silent);
    const auto cut = converse(settings, {sent, most, seed}, silent);
    // The last four octets of an unfinished body in chunks may not be looked at when they come alone.
    if (settings.body.empty() || cut.in_time) {
        must(whole.last.ok == cut.last.ok,
             "the pieces do not matter: " + whole.last.detail + " / " + cut.last.detail);
        must(!whole.last.ok || whole == cut, "nor to what is said of who is well");
    }
    check_outcome(settings, whole, sent, silent);
    check_outcome(settings, cut, sent, silent);
    return 0;
}
