// TLS as a client, against a server with the certificates that servers have: good, expired, of another name.
#include "health/tls.h"

#include "health/http_dialogue.h"
#include "health/smtp_dialogue.h"
#include "health/tcp_dialogue.h"
#include "tests/unit/health/certificates.h"
#include "tests/unit/health/server.h"
#include "tests/unit/netlink/namespace.h"
#include "tests/unit/scratch.h"

#include <array>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>

using namespace baton;
using namespace baton::health;
namespace asio = boost::asio;
using testing::Client;
using testing::Identity;
using testing::make_identity;
using testing::Protocol;
using testing::Server;

namespace {

using Secure = asio::ssl::stream<Protocol::socket&>;

const Identity& authority() {
    static const auto made =
        make_identity({.subject = "Test authority", .alternative_name = "", .authority = true});
    return made;
}

Identity issued(const std::string& alternative_name, long from_day = -1, long to_day = 30) {
    return make_identity({.alternative_name = alternative_name,
                          .from_day = from_day,
                          .to_day = to_day,
                          .issuer = &authority()});
}

/// Of a server: with this certificate, saying this under TLS.
class TlsWelcome {
public:
    TlsWelcome(const Identity& identity, std::string text, std::string first = "", std::string second = "")
        : text_(std::move(text)), first_(std::move(first)), second_(std::move(second)) {
        context_.use_certificate(asio::buffer(identity.certificate), asio::ssl::context::pem);
        context_.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
    }

    /// The server agrees on keys in this group of TLS 1.3, and no other.
    void only_group(const char* name) {
        REQUIRE(SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_3_VERSION) == 1);
        REQUIRE(SSL_CTX_set1_groups_list(context_.native_handle(), name) == 1);
    }

    void operator()(Client& client) {
        auto kept = client.shared_from_this();
        if (first_.empty())
            return shake_hands(std::move(kept));
        asio::write(client.socket, asio::buffer(first_));
        on_line(kept, [this, kept] {
            asio::write(kept->socket, asio::buffer(second_));
            on_line(kept, [this, kept] {
                asio::write(kept->socket, asio::buffer(std::string("220 2.0.0 go on\r\n")));
                shake_hands(kept);
            });
        });
    }

    std::string server_name{};            ///< that the last client asked for
    std::string heard{};                  ///< under TLS
    std::function<std::string()> reply{}; ///< to each line that is heard; none: no reply
    bool gone{false};                     ///< the last client

private:
    /// The client says one line at a time.
    static void on_line(const std::shared_ptr<Client>& client, const std::function<void()>& then) {
        auto line = std::make_shared<std::string>();
        asio::async_read_until(client->socket, asio::dynamic_buffer(*line), "\r\n",
                               [client, line, then](const boost::system::error_code& failed, std::size_t) {
                                   if (!failed)
                                       then();
                               });
    }

    void shake_hands(std::shared_ptr<Client> client) {
        auto secure = std::make_shared<Secure>(client->socket, context_);
        secure->async_handshake(Secure::server, [this, secure,
                                                 client](const boost::system::error_code& failed) {
            if (failed)
                return client->close();
            const char* const name = SSL_get_servername(secure->native_handle(), TLSEXT_NAMETYPE_host_name);
            server_name = name == nullptr ? "" : name;
            asio::async_write(*secure, asio::buffer(text_),
                              [this, secure, client](const auto&, std::size_t) { listen(secure, client); });
        });
    }
    void listen(const std::shared_ptr<Secure>& secure, const std::shared_ptr<Client>& client) {
        auto buffer = std::make_shared<std::array<char, 512>>();
        secure->async_read_some(
            asio::buffer(*buffer),
            [this, secure, client, buffer](const boost::system::error_code& failed, std::size_t size) {
                gone = failed.failed();
                if (failed)
                    return;
                heard.append(buffer->data(), size);
                if (reply)
                    asio::write(*secure, asio::buffer(reply()));
                listen(secure, client);
            });
    }

    std::string text_;
    std::string first_;  ///< in clear; empty: TLS at once
    std::string second_; ///< the answer to EHLO; STARTTLS comes then
    asio::ssl::context context_{asio::ssl::context::tls_server};
};

struct TlsFixture : test::Namespace {
    TlsFixture() { test::ip("link set lo up"); }

    boost::asio::io_context loop;
    testing::Scratch scratch;
    Trust trust;

