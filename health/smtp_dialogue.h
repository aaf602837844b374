// The conversation of a check with an SMTP server: what to send next, and in the end whether it serves.
//
// banner, EHLO (HELO when it is refused), STARTTLS and EHLO again, MAIL FROM, RCPT TO, RSET, QUIT. It never
// sends DATA, so no mail is ever sent. Pure: opens no socket, knows no time and no certificate; its caller
// does. Replies are taken in order, also those that came before they were asked for; but octets in clear
// behind the reply to STARTTLS end it, as a command injected by a third party would look so. RFC 5321
// sections 3.1, 3.2, 4.1.1, 4.3.2; RFC 3207 sections 4 and 6; RFC 8314 section 3.3.
#pragma once

#include "health/smtp_reply.h"

#include <cstdint>

namespace baton::health {

enum class StartTls : std::uint8_t {
    off,
    if_offered, ///< when it is offered, and then it must work
    required,
};

struct SmtpSettings {
    std::string helo; ///< what we call ourselves: a host name, or an address literal like "[192.0.2.1]"
    StartTls starttls{StartTls::off};
    bool smtps{false}; ///< TLS before the banner (port 465); STARTTLS is not asked for then
    std::optional<std::string> mail_from; ///< without brackets; empty: the null reverse-path "<>"
    std::optional<std::string> rcpt_to;   ///< only with mail_from

    friend bool operator==(const SmtpSettings&, const SmtpSettings&) = default;
};

/// Whether it can stand in a command: at most 255 octets of printable ASCII, no space and no angle bracket.
[[nodiscard]] bool fits_smtp_command(std::string_view word);

/// What to do next.
struct SmtpAction {
    enum class Then : std::uint8_t {
        read,      ///< go on reading
        start_tls, ///< read no more octets in clear; tls_established() or tls_failed() when it is decided
        close,     ///< it is decided. What is sent last may be a QUIT: to wait for its answer is a courtesy
    };
    std::string send; ///< to be written first; may be empty
    Then then{Then::read};
    bool ok{false};     ///< of close: the server serves
    std::string detail; ///< of close: for a person, never empty; holds texts of the server as they came

    friend bool operator==(const SmtpAction&, const SmtpAction&) = default;
};

/// Each member function tells what happened and gives what to do. After a close they all give the same close,
/// with nothing to send.
class SmtpDialogue {
public:
    /// All words of the settings fit a command.
    explicit SmtpDialogue(SmtpSettings settings);

    SmtpAction connected();
    SmtpAction tls_established();
    /// `why` for a person: "certificate has expired".
    SmtpAction tls_failed(std::string_view why);
    SmtpAction received(std::string_view bytes);
    SmtpAction closed();
    /// The caller's patience is over; how long it was, the caller knows.
    SmtpAction timed_out();

private:
    enum class Stage : std::uint8_t {
        connecting,
        handshake,
        banner,
        ehlo,
        helo,
        starttls,
        mail,
        rcpt,
        rset,
        over
    };

    void take(const SmtpReply& reply);
    void take_banner(const SmtpReply& reply);
    void take_ehlo(const SmtpReply& reply);
    void take_starttls(const SmtpReply& reply);
    void take_mail(const SmtpReply& reply);
    void take_rcpt(const SmtpReply& reply);
    void take_rset(const SmtpReply& reply);

    void greet();
    void introduced();
    void send(Stage stage, std::string_view command);
    void refused(const SmtpReply& reply);
    void quit(bool ok, std::string detail);
    void hang_up(std::string detail);
    void decide(bool ok, std::string detail);
    SmtpAction next();

    [[nodiscard]] bool after_starttls() const;
    [[nodiscard]] std::string step() const;
    [[nodiscard]] std::string awaited() const;
    [[nodiscard]] std::string why_closed() const;
    [[nodiscard]] std::string why_late() const;
    [[nodiscard]] std::string all_well() const;

    SmtpSettings settings_;
    Stage stage_{Stage::connecting};
    bool secure_{false};
    SmtpReplyReader reader_;
    SmtpAction action_; ///< what has come together since the last one was given
    std::string banner_;
    std::string recipient_;              ///< how it was accepted
    std::optional<std::string> failure_; ///< known already, while the transaction is being reset
};

} // namespace baton::health
