// Conversations: what the check says, when it begins TLS, and what it concludes.
#include "health/smtp_dialogue.h"

#include <doctest/doctest.h>

using namespace baton::health;
using Then = StreamAction::Then;

namespace {

SmtpSettings plain() {
    SmtpSettings settings;
    settings.helo = "lb1.example.org";
    return settings;
}

SmtpSettings with(StartTls starttls) {
    auto settings = plain();
    settings.starttls = starttls;
    return settings;
}

SmtpSettings with_mail() {
    auto settings = plain();
    settings.mail_from = "probe@example.org";
    settings.rcpt_to = "postmaster@example.org";
    return settings;
}

SmtpSettings smtps() {
    auto settings = plain();
    settings.smtps = true;
    return settings;
}

StreamAction say(const std::string& text) { return {text, Then::read, false, ""}; }

StreamAction tls(const std::string& first = "") { return {first, Then::start_tls, false, ""}; }

StreamAction good(const std::string& detail) { return {"QUIT\r\n", Then::close, true, detail}; }

StreamAction bad(const std::string& detail) { return {"QUIT\r\n", Then::close, false, detail}; }

/// The server is not talked to any more.
StreamAction gone(const std::string& detail) { return {"", Then::close, false, detail}; }

const StreamAction wait = say("");
const StreamAction ehlo = say("EHLO lb1.example.org\r\n");
const std::string banner = "220 mail1 ESMTP\r\n";
const std::string offer = "250-mail1\r\n250-SIZE\r\n250 STARTTLS\r\n";

/// A dialogue that has got this far.
SmtpDialogue after(const SmtpSettings& settings, const std::vector<std::string>& replies) {
    SmtpDialogue dialogue(settings);
    (void)dialogue.connected();
    for (const auto& reply : replies)
        CHECK(dialogue.received(reply).then != Then::close);
    return dialogue;
}

SmtpDialogue after_starttls(SmtpSettings settings) {
    settings.starttls = StartTls::required;
    auto dialogue = after(settings, {banner, offer, "220 2.0.0 go on\r\n"});
    CHECK(dialogue.tls_established() == ehlo);
    return dialogue;
}

/// What is concluded from these, one after the other.
StreamAction last(const SmtpSettings& settings, std::vector<std::string> replies) {
    const auto final = replies.back();
    replies.pop_back();
    return after(settings, replies).received(final);
}

} // namespace

TEST_CASE("banner, EHLO, QUIT") {
    SmtpDialogue dialogue(plain());
    CHECK(dialogue.connected() == wait);
    CHECK(dialogue.received(banner) == ehlo);
    CHECK(dialogue.received("250-mail1\r\n") == wait);
    CHECK(dialogue.received("250 8BITMIME\r\n") == good("220 mail1 ESMTP"));
}

TEST_CASE("a transaction is begun, and reset") {
    SmtpDialogue dialogue(with_mail());
    CHECK(dialogue.connected() == wait);
    CHECK(dialogue.received(banner) == ehlo);
    CHECK(dialogue.received("250 mail1\r\n") == say("MAIL FROM:<probe@example.org>\r\n"));
    CHECK(dialogue.received("250 2.1.0 Ok\r\n") == say("RCPT TO:<postmaster@example.org>\r\n"));
    CHECK(dialogue.received("250 2.1.5 Ok\r\n") == say("RSET\r\n"));
    CHECK(dialogue.received("250 2.0.0 Ok\r\n") == good("220 mail1 ESMTP; RCPT TO: 250 2.1.5 Ok"));
}

TEST_CASE("MAIL FROM alone is reset too, and may be the null reverse-path") {
    auto settings = plain();
    settings.mail_from = "";
    auto dialogue = after(settings, {banner});
    CHECK(dialogue.received("250 mail1\r\n") == say("MAIL FROM:<>\r\n"));
    CHECK(dialogue.received("250 Ok\r\n") == say("RSET\r\n"));
    CHECK(dialogue.received("250 Ok\r\n") == good("220 mail1 ESMTP"));
}

TEST_CASE("STARTTLS, then EHLO again; what was said in clear counts no more") {
    SmtpDialogue dialogue(with(StartTls::required));
    CHECK(dialogue.connected() == wait);
    CHECK(dialogue.received(banner) == ehlo);
    CHECK(dialogue.received(offer) == say("STARTTLS\r\n"));
    CHECK(dialogue.received("220 2.0.0 go on\r\n") == tls());
    CHECK(dialogue.tls_established() == ehlo);
    CHECK(dialogue.received(offer) == good("220 mail1 ESMTP; TLS")); // not a second time
}

