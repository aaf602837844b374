// The conversation of a check with an SMTP server: what to send next, and in the end whether it serves.
//
// banner, EHLO (HELO when it is refused), STARTTLS and EHLO again, MAIL FROM, RCPT TO, RSET, QUIT. It never
// sends DATA, so no mail is ever sent. A transaction that has begun is reset, however it ends.
// Pure: opens no socket, knows no time and no certificate; its caller does. Replies are taken in order, also
// those that came before they were asked for; but octets in clear behind the reply to STARTTLS end it, as a
// command injected by a third party would look so. RFC 5321 sections 3.1, 3.2, 4.1.1, 4.3.2; RFC 3207
// sections 4 and 6; RFC 8314 section 3.3.
#pragma once

#include "health/dialogue.h"
#include "health/settings.h"
#include "health/smtp_reply.h"

#include <cstdint>

namespace baton::health {

class SmtpDialogue : public Dialogue {
public:
    /// All words of the settings fit a command.
    explicit SmtpDialogue(SmtpSettings settings);

    StreamAction connected() override;
    StreamAction tls_established() override;
    StreamAction tls_failed(std::string_view why) override;
    StreamAction received(std::string_view bytes) override;
    StreamAction closed() override;
    StreamAction timed_out() override;

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
    void take_leave(std::string detail);
    void decide(bool ok, std::string detail);
    StreamAction next();

    [[nodiscard]] bool after_starttls() const;
    [[nodiscard]] std::string step() const;
    [[nodiscard]] std::string awaited() const;
    [[nodiscard]] std::string why_closed() const;
    [[nodiscard]] std::string why_late() const;
    [[nodiscard]] std::string all_well() const;

    SmtpSettings settings_;
    Stage stage_{Stage::connecting};
    Stage said_{Stage::connecting}; ///< of the last command that was given to be sent
    bool secure_{false};
    SmtpReplyReader reader_;
    StreamAction action_; ///< what has come together since the last one was given
    std::string banner_;
    std::string recipient_;              ///< how it was accepted
    std::optional<std::string> failure_; ///< known already, while the transaction is being reset
};

} // namespace baton::health