    Tls tls_with(const TlsSettings& settings) {
        const auto trusted = trust.context_for(settings);
        REQUIRE_MESSAGE(trusted.has_value(), trusted.error().text);
        return {*trusted, settings};
    }
    std::string ca_file(const Identity& identity = authority()) const {
        std::ofstream(scratch.path("ca.pem")) << identity.certificate;
        return scratch.path("ca.pem");
    }
    Finding run(const Server& server, const TlsSettings& settings, std::unique_ptr<Dialogue> dialogue) {
        auto tls = tls_with(settings);
        std::optional<Finding> finding;
        const auto probe = start_stream(loop, server.target(), std::move(dialogue), &tls,
                                        [&](Finding found) { finding = std::move(found); });
        testing::run_until(loop, [&] { return finding.has_value(); });
        return *finding;
    }
    /// What a check that trusts the authority, and calls the server so, says of this certificate.
    std::string verified(const Identity& identity, const std::string& name) {
        TlsWelcome welcome(identity, "+PONG\r\n");
        const Server server(loop, "127.0.0.1", std::ref(welcome));
        return run(server, {.ca_file = ca_file(), .server_name = name}, pinging()).detail;
    }
    static std::unique_ptr<Dialogue> pinging() {
        return std::make_unique<TcpDialogue>(TcpSettings{.tls = true, .expect = "+PONG"});
    }
};

const std::string not_accepted = "TLS: its certificate was not accepted: ";

} // namespace

TEST_CASE_FIXTURE(TlsFixture, "keys are agreed on with elliptic curves only, also in TLS 1.3") {
    const auto with_group = [this](const char* group) {
        TlsWelcome welcome(issued("DNS:mail1"), "+PONG\r\n");
        welcome.only_group(group);
        const Server server(loop, "127.0.0.1", std::ref(welcome));
        return run(server, {.ca_file = ca_file(), .server_name = "mail1"}, pinging());
    };
    for (const char* const curve : {"X25519", "P-256", "P-384", "P-521", "X448"}) {
        CAPTURE(curve);
        CHECK(with_group(curve).ok);
    }
    for (const char* const finite_field : {"ffdhe2048", "ffdhe8192"}) {
        CAPTURE(finite_field);
        CHECK_FALSE(with_group(finite_field).ok);
    }
}

TEST_CASE_FIXTURE(TlsFixture,
                  "a certificate of the authority for this name is accepted, and the name is sent") {
    TlsWelcome welcome(issued("DNS:mail1.example.org"), "+PONG\r\n");
    const Server server(loop, "127.0.0.1", std::ref(welcome));
    const auto found = run(server, {.ca_file = ca_file(), .server_name = "mail1.example.org"}, pinging());
    CHECK(found.ok);
    CHECK(found.detail == "answered: +PONG");
    CHECK(welcome.server_name == "mail1.example.org");
}

TEST_CASE_FIXTURE(TlsFixture, "an address as a name is looked for in the certificate, and not sent") {
    TlsWelcome welcome(issued("IP:127.0.0.1"), "+PONG\r\n");
    const Server server(loop, "127.0.0.1", std::ref(welcome));
    CHECK(run(server, {.ca_file = ca_file(), .server_name = "127.0.0.1"}, pinging()).ok);
    CHECK(welcome.server_name.empty());
    CHECK(verified(issued("IP:127.0.0.2"), "127.0.0.1") == not_accepted + "IP address mismatch");
}

TEST_CASE_FIXTURE(TlsFixture, "what is wrong with a certificate is named") {
    CHECK(verified(issued("DNS:mail2.example.org"), "mail1.example.org") ==
          not_accepted + "hostname mismatch");
    CHECK(verified(issued("DNS:localhost", -30, -1), "localhost") ==
          not_accepted + "certificate has expired");
    CHECK(verified(issued("DNS:localhost", 1, 30), "localhost") ==
          not_accepted + "certificate is not yet valid");
    CHECK(verified(make_identity({}), "localhost") == not_accepted + "self-signed certificate");
    const auto other = make_identity({.subject = "Another", .alternative_name = "", .authority = true});
    CHECK(verified(make_identity({.issuer = &other}), "localhost") ==
          not_accepted + "unable to get local issuer certificate");
}

TEST_CASE_FIXTURE(TlsFixture, "only who is pinned is trusted, and what signs itself can be pinned") {
    const auto own = make_identity({});
    TlsWelcome welcome(own, "+PONG\r\n");
    const Server server(loop, "127.0.0.1", std::ref(welcome));
    CHECK(run(server, {.ca_file = ca_file(own), .server_name = "localhost"}, pinging()).ok);
    CHECK_FALSE(run(server, {.server_name = "localhost"}, pinging()).ok); // of the system's, nobody made it
}

TEST_CASE_FIXTURE(TlsFixture, "without verification any certificate will do") {
    for (const auto& identity : {make_identity({}), issued("DNS:elsewhere", -30, -1)}) {
        TlsWelcome welcome(identity, "+PONG\r\n");
        const Server server(loop, "127.0.0.1", std::ref(welcome));
        CHECK(run(server, {.verify = false, .server_name = "localhost"}, pinging()).ok);
    }
}

