// Replies of an SMTP server, out of octets that come in pieces of any size.
//
// Pure: judges no code, and holds at most one reply, which is bounded. A line may end in LF alone: a check is
// not where mail is taken apart, and whoever sends so is served by most clients. Texts are as they were sent,
// with whatever octets they have. RFC 5321 sections 4.2 and 4.5.3.1.5; RFC 2034, RFC 3463 section 2.
#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton::health {

/// With the line's end. RFC 5321 allows 512; not all keep to it.
inline constexpr std::size_t max_smtp_line = 1024;
inline constexpr std::size_t max_smtp_lines = 128;

struct SmtpReply {
    unsigned code{0};               ///< 200..599; the last two digits may be any, clients go by the first
    std::string enhanced;           ///< "4.7.0" when the text begins with one of the code's class
    std::vector<std::string> lines; ///< texts behind the code, one at least, `enhanced` still in them

    friend bool operator==(const SmtpReply&, const SmtpReply&) = default;
};

/// 2yz
[[nodiscard]] inline bool positive(const SmtpReply& reply) { return reply.code / 100 == 2; }

/// "454 4.7.0 TLS not available": one line for a person, the enhanced code once, at most 200 octets and
/// "...".
[[nodiscard]] std::string describe(const SmtpReply& reply);

/// What is no reply.
struct SmtpFault {
    enum class Kind {
        garbage, ///< a line that does not begin with a code from 200 to 599, and a space, hyphen or its end
        line_too_long,  ///< max_smtp_line octets, and no end
        too_many_lines, ///< more than max_smtp_lines in one reply
        mixed_codes,    ///< another code than the first line of the same reply
    };
    Kind kind{};
    std::string line; ///< how the line begins that is wrong

    friend bool operator==(const SmtpFault&, const SmtpFault&) = default;
};

/// "sent what is not SMTP: GET / HTTP/1.1"
[[nodiscard]] std::string describe(const SmtpFault& fault);

class SmtpReplyReader {
public:
    /// Consumes octets from the front, up to and with the end of the next reply. Nothing: all were consumed,
    /// and more are needed. After a fault, the same fault forever.
    [[nodiscard]] std::optional<Result<SmtpReply, SmtpFault>> read(std::string_view& bytes);

    /// Whether a reply has begun and not ended.
    [[nodiscard]] bool in_reply() const { return !line_.empty() || !reply_.lines.empty(); }

    /// What has come can be no reply, whatever follows: a fault, or a line that has begun like none.
    [[nodiscard]] std::optional<SmtpFault> hopeless() const;

private:
    std::optional<Result<SmtpReply, SmtpFault>> finish_line();
    SmtpFault fail(SmtpFault::Kind kind);

    std::string line_; ///< up to its LF, which has not come yet
    SmtpReply reply_;
    std::optional<SmtpFault> fault_;
};

} // namespace baton::health
