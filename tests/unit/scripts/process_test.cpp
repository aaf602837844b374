// What a run of one program promises, shown on real programs: how it ended, what is left, what it inherits.
#include "scripts/process.h"

#include "tests/unit/scratch.h"

#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <optional>
#include <sstream>
#include <sys/resource.h>
#include <vector>

using namespace baton;
using namespace baton::scripts;
using namespace baton::testing;
using namespace std::chrono_literals;
using Kind = Outcome::Kind;

namespace {

struct Fixture {
    Scratch scratch;
    boost::asio::io_context loop;

    Outcome run(std::vector<std::string> argv, Duration timeout = patience) {
        std::optional<Outcome> result;
        Process process(loop, {std::move(argv), timeout}, [&](const Outcome& outcome) { result = outcome; });
        CHECK(!result); // never from within the constructor
        run_until(loop, [&] { return result.has_value(); });
        CHECK(process.ended());
        CHECK(childless());
        return *result;
    }

    Outcome run_script(const std::string& text, Duration timeout = patience) {
        return run({scratch.script("check", "#!/bin/sh\n" + text)}, timeout);
    }
};

} // namespace

TEST_CASE_FIXTURE(Fixture, "the exit status and both outputs are told") {
    const auto outcome = run_script("echo to stdout; echo to stderr >&2; exit 3");
    CHECK(outcome.kind == Kind::exited);
    CHECK(outcome.code == 3);
    CHECK(outcome.output == "to stdout\nto stderr\n");
    CHECK(outcome.took > 0ns);
}

TEST_CASE_FIXTURE(Fixture, "arguments arrive as they are, no shell between") {
    const auto outcome = run({"/bin/echo", "$HOME; `id`", "a  b", ""});
    CHECK(outcome.code == 0);
    CHECK(outcome.output == "$HOME; `id` a  b \n");
}

TEST_CASE_FIXTURE(Fixture, "death by a signal is told apart from an exit") {
    const auto outcome = run_script("kill -TERM $$");
    CHECK(outcome.kind == Kind::signalled);
    CHECK(outcome.code == SIGTERM);
}

TEST_CASE_FIXTURE(Fixture, "what cannot be executed says why") {
    std::ofstream(scratch.path("plain")) << "text";
    const std::vector<std::pair<std::string, int>> cases{
        {scratch.path("missing"), ENOENT},
        {scratch.path("plain"), EACCES},
        {scratch.path("."), EACCES},
        {scratch.script("no-interpreter", "#!/nonexistent/sh\n"), ENOENT},
        {scratch.script("no-format", "\x01\x02\x03"), ENOEXEC},
    };
    for (const auto& [path, why] : cases) {
        const auto& program = path; // clang 14 captures no structured binding
        CAPTURE(program);
        const auto outcome = run({program});
        CHECK(outcome.kind == Kind::not_started);
        CHECK(outcome.code == why);
        CHECK(outcome.output.empty());
    }
}

TEST_CASE_FIXTURE(Fixture, "exit status 127 is the program's own") {
    const auto outcome = run_script("exit 127");
    CHECK(outcome.kind == Kind::exited);
    CHECK(outcome.code == 127);
}

TEST_CASE_FIXTURE(Fixture, "a lack of descriptors of our own is told, and passes") {
    CHECK(run({"/bin/true"}).kind == Kind::exited); // the loop has opened what it needs
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit tight = before;
    // The listing itself needed one more: that one is free, which is not enough for a pipe.
    tight.rlim_cur = open_descriptors();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    const auto outcome = run({"/bin/true"});
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(outcome.kind == Kind::not_started);
    CHECK(outcome.code == EMFILE);
    CHECK(run({"/bin/true"}).kind == Kind::exited);
}

TEST_CASE_FIXTURE(Fixture, "the timeout kills the whole group, whatever it ignores") {
    const Fifo alive(scratch, "alive");
    const auto outcome = run_script("exec 9> DIR/alive\n"
                                    "trap '' TERM INT HUP\n"
                                    "(trap '' TERM; echo child up; while :; do sleep 1000; done) &\n"
                                    "while :; do sleep 1000; done\n",
                                    2s);
    CHECK(outcome.kind == Kind::timed_out);
    CHECK(outcome.took >= 2s);
    CHECK(outcome.output == "child up\n");
    CHECK(alive.all_writers_gone());
}

