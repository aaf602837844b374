// The check programs that are shipped, run as batond runs them.
#include "scripts/track_script.h"

#include "tests/unit/scratch.h"

#include <optional>
#include <unistd.h>

using namespace baton;
using namespace baton::scripts;
using namespace baton::testing;

namespace {

/// ctest starts every test in the project's root.
Verdict process_alive(const std::vector<std::string>& arguments) {
    const auto program = std::filesystem::absolute("scripts/checks/process-alive").string();
    REQUIRE(std::filesystem::exists(program));
    std::vector<std::string> argv{program};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    boost::asio::io_context loop;
    std::optional<Verdict> verdict;
    const Process process(loop, {argv, patience},
                          [&](const Outcome& outcome) { verdict = judge(outcome, patience); });
    run_until(loop, [&] { return verdict.has_value(); });
    return *verdict;
}

Verdict process_alive_with(const std::string& pidfile_text) {
    const Scratch scratch;
    std::ofstream(scratch.path("pid")) << pidfile_text;
    auto verdict = process_alive({scratch.path("pid")});
    // The directory's name differs each time.
    if (const auto at = verdict.detail.find(scratch.path("")); at != std::string::npos)
        verdict.detail.erase(at, scratch.path("").size());
    return verdict;
}

} // namespace

TEST_CASE("process-alive: a living process is well, with or without a newline in its file") {
    CHECK(process_alive_with(std::to_string(::getpid()) + "\n").ok);
    CHECK(process_alive_with(std::to_string(::getpid())).ok);
    CHECK(
        process_alive_with(std::to_string(::getpid()) + "\n12345\n").ok); // haproxy writes one line a process
}

TEST_CASE("process-alive: what is wrong is said, with exit status 1") {
    const std::string number = "999999999"; // above the largest pid_max
    CHECK(process_alive_with(number).detail == "exit status 1: no process 999999999 (from pid)");
    CHECK(process_alive_with("").detail == "exit status 1: pid cannot be read, or is empty");
    CHECK(process_alive_with("-1\n").detail ==
          "exit status 1: pid holds no process number in its first line");
    CHECK(process_alive_with("self\n").detail ==
          "exit status 1: pid holds no process number in its first line");
    CHECK(process_alive({"/nonexistent/pid"}).detail == "exit status 1: /nonexistent/pid does not exist");
}

TEST_CASE("process-alive: a zombie is not alive") {
    const pid_t zombie = ::fork();
    if (zombie == 0)
        ::_exit(0);
    REQUIRE(zombie > 0);
    siginfo_t info{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT) == 0);
    const auto verdict = process_alive_with(std::to_string(zombie));
    REQUIRE(::waitpid(zombie, nullptr, 0) == zombie);
    CHECK(verdict.detail ==
          "exit status 1: process " + std::to_string(zombie) + " (from pid) has ended and is a zombie");
}

TEST_CASE("process-alive: usage") {
    CHECK(process_alive({"--help"}).ok);
    CHECK(process_alive({}).detail.starts_with("exit status 2"));
    CHECK(process_alive({"a", "b"}).detail.starts_with("exit status 2"));
}
