// Units of a systemd of the test's own, over a real bus; and buses that are not there, or hang.
#include "health/systemd_probe.h"

#include "tests/unit/health/bus.h"
#include "tests/unit/scratch.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

using namespace baton;
using namespace baton::health;
using testing::Bus;
using testing::run_until;

namespace {

struct Units {
    boost::asio::io_context loop;
    testing::Scratch scratch;
    std::optional<Finding> finding;

    std::unique_ptr<Probe> start(const std::string& unit, const std::string& address) {
        finding.reset();
        return start_systemd(loop, {.unit = unit, .bus = address}, [this](Finding found) {
            CHECK(!finding); // once
            finding = std::move(found);
        });
    }
    Finding run(const std::string& unit, const std::string& address) {
        const auto probe = start(unit, address);
        CHECK(!finding); // never before the probe has been returned
        run_until(loop, [&] { return finding.has_value(); });
        return *finding;
    }
    /// That nothing comes cannot be awaited. Answers how often the loop had something to do.
    std::size_t settle() {
        loop.restart();
        return loop.run_for(std::chrono::milliseconds(50));
    }
};

} // namespace

TEST_CASE_FIXTURE(Units, "systemd: units that are active, and those that are not, and why") {
    Bus bus(scratch);
    bus.start_systemd();
    const auto good = [&](const std::string& unit) {
        const auto found = run(unit, bus.address());
        CHECK(found.ok);
        return found.detail;
    };
    const auto bad = [&](const std::string& unit) {
        const auto found = run(unit, bus.address());
        CHECK_FALSE(found.ok);
        return found.detail;
    };
    CHECK(good("running.service") == "running.service is active");
    CHECK(good("reloading.service") == "reloading.service is reloading");
    CHECK(good("with space@x-1.service") == "with space@x-1.service is active");
    CHECK(bad("failed.service") == "failed.service is failed (exit-code)");
    CHECK(bad("stopped.service") == "stopped.service is inactive");
    CHECK(bad("missing.service") == "missing.service is inactive: its unit file is not-found");
    CHECK(bad("srv-mail.mount") == "srv-mail.mount is failed");
    CHECK(bad("starting.service") == "starting.service is activating"); // without a Result, which is an error
    CHECK(bad("odd.service") == "odd.service: systemd's answer to ActiveState is no text");
    CHECK(bad("refused.service") == "refused.service: Access to refused.service denied");
}

TEST_CASE_FIXTURE(Units, "systemd: a bus without it, no bus at all, and an address that is none") {
    const Bus bus(scratch);
    const auto without = run("running.service", bus.address());
    CHECK_FALSE(without.ok);
    CHECK(without.detail.starts_with("running.service: "));
    CHECK(without.detail.find("org.freedesktop.systemd1") != std::string::npos);
    const auto nowhere = "unix:path=" + scratch.path("nowhere");
    CHECK(run("running.service", nowhere).detail == nowhere + ": No such file or directory");
    for (const std::string refused : {"unixexec:path=/bin/false", "", "unix:path=/a;unix:path=/b", "garbage"})
        CHECK(run("running.service", refused).detail == "\"" + refused + "\" is no address of a Unix socket");
    CHECK_FALSE(run("running.service", "unix:nothing=x").ok);
    CHECK_FALSE(run("", bus.address()).ok);
}

TEST_CASE_FIXTURE(Units, "systemd: when it hangs, or the bus does, it is waited for") {
    Bus bus(scratch);
    bus.start_systemd();
    CHECK(run("running.service", bus.address()).ok);
    const auto hung = start("hung.service", bus.address());
    CHECK(settle() < 50); // it sleeps
    CHECK(!finding);
    CHECK(hung->late() == "no answer from systemd about hung.service");
    const boost::asio::local::stream_protocol::endpoint silent(scratch.path("silent"));
    const boost::asio::local::stream_protocol::acceptor acceptor(loop, silent);
    const auto mute = start("running.service", "unix:path=" + silent.path());
    CHECK(settle() < 50);
    CHECK(!finding);
}

TEST_CASE_FIXTURE(Units, "systemd: a bus that goes away in the middle of a run is told") {
    Bus bus(scratch);
    bus.start_systemd();
    const auto hung = start("hung.service", bus.address());
    settle();
    REQUIRE(!finding);
    REQUIRE(::kill(bus.daemon(), SIGKILL) == 0);
    run_until(loop, [&] { return finding.has_value(); });
    CHECK_FALSE(finding->ok);
    CHECK_FALSE(finding->detail.empty());
}

TEST_CASE_FIXTURE(Units, "systemd: a run that is ended early tells nobody and leaves nothing open") {
    Bus bus(scratch);
    bus.start_systemd();
    CHECK(run("running.service", bus.address()).ok);
    const auto open = testing::open_descriptors();
    auto at_once = start("running.service", bus.address());
    auto later = start("hung.service", bus.address());
    settle();
    finding.reset();
    auto again = start("running.service", bus.address());
    loop.poll_one();
    start("running.service", bus.address()).reset(); // before the loop has turned
    at_once.reset();
    later.reset();
    again.reset();
    CHECK(testing::open_descriptors() == open);
    loop.restart();
    loop.run();
    CHECK(!finding);
}
