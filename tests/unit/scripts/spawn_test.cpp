// What a program finds in its environment.
#include "scripts/process.h"

#include "tests/unit/scratch.h"

#include <optional>
#include <vector>

using namespace baton;
using namespace baton::scripts;
using namespace baton::testing;

namespace {

std::string printed_by(const std::string& program) {
    boost::asio::io_context loop;
    std::optional<Outcome> result;
    const Process process(loop, {{program}, patience}, [&](const Outcome& outcome) { result = outcome; });
    run_until(loop, [&] { return result.has_value(); });
    return result->output;
}

} // namespace

TEST_CASE("the environment is ours without what systemd told us alone") {
    const std::vector<const char*> for_us{"NOTIFY_SOCKET", "WATCHDOG_PID",   "WATCHDOG_USEC", "LISTEN_PID",
                                          "LISTEN_FDS",    "LISTEN_FDNAMES", "LISTEN_PIDFDID"};
    for (const auto* name : for_us)
        ::setenv(name, "1", 1);
    ::setenv("LISTEN_ADDRESS", "10.0.1.1", 1); // the operator's own
    const auto environment = "\n" + printed_by("/usr/bin/env");
    for (const auto* name : for_us) {
        CAPTURE(name);
        CHECK(environment.find("\n" + std::string(name) + "=") == std::string::npos);
        CHECK(std::string(::getenv(name)) == "1"); // ours is as it was
        ::unsetenv(name);
    }
    ::unsetenv("LISTEN_ADDRESS");
    CHECK(environment.find("\nLISTEN_ADDRESS=10.0.1.1\n") != std::string::npos);
    CHECK(environment.find("\nPATH=") != std::string::npos);
}
