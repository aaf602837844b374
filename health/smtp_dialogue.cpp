#include "health/smtp_dialogue.h"

#include "health/excerpt.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace baton::health {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// A line of an answer to EHLO is a keyword and its parameters, in letters of any case.
bool is_keyword(std::string_view line, std::string_view keyword) {
    const auto word = line.substr(0, line.find(' '));
    return std::equal(word.begin(), word.end(), keyword.begin(), keyword.end(),
                      [](char a, char b) { return upper(a) == b; });
}

/// The first line is a greeting, whatever it says.
bool offers(const SmtpReply& ehlo, std::string_view keyword) {
    return std::any_of(ehlo.lines.begin() + 1, ehlo.lines.end(),
                       [&](const std::string& line) { return is_keyword(line, keyword); });
}

bool all_fit(const SmtpSettings& settings) {
    return !settings.helo.empty() && fits_smtp_command(settings.helo) &&
           fits_smtp_command(settings.mail_from.value_or("")) &&
           fits_smtp_command(settings.rcpt_to.value_or(""));
}

} // namespace

SmtpDialogue::SmtpDialogue(SmtpSettings settings) : settings_(std::move(settings)) {
    assert(all_fit(settings_));
    assert(settings_.mail_from || !settings_.rcpt_to);
}

StreamAction SmtpDialogue::connected() {
    if (stage_ == Stage::over)
        return next();
    assert(stage_ == Stage::connecting);
    stage_ = settings_.smtps ? Stage::handshake : Stage::banner;
    if (settings_.smtps)
        action_.then = StreamAction::Then::start_tls;
    return next();
}

StreamAction SmtpDialogue::tls_established() {
    if (stage_ == Stage::over)
        return next();
    assert(stage_ == Stage::handshake);
    secure_ = true;
    if (settings_.smtps)
        stage_ = Stage::banner;
    else
        greet(); // what was said in clear counts no more (RFC 3207 section 4.2)
    return next();
}

StreamAction SmtpDialogue::tls_failed(std::string_view why) {
    hang_up("TLS: " + excerpt(why, 200));
    return next();
}

StreamAction SmtpDialogue::received(std::string_view bytes) {
    assert(stage_ != Stage::connecting);
    while (!bytes.empty() && stage_ != Stage::over) {
        if (stage_ == Stage::handshake) {
            take_leave("sent data in clear where TLS was to begin");
            break;
        }
        const auto reply = reader_.read(bytes);
        if (reply && *reply)
            take(**reply);
        else if (reply)
            take_leave(describe(reply->error()));
        // What is there already is no answer to a command that has not been sent, and would be taken for one.
        if (!bytes.empty() && stage_ != Stage::handshake)
            take_leave("sent a reply before it was asked for one");
    }
    return next();
}

StreamAction SmtpDialogue::closed() {
    hang_up(why_closed());
    return next();
}

StreamAction SmtpDialogue::timed_out() {
    take_leave(why_late());
    return next();
}

void SmtpDialogue::take(const SmtpReply& reply) {
    switch (stage_) {
    case Stage::banner:
        return take_banner(reply);
    case Stage::ehlo:
        return take_ehlo(reply);
    case Stage::helo:
        return positive(reply) ? introduced() : refused(reply);
    case Stage::starttls:
        return take_starttls(reply);
    case Stage::mail:
        return take_mail(reply);
    case Stage::rcpt:
        return take_rcpt(reply);
    case Stage::rset:
        return take_rset(reply);
    case Stage::connecting:
    case Stage::handshake:
    case Stage::over:
        assert(false && "no reply is read in these");
    }
}

void SmtpDialogue::take_banner(const SmtpReply& reply) {
    if (reply.code != 220)
        return refused(reply);
    banner_ = describe(reply);
    greet();
}

void SmtpDialogue::greet() { send(Stage::ehlo, "EHLO " + settings_.helo); }

void SmtpDialogue::take_ehlo(const SmtpReply& reply) {
    const bool tls = settings_.starttls != StartTls::off && !secure_;
    const bool too_old = reply.code / 100 == 5; // knows no extensions
    const bool needs_ehlo = settings_.starttls == StartTls::required || after_starttls();
    if (!positive(reply))
        return too_old && !needs_ehlo ? send(Stage::helo, "HELO " + settings_.helo) : refused(reply);
    if (tls && offers(reply, "STARTTLS"))
        return send(Stage::starttls, "STARTTLS");
    if (tls && settings_.starttls == StartTls::required)
        return quit(false, "STARTTLS is not offered");
    introduced();
}