TEST_CASE("TLS before the banner, and no STARTTLS then") {
    auto settings = smtps();
    settings.starttls = StartTls::required;
    SmtpDialogue dialogue(settings);
    CHECK(dialogue.connected() == tls());
    CHECK(dialogue.tls_established() == wait);
    CHECK(dialogue.received(banner) == ehlo);
    CHECK(dialogue.received("250 mail1\r\n") == good("220 mail1 ESMTP; TLS"));
}

TEST_CASE("the keyword of STARTTLS has letters of any case, and is a whole word behind the greeting") {
    const auto starts = [](const std::string& answer) {
        return last(with(StartTls::if_offered), {banner, answer}) == say("STARTTLS\r\n");
    };
    CHECK(starts("250-mail1\r\n250 starttls\r\n"));
    CHECK(starts("250-mail1\r\n250-StartTLS yes\r\n250 SIZE\r\n"));
    CHECK_FALSE(starts("250 STARTTLS\r\n"));
    CHECK_FALSE(starts("250-mail1\r\n250 STARTTLSX\r\n"));
    CHECK_FALSE(starts("250-mail1\r\n250 STARTTL\r\n"));
    CHECK_FALSE(starts("250-mail1\r\n250 NO STARTTLS\r\n"));
}

TEST_CASE("STARTTLS that is not offered, or does not work") {
    CHECK(last(with(StartTls::required), {banner, "250 mail1\r\n"}) == bad("STARTTLS is not offered"));
    CHECK(last(with(StartTls::if_offered), {banner, "250 mail1\r\n"}) == good("220 mail1 ESMTP"));
    CHECK(last(with(StartTls::off), {banner, offer}) == good("220 mail1 ESMTP"));
    for (const auto starttls : {StartTls::required, StartTls::if_offered})
        CHECK(last(with(starttls), {banner, offer, "454 4.7.0 TLS not available\r\n"}) ==
              bad("STARTTLS: 454 4.7.0 TLS not available"));
    CHECK(last(with(StartTls::required), {banner, offer, "250 2.0.0 what?\r\n"}) ==
          bad("STARTTLS: 250 2.0.0 what?"));
    auto dialogue = after(with(StartTls::required), {banner, offer, "220 go on\r\n"});
    CHECK(dialogue.tls_failed("certificate has expired") == gone("TLS: certificate has expired"));
}

TEST_CASE("data in clear behind the reply to STARTTLS ends it, whole or in pieces") {
    const std::string detail = "sent data in clear where TLS was to begin";
    CHECK(last(with(StartTls::required), {banner, offer, "220 go on\r\n250 mail1\r\n"}) == gone(detail));
    CHECK(last(with(StartTls::required), {banner, offer, "220 go on\r\nx"}) == gone(detail));
    CHECK(last(with(StartTls::required), {banner, offer, "220 go on\r\n", "x"}) == gone(detail));
    CHECK(last(with(StartTls::required), {banner, offer, "220 go on\r\n", ""}) == wait);
    SmtpDialogue first(smtps());
    (void)first.connected();
    CHECK(first.received(banner) == gone(detail));
}

TEST_CASE("HELO for who does not know EHLO, unless STARTTLS is needed") {
    auto dialogue = after(with(StartTls::if_offered), {banner});
    CHECK(dialogue.received("502 5.5.1 what?\r\n") == say("HELO lb1.example.org\r\n"));
    CHECK(dialogue.received("250 mail1\r\n") == good("220 mail1 ESMTP"));
    CHECK(last(plain(), {banner, "500 what?\r\n", "550 no\r\n"}) == bad("HELO: 550 no"));
    CHECK(last(with(StartTls::required), {banner, "502 what?\r\n"}) == bad("EHLO: 502 what?"));
    CHECK(last(plain(), {banner, "421 4.3.2 shutting down\r\n"}) == bad("EHLO: 421 4.3.2 shutting down"));
    CHECK(after_starttls(plain()).received("502 what?\r\n") == bad("EHLO after STARTTLS: 502 what?"));
    auto optional = after(with(StartTls::if_offered), {banner, offer, "220 go on\r\n"});
    CHECK(optional.tls_established() == ehlo);
    CHECK(optional.received("502 what?\r\n") == bad("EHLO after STARTTLS: 502 what?"));
    SmtpDialogue first(smtps());
    (void)first.connected();
    (void)first.tls_established();
    CHECK(first.received(banner) == ehlo);
    CHECK(first.received("502 what?\r\n") == say("HELO lb1.example.org\r\n"));
}

