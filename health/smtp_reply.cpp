#include "health/smtp_reply.h"

#include "health/excerpt.h"

#include <algorithm>
#include <utility>

namespace baton::health {
namespace {

constexpr std::size_t code_size = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool may_begin_code(std::string_view text) {
    const auto code = text.substr(0, code_size);
    return (code.empty() || (code[0] >= '2' && code[0] <= '5')) &&
           std::all_of(code.begin(), code.end(), is_digit);
}

bool separates(char c) { return c == ' ' || c == '-'; }

/// A line without its end: code, then nothing, a space or a hyphen.
bool is_reply_line(std::string_view line) {
    return line.size() >= code_size && may_begin_code(line) &&
           (line.size() == code_size || separates(line[3]));
}

unsigned code_of(std::string_view line) {
    unsigned code = 0;
    for (const char digit : line.substr(0, code_size))
        code = code * 10 + static_cast<unsigned>(digit - '0');
    return code;
}

/// One to three digits from the front of the text, and a dot when one is wanted.
bool take_number(std::string_view& text, bool dot) {
    const auto digits =
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    if (digits < 1 || digits > 3)
        return false;
    text.remove_prefix(digits);
    if (!dot)
        return true;
    if (!text.starts_with('.'))
        return false;
    text.remove_prefix(1);
    return true;
}

/// class "." subject "." detail, of the class of the code.
std::string enhanced_in(std::string_view text, unsigned code) {
    auto rest = text;
    if (!rest.starts_with(static_cast<char>('0' + code / 100)) || rest.substr(1, 1) != ".")
        return {};
    rest.remove_prefix(2);
    if (!take_number(rest, true) || !take_number(rest, false) || (!rest.empty() && rest.front() != ' '))
        return {};
    return std::string(text.substr(0, text.size() - rest.size()));
}

} // namespace

std::string describe(const SmtpReply& reply) {
    constexpr std::size_t most = 200;
    auto text = std::to_string(reply.code);
    for (const auto& line : reply.lines) {
        auto words = std::string_view(line);
        if (&line != &reply.lines.front() && !reply.enhanced.empty() &&
            words.starts_with(reply.enhanced + " "))
            words.remove_prefix(reply.enhanced.size() + 1);
        if (!words.empty())
            text.append(" ").append(words);
        if (text.size() > most)
            break;
    }
    return excerpt(text, most);
}

std::string describe(const SmtpFault& fault) {
    switch (fault.kind) {
    case SmtpFault::Kind::garbage:
        return "sent what is not SMTP: " + fault.line;
    case SmtpFault::Kind::line_too_long:
        return "sent a line of more than " + std::to_string(max_smtp_line) + " octets: " + fault.line;
    case SmtpFault::Kind::too_many_lines:
        return "sent a reply of more than " + std::to_string(max_smtp_lines) + " lines: " + fault.line;
    case SmtpFault::Kind::mixed_codes:
        return "sent two codes in one reply: " + fault.line;
    }
    return {};
}

std::optional<Result<SmtpReply, SmtpFault>> SmtpReplyReader::read(std::string_view& bytes) {
    while (!fault_ && !bytes.empty()) {
        const auto end = bytes.find('\n');
        const auto room = max_smtp_line - line_.size();
        const bool ends = end < room;
        const auto piece = bytes.substr(0, ends ? end : room);
        line_ += piece;
        bytes.remove_prefix(piece.size() + (ends ? 1 : 0));
        if (!ends && line_.size() == max_smtp_line)
            return fail(SmtpFault::Kind::line_too_long);
        if (!ends)
            return std::nullopt;
        if (auto result = finish_line())
            return result;
    }
    return fault_ ? std::optional<Result<SmtpReply, SmtpFault>>(*fault_) : std::nullopt;
}

std::optional<Result<SmtpReply, SmtpFault>> SmtpReplyReader::finish_line() {
    if (line_.ends_with('\r'))
        line_.pop_back();
    if (!is_reply_line(line_))
        return fail(SmtpFault::Kind::garbage);
    const auto code = code_of(line_);
    const bool first = reply_.lines.empty();
    if (!first && code != reply_.code)
        return fail(SmtpFault::Kind::mixed_codes);
    if (reply_.lines.size() == max_smtp_lines)
        return fail(SmtpFault::Kind::too_many_lines);
    const bool last = line_.size() == code_size || line_[code_size] == ' ';
    auto text = line_.substr(std::min(line_.size(), code_size + 1));
    line_.clear();
    if (first) {
        reply_.code = code;
        reply_.enhanced = enhanced_in(text, code);
    }
    reply_.lines.push_back(std::move(text));
    if (!last)
        return std::nullopt;
    return std::exchange(reply_, {});
}

SmtpFault SmtpReplyReader::fail(SmtpFault::Kind kind) {
    fault_ = SmtpFault{kind, excerpt(line_)};
    return *fault_;
}

std::optional<SmtpFault> SmtpReplyReader::hopeless() const {
    const bool begun_wrong =
        !may_begin_code(line_) ||
        (line_.size() > code_size && !separates(line_[code_size]) && line_[code_size] != '\r');
    if (!fault_ && begun_wrong)
        return SmtpFault{SmtpFault::Kind::garbage, excerpt(line_)};
    return fault_;
}

} // namespace baton::health
