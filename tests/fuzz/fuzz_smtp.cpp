// What a mail server sends to a check: health/smtp_reply, smtp_dialogue.
//
//   octets 0..3     settings; sizes of pieces
//   octets 4..5     how much of the rest is sent in clear; what follows is sent under TLS, if it comes to
//   that
#include "health/smtp_dialogue.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/target.h"

#include <algorithm>

using namespace baton;
using namespace baton::health;
using fuzz::must;
using Then = StreamAction::Then;

namespace {

SmtpSettings settings_from(std::uint8_t bits) {
    SmtpSettings settings;
    settings.helo = "lb1.example.org";
    settings.starttls = static_cast<StartTls>((bits & 3) % 3);
    settings.smtps = (bits & 4) != 0;
    if ((bits & 8) != 0)
        settings.mail_from = "probe@example.org";
    if ((bits & 24) == 24)
        settings.rcpt_to = "postmaster@example.org";
    return settings;
}

/// What was said and concluded in one conversation.
struct Outcome {
    std::string sent_in_clear;
    std::string sent_secure;
    StreamAction last;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// A server that sends these octets, however the check behaves, and then goes away or falls silent.
class Conversation {
public:
    /// `in_turn`: the server says one reply at a time.
    Conversation(const SmtpSettings& settings, bool in_turn) : dialogue_(settings), in_turn_(in_turn) {
        perform(dialogue_.connected());
    }

    /// In clear, up to the end of it; then under TLS, when it has come to that.
    Outcome run(fuzz::Pieces clear, fuzz::Pieces secure, bool silent) {
        feed(clear);
        if (outcome_.last.then == Then::start_tls) {
            secure_ = true;
            perform(dialogue_.tls_established());
            feed(secure);
        }
        if (outcome_.last.then != Then::close)
            perform(silent ? dialogue_.timed_out() : dialogue_.closed());
        must(outcome_.last.then == Then::close, "after its end a conversation is over");
        must(dialogue_.closed().detail == outcome_.last.detail, "what is decided stays");
        return outcome_;
    }

private:
    void feed(fuzz::Pieces pieces) {
        while (!pieces.done()) {
            auto piece = pieces.next();
            while (!piece.empty() && outcome_.last.then != Then::close)
                hear(in_turn_ ? up_to_end_of_reply(piece) : std::exchange(piece, {}));
        }
    }

    void hear(std::string_view bytes) {
        const bool tls_begins = outcome_.last.then == Then::start_tls;
        perform(dialogue_.received(bytes));
        must(!tls_begins || (outcome_.last.then == Then::close && !outcome_.last.ok),
             "nothing in clear is taken where TLS begins");
    }

    std::string_view up_to_end_of_reply(std::string_view& piece) {
        const auto before = piece;
        (void)turn_.read(piece);
        const auto part = before.substr(0, before.size() - piece.size());
        return part.empty() ? std::exchange(piece, {}) : part; // nothing ends any more
    }

    void perform(StreamAction action) {
        (secure_ ? outcome_.sent_secure : outcome_.sent_in_clear) += action.send;
        action.send.clear();
        outcome_.last = std::move(action);
    }

