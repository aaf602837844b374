// The table of processes: one look through all of them for many who ask, and nobody new is missed.
#include "health/process_table.h"

#include "health/process_probe.h"
#include "tests/unit/health/child.h"
#include "tests/unit/scratch.h"

#include <cerrno>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

using namespace baton;
using namespace baton::health;
using namespace std::chrono_literals;
using testing::Child;
using testing::run_until;
using testing::unique_name;

namespace {

struct Asking {
    boost::asio::io_context loop;
    std::vector<Finding> findings;

    Done remember() {
        return [this](Finding found) { findings.push_back(std::move(found)); };
    }
    /// Checks of so many names that no process has, all at the same time.
    void ask_in_vain(ProcessTable& processes, std::size_t checks) {
        findings.clear();
        const auto name = unique_name();
        std::vector<std::unique_ptr<Probe>> probes;
        for (std::size_t i = 0; i < checks; ++i)
            probes.push_back(start_process(loop, processes, {.name = std::to_string(i) + name}, remember()));
        CHECK(findings.empty());
        run_until(loop, [&] { return findings.size() == checks; });
        CHECK(findings.front().detail == "no process is called \"0" + name + "\"");
        CHECK_FALSE(findings.back().ok);
    }
    Finding find(ProcessTable& processes, const std::string& name) {
        findings.clear();
        const auto probe = start_process(loop, processes, {.name = name}, remember());
        run_until(loop, [&] { return !findings.empty(); });
        return findings.front();
    }
};

} // namespace

TEST_CASE_FIXTURE(Asking,
                  "processes are looked through once for all who ask together, and at about the time") {
    ProcessTable processes(loop, 24h);
    ask_in_vain(processes, 500);
    CHECK(processes.walks() == 1);
    ask_in_vain(processes, 500);
    CHECK(processes.walks() == 1);
}

TEST_CASE_FIXTURE(Asking, "after a time nobody is believed to be missing still") {
    ProcessTable processes(loop, 0s);
    ask_in_vain(processes, 1);
    ask_in_vain(processes, 1);
    CHECK(processes.walks() == 2);
}

TEST_CASE_FIXTURE(Asking, "who has been seen is found without another look, when it lives") {
    ProcessTable processes(loop, 24h);
    const auto name = unique_name();
    Child first(name);
    const Child second(name);
    ask_in_vain(processes, 1);
    CHECK(find(processes, name).ok);
    first.become_zombie();
    CHECK(find(processes, name).detail == name + " lives (process " + std::to_string(second.id()) + ")");
    second.become_zombie();
    CHECK_FALSE(find(processes, name).ok);
    CHECK(processes.walks() == 1);
}

TEST_CASE_FIXTURE(Asking, "who takes the place of one that has ended is found, however fresh the table is") {
    ProcessTable processes(loop, 24h);
    const auto name = unique_name();
    Child first(name);
    std::vector<Verdict> verdicts;
    const ProcessProber prober(loop, processes, {.interval = 24h, .timeout = 1h}, {.name = name},
                               [&](const Verdict& verdict) { verdicts.push_back(verdict); });
    run_until(loop, [&] { return verdicts.size() == 1; });
    CHECK(verdicts[0].ok);
    ask_in_vain(processes, 1); // now the table has all there are
    const Child second(name);
    first.become_zombie();
    run_until(loop, [&] { return verdicts.size() == 2; });
    CHECK(verdicts[1].detail == name + " lives (process " + std::to_string(second.id()) + ")");
}

TEST_CASE_FIXTURE(Asking, "who asks no longer is told nothing, also not by the answer to another one") {
    ProcessTable processes(loop);
    std::vector<std::unique_ptr<Probe>> probes;
    int told = 0;
    for (int i = 0; i < 2; ++i)
        probes.push_back(start_process(loop, processes, {.name = unique_name()}, [&](const Finding&) {
            ++told;
            probes.clear();
        }));
    run_until(loop, [&] { return told == 1; });
    loop.restart();
    loop.run(); // and nobody looks any more
    CHECK(told == 1);
}

TEST_CASE_FIXTURE(Asking, "a table that is gone looks no more") {
    auto processes = std::make_unique<ProcessTable>(loop);
    const auto request = processes->find(unique_name(), false, [](const auto&) { FAIL("nobody is there"); });
    processes.reset();
    loop.run();
}

TEST_CASE_FIXTURE(Asking, "without descriptors it does not say that there is no such process") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    ProcessTable processes(loop);
    // Asked before, for the sanitizer looks at an object that it does not know through a pipe.
    const auto why = std::generic_category().message(EMFILE);
    const int next = ::dup(0);
    ::close(next);
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(next);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto found = find(processes, unique_name());
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(found.detail == "/proc cannot be read: " + why);
    CHECK(find(processes, unique_name()).detail.starts_with("no process is called"));
}