TEST_CASE_FIXTURE(Fixture, "a child that keeps the pipe holds nothing up, and is killed") {
    const Fifo alive(scratch, "alive");
    const auto outcome = run_script("exec 9> DIR/alive\n"
                                    "sleep 1000 &\n"
                                    "echo leaving\n");
    CHECK(outcome.kind == Kind::exited);
    CHECK(outcome.code == 0);
    CHECK(outcome.output == "leaving\n");
    CHECK(alive.all_writers_gone());
}

TEST_CASE_FIXTURE(Fixture, "a daemon in a session of its own lives on") {
    const Fifo to_daemon(scratch, "in", O_RDWR);
    const Fifo from_daemon(scratch, "out", O_RDWR);
    const auto daemon = scratch.script(
        "daemon", "#!/bin/sh\necho up > DIR/up\nread word < DIR/in\necho $word back > DIR/out\n");
    const auto outcome = run_script("mkfifo DIR/up; setsid " + daemon + " & read up < DIR/up; echo $up");
    CHECK(outcome.output == "up\n");
    to_daemon.write("come\n");
    CHECK(from_daemon.read_line() == "come back\n");
}

TEST_CASE_FIXTURE(Fixture, "100 MB of output neither block nor stay") {
    boost::asio::steady_timer ticker(loop);
    int ticks = 0;
    std::function<void()> tick = [&] {
        ticker.expires_after(1ms);
        ticker.async_wait([&](const auto& cancelled) { !cancelled ? (++ticks, tick()) : void(); });
    };
    tick();
    const auto outcome = run_script("head -c 100000000 /dev/zero; echo the end");
    ticker.cancel();
    loop.poll();
    CHECK(outcome.code == 0);
    CHECK(outcome.output.size() == output_limit);
    CHECK(outcome.output.ends_with("\0the end\n"));
    CHECK(ticks > 5); // the loop went on meanwhile
}

TEST_CASE_FIXTURE(Fixture, "endless output ends at the timeout") {
    const auto outcome = run({"/usr/bin/yes"}, 1s);
    CHECK(outcome.kind == Kind::timed_out);
    CHECK(outcome.output.ends_with("y\ny\n"));
}

TEST_CASE_FIXTURE(Fixture, "a program that closes its output is waited for") {
    const auto outcome = run_script("echo last words; exec >&- 2>&-; sleep 0.1; exit 4");
    CHECK(outcome.code == 4);
    CHECK(outcome.output == "last words\n");
}

TEST_CASE_FIXTURE(Fixture, "no descriptor is inherited but the three, and stdin is empty") {
    // Both without close-on-exec; the gap below the second is what a sloppy loop leaves open.
    const Descriptor low(::open("/dev/zero", O_RDONLY));
    const Descriptor high(::fcntl(low.get(), F_DUPFD, 100));
    REQUIRE(high);
    CHECK(run({"/bin/ls", "/proc/self/fd"}).output == "0\n1\n2\n3\n"); // 3 is the directory itself
    CHECK(run({"/bin/readlink", "/proc/self/fd/0"}).output == "/dev/null\n");
}

TEST_CASE_FIXTURE(Fixture, "a closed stdin, stdout or stderr of ours confuses nothing") {
    for (const int standard : {0, 1, 2}) {
        const Descriptor kept(::fcntl(standard, F_DUPFD_CLOEXEC, 10));
        REQUIRE(kept);
        ::close(standard);
        const auto listed = run({"/bin/ls", "/proc/self/fd"}).output;
        REQUIRE(::dup2(kept.get(), standard) == standard);
        CHECK(listed == "0\n1\n2\n3\n");
    }
}