TEST_CASE("a banner is 220") {
    CHECK(last(plain(), {"554 no service\r\n"}) == bad("banner: 554 no service"));
    CHECK(last(plain(), {"421-too\r\n421 busy\r\n"}) == bad("banner: 421 too busy"));
    CHECK(last(plain(), {"250 hello\r\n"}) == bad("banner: 250 hello"));
    CHECK(last(plain(), {"220-mail1\r\n220 wait for it\r\n"}) == ehlo);
}

TEST_CASE("a refused sender or recipient fails with the server's words") {
    CHECK(last(with_mail(), {banner, "250 mail1\r\n", "451 4.3.0 try later\r\n"}) ==
          bad("MAIL FROM: 451 4.3.0 try later"));
    CHECK(last(with_mail(), {banner, "250 mail1\r\n", "354 what?\r\n"}) == bad("MAIL FROM: 354 what?"));
    auto dialogue = after(with_mail(), {banner, "250 mail1\r\n", "250 Ok\r\n"});
    CHECK(dialogue.received("550 5.1.1 unknown\r\n") == say("RSET\r\n")); // always
    CHECK(dialogue.received("250 Ok\r\n") == bad("RCPT TO: 550 5.1.1 unknown"));
}

TEST_CASE("what happens at RSET decides nothing that is decided") {
    const std::vector<std::string> refused{banner, "250 mail1\r\n", "250 Ok\r\n", "450 4.2.0 full\r\n"};
    CHECK(after(with_mail(), refused).received("500 what?\r\n") == bad("RCPT TO: 450 4.2.0 full"));
    CHECK(after(with_mail(), refused).received("garbage\r\n") == bad("RCPT TO: 450 4.2.0 full"));
    CHECK(after(with_mail(), refused).closed() == gone("RCPT TO: 450 4.2.0 full"));
    CHECK(after(with_mail(), refused).timed_out() == bad("RCPT TO: 450 4.2.0 full")); // QUIT is missing
    const std::vector<std::string> taken{banner, "250 mail1\r\n", "250 Ok\r\n", "251 Ok\r\n"};
    CHECK(after(with_mail(), taken).received("500 what?\r\n") == bad("RSET: 500 what?"));
    CHECK(after(with_mail(), taken).closed() == gone("closed after RSET"));
}

TEST_CASE("whoever closes early is told where") {
    CHECK(SmtpDialogue(plain()).closed() == gone("closed before it was connected"));
    CHECK(after(plain(), {}).closed() == gone("closed before its banner"));
    CHECK(after(plain(), {"220-mail1\r\n22"}).closed() == gone("closed in the middle of its banner"));
    CHECK(after(plain(), {banner}).closed() == gone("closed after EHLO"));
    CHECK(after(plain(), {banner, "250-mail1\r\n"}).closed() ==
          gone("closed in the middle of its answer to EHLO"));
    CHECK(after(with(StartTls::required), {banner, offer}).closed() == gone("closed after STARTTLS"));
    CHECK(after(with(StartTls::required), {banner, offer, "220 go on\r\n"}).closed() ==
          gone("closed during the TLS handshake"));
    CHECK(after_starttls(plain()).closed() == gone("closed after EHLO after STARTTLS"));
    CHECK(after(with_mail(), {banner, "250 a\r\n"}).closed() == gone("closed after MAIL FROM"));
    CHECK(after(plain(), {"GET /"}).closed() == gone("sent what is not SMTP: GET /"));
}

TEST_CASE("whoever is slow is told what is missing") {
    CHECK(SmtpDialogue(plain()).timed_out() == gone("no connection"));
    CHECK(after(plain(), {}).timed_out() == gone("no banner"));
    CHECK(after(plain(), {"220-mail1"}).timed_out() == gone("only a part of its banner"));
    CHECK(after(plain(), {banner}).timed_out() == gone("no answer to EHLO"));
    CHECK(after(plain(), {banner, "2"}).timed_out() == gone("only a part of its answer to EHLO"));
    CHECK(after(smtps(), {}).timed_out() == gone("no end of the TLS handshake"));
    CHECK(after(plain(), {"\x16\x03\x01"}).timed_out() == gone("sent what is not SMTP: \x16\x03\x01"));
}

