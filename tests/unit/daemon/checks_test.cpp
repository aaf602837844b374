// The checks as they run, by what they find: nothing that was made ready is asked for again.
#include "daemon/checks.h"

#include "tests/unit/health/certificates.h"
#include "tests/unit/scratch.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

using namespace baton;
using namespace baton::daemon;
using namespace std::chrono_literals;

namespace {

struct Running {
    boost::asio::io_context loop;
    testing::Scratch scratch;
    health::Trust trust;
    config::Config config;
    std::vector<std::string> details;
    Checks checks{loop, trust,
                  [this](const std::string&, const Verdict& verdict) { details.push_back(verdict.detail); }};

    /// Of what nobody listens at.
    void add_tls_check(const std::string& ca_file) {
        config.settings.checks.emplace_back().name = "web";
        health::HttpCheck web;
        web.target.path = scratch.path("nobody");
        web.settings.tls = true;
        web.tls.ca_file = ca_file;
        config.checks.push_back({{.interval = 24h, .timeout = 1h}, web});
    }
    void fit(bool runs) {
        checks.fit(config, [runs](const std::string&) { return runs; });
    }
    std::string first_detail() {
        testing::run_until(loop, [this] { return !details.empty(); });
        return details.front();
    }
    std::string certificate() const {
        std::ofstream(scratch.path("ca.pem"))
            << testing::make_identity({.alternative_name = "", .authority = true}).certificate;
        return scratch.path("ca.pem");
    }
};

} // namespace

TEST_CASE_FIXTURE(Running, "a check that begins later trusts what was read with the configuration") {
    const auto ca_file = certificate();
    add_tls_check(ca_file);
    fit(false);
    std::filesystem::remove(ca_file);
    checks.run("web", true);
    CHECK(first_detail() == scratch.path("nobody") + ": No such file or directory");
}

TEST_CASE_FIXTURE(Running, "certificates that cannot be read make each run fail, and say so") {
    add_tls_check(scratch.path("missing.pem"));
    fit(true);
    CHECK(first_detail() == scratch.path("missing.pem") + ": No such file or directory");
}