TEST_CASE_FIXTURE(Fixture, "signals are as by default, in a process group of its own") {
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t term;
    sigset_t before;
    ::sigemptyset(&term);
    ::sigaddset(&term, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &term, &before);
    const auto status = run({"/bin/grep", "-E", "SigBlk|SigIgn", "/proc/self/status"}).output;
    sigset_t after;
    ::pthread_sigmask(SIG_SETMASK, &before, &after);
    ::signal(SIGPIPE, SIG_DFL);
    CHECK(status == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    CHECK(::sigismember(&after, SIGTERM) == 1); // ours is as it was
    CHECK(::sigismember(&after, SIGINT) == 0);

    std::istringstream stat(run({"/bin/cat", "/proc/self/stat"}).output);
    std::string pid, name, state, parent, group;
    stat >> pid >> name >> state >> parent >> group;
    CHECK(group == pid);
}

TEST_CASE_FIXTURE(Fixture, "destroying it kills the group, reaps, and calls nobody") {
    const Fifo alive(scratch, "alive");
    bool called = false;
    {
        const auto program =
            scratch.script("check", "#!/bin/sh\nexec 9> DIR/alive; echo up >&9; sleep 1000 & sleep 1000");
        const Process process(loop, {{program}, patience}, [&](const Outcome&) { called = true; });
        CHECK(alive.read_line() == "up\n");
        CHECK(process.pid() != 0);
    }
    CHECK(childless());
    CHECK(alive.all_writers_gone());
    loop.run();
    CHECK(!called);
}

TEST_CASE_FIXTURE(Fixture, "destroying it when its end is known but not told yet calls nobody") {
    bool called = false;
    auto process = std::make_unique<Process>(loop, Command{{scratch.path("missing")}, patience},
                                             [&](const Outcome&) { called = true; });
    process.reset();
    loop.run();
    CHECK(!called);
    CHECK(childless());
}

TEST_CASE_FIXTURE(Fixture, "the handler may destroy the process") {
    std::unique_ptr<Process> process;
    process = std::make_unique<Process>(loop, Command{{"/bin/true"}, patience},
                                        [&](const Outcome&) { process.reset(); });
    run_until(loop, [&] { return process == nullptr; });
    CHECK(childless());
}

TEST_CASE_FIXTURE(Fixture, "200 at a time, and nothing is left over") {
    CHECK(run({"/bin/true"}).code == 0); // the loop has opened what it needs
    const auto before = open_descriptors();
    const auto program = scratch.script("check", "#!/bin/sh\necho $1; exit $(($1 % 7))\n");
    std::vector<std::unique_ptr<Process>> processes;
    int good = 0;
    int told = 0;
    for (int i = 0; i < 200; ++i)
        processes.push_back(std::make_unique<Process>(
            loop, Command{{program, std::to_string(i)}, patience}, [&, i](const Outcome& outcome) {
                ++told;
                good += outcome.code == i % 7 && outcome.output == std::to_string(i) + "\n" ? 1 : 0;
            }));
    run_until(loop, [&] { return told == 200; });
    CHECK(good == 200);
    CHECK(childless());
    CHECK(open_descriptors() == before);
}

TEST_CASE_FIXTURE(Fixture, "an exit status that somebody else took is no success") {
    ::signal(SIGCHLD,
             SIG_IGN); // the kernel reaps; one that is gone before it is watched has not been started
    const auto outcome = run({"/bin/sleep", "1"});
    ::signal(SIGCHLD, SIG_DFL);
    CHECK(outcome.kind == Kind::lost);
}

namespace {

/// Kills itself never, ends never: its own child, in another session, traces it, and so keeps even its corpse
/// from being reaped. What a dead disk does, but to be had on any machine.
constexpr auto held_by_tracer = R"(#!/usr/bin/python3
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
SEIZE, ANY = 0x4206, ctypes.c_ulong(-1)
libc.prctl(0x59616D61, ANY, 0, 0, 0)  # PR_SET_PTRACER
parent = os.getpid()
if os.fork() == 0:
    os.setsid()
    assert libc.ptrace(SEIZE, parent, None, None) == 0, os.strerror(ctypes.get_errno())
    open("DIR/held", "w").write("held\n")
    open("DIR/release").read()
    os._exit(0)
os.wait()
)";

} // namespace

TEST_CASE_FIXTURE(Fixture, "a process that cannot be ended is reported, waited for, and reaped in the end") {
    const Fifo held(scratch, "held", O_RDWR);
    const Fifo release(scratch, "release", O_RDONLY);
    const auto program = scratch.script("check", held_by_tracer);
    std::optional<Outcome> result;
    Process process(loop, {{program}, 2s}, [&](const Outcome& outcome) { result = outcome; });
    CHECK(held.read_line() == "held\n");
    run_until(loop, [&] { return result.has_value(); });
    CHECK(result->kind == Kind::timed_out);
    CHECK(!process.ended());
    { const Descriptor let_go(::open(scratch.path("release").c_str(), O_WRONLY)); }
    run_until(loop, [&] { return process.ended(); });
    CHECK(childless());
}