void SmtpDialogue::take_starttls(const SmtpReply& reply) {
    if (reply.code != 220)
        return refused(reply);
    stage_ = Stage::handshake;
    action_.then = StreamAction::Then::start_tls;
}

void SmtpDialogue::introduced() {
    if (!settings_.mail_from)
        return quit(true, all_well());
    send(Stage::mail, "MAIL FROM:<" + *settings_.mail_from + ">");
}

void SmtpDialogue::take_mail(const SmtpReply& reply) {
    if (!positive(reply))
        return refused(reply);
    if (settings_.rcpt_to)
        return send(Stage::rcpt, "RCPT TO:<" + *settings_.rcpt_to + ">");
    send(Stage::rset, "RSET");
}

void SmtpDialogue::take_rcpt(const SmtpReply& reply) {
    auto told = step() + ": " + describe(reply);
    if (positive(reply))
        recipient_ = std::move(told);
    else
        failure_ = std::move(told);
    send(Stage::rset, "RSET"); // a transaction has begun: it is ended, however it went
}

void SmtpDialogue::take_rset(const SmtpReply& reply) {
    if (failure_)
        return quit(false, *failure_);
    return positive(reply) ? quit(true, all_well()) : refused(reply);
}

void SmtpDialogue::send(Stage stage, std::string_view command) {
    stage_ = stage;
    action_.send.append(command).append("\r\n");
}

void SmtpDialogue::refused(const SmtpReply& reply) { quit(false, step() + ": " + describe(reply)); }

void SmtpDialogue::quit(bool ok, std::string detail) {
    send(Stage::over, "QUIT");
    decide(ok, std::move(detail));
}

/// Who may still listen is told that the transaction is over.
void SmtpDialogue::take_leave(std::string detail) {
    if (stage_ == Stage::over)
        return;
    hang_up(std::move(detail));
    if (said_ == Stage::mail || said_ == Stage::rcpt)
        action_.send = "RSET\r\nQUIT\r\n";
    else if (said_ == Stage::rset)
        action_.send = "QUIT\r\n";
}

/// Without a word: nobody listens, or nobody who does is to be talked to.
void SmtpDialogue::hang_up(std::string detail) {
    if (stage_ == Stage::over)
        return;
    stage_ = Stage::over;
    action_.send.clear();
    decide(false, failure_.value_or(std::move(detail)));
}

void SmtpDialogue::decide(bool ok, std::string detail) {
    action_.then = StreamAction::Then::close;
    action_.ok = ok;
    action_.detail = std::move(detail);
}

StreamAction SmtpDialogue::next() {
    auto action = action_;
    if (!action_.send.empty())
        said_ = stage_;
    action_.send.clear();
    if (action_.then == StreamAction::Then::start_tls)
        action_.then = StreamAction::Then::read;
    return action;
}

bool SmtpDialogue::after_starttls() const { return secure_ && !settings_.smtps; }

/// What the server is to say, or to answer.
std::string SmtpDialogue::step() const {
    switch (stage_) {
    case Stage::banner:
        return "banner";
    case Stage::ehlo:
        return after_starttls() ? "EHLO after STARTTLS" : "EHLO";
    case Stage::helo:
        return "HELO";
    case Stage::starttls:
        return "STARTTLS";
    case Stage::mail:
        return "MAIL FROM";
    case Stage::rcpt:
        return "RCPT TO";
    case Stage::rset:
        return "RSET";
    case Stage::connecting:
    case Stage::handshake:
    case Stage::over:
        break;
    }
    return {};
}

std::string SmtpDialogue::why_closed() const {
    if (const auto fault = reader_.hopeless())
        return describe(*fault);
    if (stage_ == Stage::connecting)
        return "closed before it was connected";
    if (stage_ == Stage::handshake)
        return "closed during the TLS handshake";
    if (reader_.in_reply())
        return "closed in the middle of its " + awaited();
    return stage_ == Stage::banner ? "closed before its banner" : "closed after " + step();
}

std::string SmtpDialogue::why_late() const {
    if (const auto fault = reader_.hopeless())
        return describe(*fault);
    return (reader_.in_reply() ? "only a part of its " : "no ") + awaited();
}

/// What is to come from the server.
std::string SmtpDialogue::awaited() const {
    switch (stage_) {
    case Stage::connecting:
        return "connection";
    case Stage::handshake:
        return "end of the TLS handshake";
    case Stage::banner:
        return "banner";
    default:
        return "answer to " + step();
    }
}

/// "220 mail1 ESMTP; TLS; RCPT TO: 250 2.1.5 Ok"
std::string SmtpDialogue::all_well() const {
    return banner_ + (secure_ ? "; TLS" : "") + (recipient_.empty() ? "" : "; " + recipient_);
}

} // namespace baton::health