TEST_CASE_FIXTURE(TlsFixture, "who speaks no TLS, or closes or resets in the handshake, is told so") {
    const TlsSettings settings{.verify = false};
    const Server clear(loop, "127.0.0.1", [](Client& client) { client.say("220 mail1 ESMTP\r\n"); });
    CHECK(run(clear, settings, pinging()).detail == "TLS: wrong version number");
    const Server closing(loop, "127.0.0.1", [](Client& client) { client.say("\x16\x03", true); });
    const auto closed = run(closing, settings, pinging()).detail;
    CHECK_MESSAGE((closed == "closed during the TLS handshake" || closed == "TLS: Connection reset by peer"),
                  closed);
    const Server resetting(loop, "127.0.0.1", [](Client& client) {
        client.on_heard = [](Client& asking) { asking.reset(); };
        client.listen();
    });
    CHECK(run(resetting, settings, pinging()).detail == "TLS: Connection reset by peer");
}

TEST_CASE_FIXTURE(TlsFixture, "a fault without verification is not blamed on the certificate") {
    TlsWelcome welcome(make_identity({}), "+PONG\r\n");
    const Server server(loop, "127.0.0.1", std::ref(welcome));
    const auto connection_of = [&](const TlsSettings& settings) {
        auto tls = tls_with(settings);
        Protocol::socket socket(loop, Protocol(asio::ip::tcp::v4()));
        socket.connect(asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), server.port()));
        Secure secure(socket, tls.context());
        tls.prepare(secure.native_handle());
        bool over = false;
        secure.async_handshake(Secure::client, [&](const auto&) { over = true; });
        testing::run_until(loop, [&] { return over; });
        return tls_fault(secure.native_handle(), asio::error::connection_reset);
    };
    CHECK(connection_of({.verify = false}) == "Connection reset by peer");
    CHECK(connection_of({.ca_file = ca_file()}).find("self-signed certificate") != std::string::npos);
}

TEST_CASE_FIXTURE(TlsFixture, "STARTTLS: in clear first, then not") {
    const std::string offer = "250-mail1\r\n250 STARTTLS\r\n";
    TlsWelcome welcome(issued("DNS:mail1"), "250 mail1\r\n", "220 mail1 ESMTP\r\n", offer);
    const Server server(loop, "127.0.0.1", std::ref(welcome));
    SmtpSettings settings;
    settings.helo = "lb1.example.org";
    settings.starttls = StartTls::required;
    const auto found =
        run(server, {.ca_file = ca_file(), .server_name = "mail1"}, std::make_unique<SmtpDialogue>(settings));
    CHECK(found.ok);
    CHECK(found.detail == "220 mail1 ESMTP; TLS");
}

TEST_CASE_FIXTURE(TlsFixture, "https") {
    TlsWelcome welcome(issued("DNS:localhost"), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const Server server(loop, "127.0.0.1", std::ref(welcome));
    const HttpSettings settings{.tls = true, .host = "localhost"};
    const auto found = run(server, {.ca_file = ca_file(), .server_name = "localhost"},
                           std::make_unique<HttpDialogue>(settings));
    CHECK(found.detail == "status 200 OK");
}

TEST_CASE_FIXTURE(TlsFixture, "smtps: a server that hangs in a transaction is told its end, under TLS") {
    TlsWelcome welcome(issued("DNS:mail1"), "220 mail1 ESMTP\r\n");
    welcome.reply = [&] {
        return std::string(welcome.heard.find("RCPT TO") == std::string::npos ? "250 Ok\r\n" : "");
    };
    const Server server(loop, "127.0.0.1", std::ref(welcome));
    SmtpSettings settings;
    settings.helo = "lb1.example.org";
    settings.smtps = true;
    settings.mail_from = "";
    settings.rcpt_to = "postmaster@example.org";
    auto tls = tls_with({.ca_file = ca_file(), .server_name = "mail1"});
    auto probe = start_stream(loop, server.target(), std::make_unique<SmtpDialogue>(settings), &tls,
                              [](const Finding& found) { FAIL(found.detail); });
    testing::run_until(loop, [&] { return welcome.heard.ends_with("RCPT TO:<postmaster@example.org>\r\n"); });
    CHECK(probe->late() == "no answer to RCPT TO");
    probe.reset();
    testing::run_until(loop, [&] { return welcome.gone; });
    CHECK(welcome.heard.ends_with("RCPT TO:<postmaster@example.org>\r\nRSET\r\nQUIT\r\n"));
}