    SmtpDialogue dialogue_;
    bool in_turn_;
    SmtpReplyReader turn_;
    Outcome outcome_;
    bool secure_{false};
};

bool says(const std::string& sent, std::string_view command) {
    return sent.find(command) != std::string::npos;
}

void check_outcome(const SmtpSettings& settings, const Outcome& outcome) {
    const auto sent = outcome.sent_in_clear + outcome.sent_secure;
    must(!outcome.last.detail.empty() && outcome.last.detail.size() < 600,
         "the end has a reason, a short one");
    must(std::count(sent.begin(), sent.end(), '\n') <= 9, "a conversation is short");
    must(!says(sent, "DATA"), "no mail is sent");
    must(!outcome.last.ok || sent.ends_with("QUIT\r\n"), "who serves is said goodbye to");
    must(!outcome.last.ok || !settings.mail_from || says(sent, "MAIL FROM:<probe@example.org>\r\n"),
         "a sender that is to be named is");
    must(!outcome.last.ok || !settings.rcpt_to || says(sent, "RCPT TO:<postmaster@example.org>\r\n"),
         "and so is a recipient");
    must(!says(sent, "RCPT TO") || !says(sent, "QUIT") || says(sent, "RSET\r\nQUIT"),
         "a transaction that has begun is reset");
    must(!says(sent, "STARTTLS") || (settings.starttls != StartTls::off && !settings.smtps),
         "TLS is begun as it was asked for");
    const bool tls = settings.smtps || settings.starttls == StartTls::required;
    must(!tls || !says(outcome.sent_in_clear, "MAIL FROM"), "nothing is said in clear that is to be secret");
    must(!tls || !outcome.last.ok || !outcome.sent_secure.empty(), "who is to speak TLS does");
}

std::string written(const SmtpReply& reply) {
    std::string text;
    for (const auto& line : reply.lines)
        text += std::to_string(reply.code) + (&line == &reply.lines.back() ? ' ' : '-') + line +
                (line.ends_with('\r') ? "\r\n" : "\n");
    return text;
}

void check_reply(const SmtpReply& reply) {
    must(reply.code >= 200 && reply.code <= 599, "codes are 200..599");
    must(!reply.lines.empty() && reply.lines.size() <= max_smtp_lines, "lines are counted");
    for (const auto& line : reply.lines)
        must(line.size() < max_smtp_line && line.find('\n') == std::string::npos, "lines are lines");
    must(reply.lines.front().starts_with(reply.enhanced), "an enhanced code is one of the text");
    must(describe(reply).size() <= 203, "a description is short");
    const auto text = written(reply);
    std::string_view rest = text;
    SmtpReplyReader reader;
    const auto again = reader.read(rest);
    must(again && *again && **again == reply && rest.empty(), "a reply reads as it was written");
}

/// With the code, and a line's end each.
std::size_t octets(const std::vector<SmtpReply>& replies) {
    std::size_t sum = 0;
    for (const auto& reply : replies)
        for (const auto& line : reply.lines)
            sum += line.size() + 4;
    return sum;
}

std::optional<SmtpFault> check_replies(fuzz::Pieces pieces, std::vector<SmtpReply>& replies) {
    SmtpReplyReader reader;
    while (!pieces.done()) {
        auto piece = pieces.next();
        while (const auto result = reader.read(piece)) {
            if (!*result)
                return result->error();
            check_reply(**result);
            replies.push_back(**result);
        }
    }
    return reader.hopeless();
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input({data, size});
    const auto settings = settings_from(input.byte());
    const bool silent = input.flag();
    const auto most = input.byte();
    const auto seed = input.byte();
    const auto in_clear = input.word();
    const auto first = input.take_copy(in_clear);
    const auto second = input.take_copy(size);
    const std::string_view clear(reinterpret_cast<const char*>(first.data()), first.size());
    const std::string_view secure(reinterpret_cast<const char*>(second.data()), second.size());

    // Who waits for each command is heard in whatever pieces; who does not is hung up on.
    const auto whole = Conversation(settings, true).run({clear, 0, 0}, {secure, 0, 0}, silent);
    const auto cut = Conversation(settings, true).run({clear, most, seed}, {secure, most, seed}, silent);
    check_outcome(settings, Conversation(settings, false).run({clear, 0, 0}, {secure, 0, 0}, silent));
    must(whole == cut, "the pieces do not matter: " + whole.last.detail + " / " + cut.last.detail);
    check_outcome(settings, whole);

    std::vector<SmtpReply> at_once;
    std::vector<SmtpReply> in_pieces;
    must(check_replies({secure, 0, 0}, at_once) == check_replies({secure, most, seed}, in_pieces),
         "the pieces do not matter to faults");
    must(at_once == in_pieces, "nor to replies");
    must(octets(at_once) <= secure.size(), "replies are no larger than what was sent");
    return 0;
}
