// Certificates to trust: each file read once for all checks that name it, and again when it has changed.
#include "health/trust.h"

#include "tests/unit/health/certificates.h"
#include "tests/unit/scratch.h"

#include <doctest/doctest.h>
#include <fstream>
#include <openssl/ssl.h>
#include <sys/stat.h>

using namespace baton;
using namespace baton::health;
using testing::make_identity;

namespace {

struct Trusting {
    testing::Scratch scratch;
    Trust trust;

    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(scratch.path(name)) << text;
        return scratch.path(name);
    }
    Trust::Context trusted(const TlsSettings& settings) {
        const auto context = trust.context_for(settings);
        REQUIRE_MESSAGE(context.has_value(), context.error().text);
        return *context;
    }
    std::string fault(const std::string& path) {
        const auto context = trust.context_for({.ca_file = path});
        REQUIRE(context.has_error());
        return context.error().text;
    }
};

int certificates_of(const Trust::Context& context) {
    return sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context->native_handle())));
}

bool verifies(const Trust::Context& context) {
    return SSL_CTX_get_verify_mode(context->native_handle()) == SSL_VERIFY_PEER;
}

} // namespace

TEST_CASE_FIXTURE(Trusting, "what many checks trust is read once for all of them") {
    const auto system = trusted({.server_name = "mail1.example.org"});
    CHECK(trusted({.server_name = "mail2.example.org"}) == system);
    const auto path = file("ca.pem", make_identity({.authority = true}).certificate);
    const auto pinned = trusted({.ca_file = path, .server_name = "mail1.example.org"});
    CHECK(trusted({.ca_file = path}) == pinned);
    CHECK(pinned != system);
    CHECK(certificates_of(pinned) == 1); // and none of the system's
    CHECK(verifies(pinned));
    CHECK(verifies(system));
    trust.forget_unused(); // somebody uses it
    CHECK(trusted({.ca_file = path}) == pinned);
    CHECK(trusted({}) == system);
}

TEST_CASE_FIXTURE(Trusting,
                  "a file is read again when it has changed, and who had it before keeps what it held") {
    const auto one = make_identity({.subject = "One", .authority = true}).certificate;
    const auto two = make_identity({.subject = "Two", .authority = true}).certificate;
    const auto path = file("ca.pem", one);
    const auto before = trusted({.ca_file = path});
    file("ca.pem", one + two);
    const auto after = trusted({.ca_file = path});
    CHECK(after != before);
    CHECK(certificates_of(after) == 2);
    CHECK(certificates_of(before) == 1);
}

TEST_CASE_FIXTURE(Trusting, "what nobody uses is let go, but for the system's") {
    const auto path = file("ca.pem", make_identity({.authority = true}).certificate);
    const std::weak_ptr pinned = trusted({.ca_file = path});
    const std::weak_ptr system = trusted({});
    CHECK_FALSE(pinned.expired());
    trust.forget_unused();
    CHECK(pinned.expired());
    CHECK_FALSE(system.expired());
}

TEST_CASE_FIXTURE(Trusting, "who verifies nothing shares nothing with who does, and reads no file") {
    const auto any = trusted({.verify = false, .ca_file = scratch.path("missing.pem")});
    CHECK_FALSE(verifies(any));
    CHECK(trusted({.verify = false}) == any);
    CHECK(trusted({}) != any);
}

TEST_CASE_FIXTURE(Trusting,
                  "a file that is not there, or no certificate, is refused by name, and asked for again") {
    const auto missing = scratch.path("missing.pem");
    CHECK(fault(missing) == missing + ": No such file or directory");
    const auto garbage = file("garbage.pem", "garbage\n");
    CHECK(fault(garbage).starts_with(garbage + ": "));
    const auto pipe = scratch.path("pipe.pem"); // nobody writes to it: opening it would take for ever
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (const auto& path : {pipe, std::string("/dev/null"), std::string("/")})
        CHECK(fault(path) == path + ": is no regular file; name a file of certificates in PEM");
    file("garbage.pem", make_identity({.authority = true}).certificate);
    CHECK(certificates_of(trusted({.ca_file = garbage})) == 1);
}