TEST_CASE("a transaction that has begun is reset, however it ends") {
    const auto resets = [](const std::string& detail) {
        auto action = gone(detail);
        action.send = "RSET\r\nQUIT\r\n";
        return action;
    };
    const std::vector<std::string> greeted{banner, "250 mail1\r\n"};
    auto sender_taken = greeted;
    sender_taken.emplace_back("250 Ok\r\n");
    CHECK(after(with_mail(), greeted).timed_out() == resets("no answer to MAIL FROM"));
    CHECK(after(with_mail(), sender_taken).timed_out() == resets("no answer to RCPT TO"));
    auto dialogue = after(with_mail(), sender_taken);
    (void)dialogue.timed_out();
    CHECK(dialogue.timed_out() == gone("no answer to RCPT TO")); // once

    // Nor does it matter what the server says to it.
    const std::string early = "sent a reply before it was asked for one";
    for (const auto& begun : {greeted, sender_taken}) {
        CHECK(after(with_mail(), begun).received("hello there\r\n") ==
              resets("sent what is not SMTP: hello there"));
        CHECK(after(with_mail(), begun).received("250-one\r\n251 two\r\n") ==
              resets("sent two codes in one reply: 251 two"));
        CHECK(after(with_mail(), begun).received("250 Ok\r\n250 again\r\n") == resets(early));
    }
    auto recipient_taken = sender_taken;
    recipient_taken.emplace_back("250 Ok\r\n");
    CHECK(after(with_mail(), recipient_taken).received("hello there\r\n") ==
          bad("sent what is not SMTP: hello there"));
    CHECK(after(with_mail(), {banner}).received("250 mail1\r\n250 again\r\n") ==
          gone(early)); // none has begun
}

TEST_CASE("what is not SMTP is hung up on") {
    CHECK(last(plain(), {"SSH-2.0-OpenSSH_9.2\r\n"}) == gone("sent what is not SMTP: SSH-2.0-OpenSSH_9.2"));
    CHECK(last(plain(), {banner, "250-a\r\n550 b\r\n"}) == gone("sent two codes in one reply: 550 b"));
}

TEST_CASE("replies that come early answer nothing: none of them is taken for the answer to what was not "
          "asked yet") {
    const std::string early = "sent a reply before it was asked for one";
    CHECK(last(with_mail(), {banner + "250 a\r\n250 b\r\n250 c\r\n250 d\r\n221 bye\r\n"}) == gone(early));
    CHECK(last(with_mail(), {banner, "250 a\r\n250 x\r\n"}) == gone(early));
    CHECK(last(with(StartTls::required), {banner + offer + "220 go on\r\n"}) == gone(early));
    CHECK(last(plain(), {banner + "2"}) == gone(early)); // half of one
}

TEST_CASE("what is decided stays, whatever comes later") {
    auto dialogue = after(plain(), {banner});
    const auto decided = dialogue.received("250 mail1\r\n");
    auto again = decided;
    again.send.clear();
    CHECK(dialogue.received("221 bye\r\n") == again);
    CHECK(dialogue.received("garbage\r\n") == again);
    CHECK(dialogue.closed() == again);
    CHECK(dialogue.timed_out() == again);
    CHECK(dialogue.tls_failed("late") == again);
    CHECK(dialogue.tls_established() == again);
    CHECK(dialogue.connected() == again);
}

TEST_CASE("words of a command have nothing that ends it") {
    CHECK(fits_smtp_command("probe@example.org"));
    CHECK(fits_smtp_command("[IPv6:2001:db8::1]"));
    CHECK(fits_smtp_command(""));
    CHECK(fits_smtp_command(std::string(255, 'x')));
    CHECK_FALSE(fits_smtp_command(std::string(256, 'x')));
    for (const std::string word : {"a b", "a>", "<a", "a\r", "a\nb", "caf\xc3\xa9", "\x7f", "a\t"})
        CHECK_FALSE(fits_smtp_command(word));
}
