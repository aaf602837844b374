// What a program finds around itself when the command says more than what to run: input, environment, rights,
// directory, and how it is asked to end.
#include "scripts/process.h"

#include "scripts/descriptor_limit.h"
#include "tests/unit/scratch.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <filesystem>
#include <optional>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace baton;
using namespace baton::scripts;
using namespace baton::testing;
using namespace std::chrono_literals;
using Kind = Outcome::Kind;
using Step = SpawnFailure::Step;

namespace {

struct Surroundings {
    Scratch scratch;
    boost::asio::io_context loop;

    Command shell(const std::string& text) const {
        return {{scratch.script("hook", "#!/bin/sh\n" + text)}, patience};
    }

    Outcome run(const Command& command) {
        std::optional<Outcome> result;
        const Process process(loop, command, [&](const Outcome& outcome) { result = outcome; });
        run_until(loop, [&] { return result.has_value(); });
        CHECK(childless());
        return *result;
    }

    /// May also run without the rights to become somebody else.
    static bool is_root() { return ::geteuid() == 0; }
};

} // namespace

TEST_CASE_FIXTURE(Surroundings,
                  "we may have as many descriptors as can be had, and a program as many as before") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit low{std::min<rlim_t>(200, before.rlim_max), before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
    raise_descriptor_limit();
    rlimit now{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &now) == 0);
    CHECK(now.rlim_cur == before.rlim_max);
    CHECK(run(shell("ulimit -S -n")).output == std::to_string(low.rlim_cur) + "\n");
    CHECK(run(shell("ulimit -H -n")).output == std::to_string(before.rlim_max) + "\n");
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}

TEST_CASE_FIXTURE(Surroundings, "the input is all there, however long, and ends") {
    auto command = shell("cat > DIR/copy; echo $?");
    command.input = std::string(300'000, 'x') + "\nlast line\n";
    CHECK(run(command).output == "0\n");
    CHECK(scratch.read("copy") == command.input);
}

TEST_CASE_FIXTURE(Surroundings, "an input that nobody reads does no harm, and one too long is cut") {
    auto command = shell("exit 0");
    command.input = std::string(300'000, 'x');
    CHECK(run(command).code == 0);
    command = shell("wc -c");
    command.input = std::string(input_limit + 1, 'x');
    CHECK(run(command).output == std::to_string(input_limit) + "\n");
}

TEST_CASE_FIXTURE(Surroundings, "with an input, too, no descriptor is inherited but the three") {
    Command command{{"/bin/ls", "/proc/self/fd"}, patience};
    command.input = "{}";
    CHECK(run(command).output == "0\n1\n2\n3\n");
}

TEST_CASE_FIXTURE(Surroundings, "the environment is ours and what is added, which wins") {
    ::setenv("BATON_TEST", "ours", 1);
    auto command = shell("echo \"$BATON_TEST,$BATON_EVENT,$PATH\"");
    command.environment = {"BATON_TEST=added", "BATON_EVENT=a b"};
    const std::string path = ::getenv("PATH");
    CHECK(run(command).output == "added,a b," + path + "\n");
    CHECK(std::string(::getenv("BATON_TEST")) == "ours");
    ::unsetenv("BATON_TEST");
}

TEST_CASE_FIXTURE(Surroundings, "directory and umask are as told") {
    auto command = shell("pwd; umask");
    command.directory = "/usr/bin";
    command.umask = 0027;
    CHECK(run(command).output == "/usr/bin\n0027\n");
    command.directory = scratch.path("nowhere");
    const auto outcome = run(command);
    CHECK(outcome.kind == Kind::not_started);
    CHECK(describe(outcome, 1s) ==
          "could not be started: it cannot be in its directory: No such file or directory");
}

TEST_CASE_FIXTURE(Surroundings, "user and groups are changed before it is executed") {
    if (!is_root())
        return;
    Command command{{"/usr/bin/id"}, patience};
    command.identity = Identity{12345, 23456, {23456, 34567}};
    CHECK(run(command).output == "uid=12345 gid=23456 groups=23456,34567\n");
    const auto status =
        Command{{"/bin/grep", "CapEff", "/proc/self/status"}, patience, {}, {}, command.identity};
    CHECK(run(status).output == "CapEff:\t0000000000000000\n");
}

TEST_CASE_FIXTURE(Surroundings, "who may not become another user is told so, and nothing is run") {
    auto command = shell("echo ran > DIR/ran");
    command.identity = Identity{12345, 12345, {}};
    std::filesystem::permissions(scratch.path("."), std::filesystem::perms::all);
    // One of the child's own: its identity cannot change twice.
    const auto before = ::fork();
    if (before == 0) {
        // Without the right to change (whoever has it) the attempt fails.
        if (::geteuid() == 0 && (::setgid(1) != 0 || ::setuid(1) != 0))
            ::_exit(2);
        boost::asio::io_context own;
        std::optional<Outcome> result;
        const Process process(own, command, [&](const Outcome& outcome) { result = outcome; });
        own.run();
        ::_exit(result && result->kind == Kind::not_started && result->step == Step::groups &&
                        describe(*result, 1s) ==
                            "could not be started: its groups cannot be set: Operation not permitted"
                    ? 0
                    : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(before, &status, 0) == before);
    CHECK(WEXITSTATUS(status) == 0);
    CHECK_FALSE(std::filesystem::exists(scratch.path("ran")));
}

TEST_CASE_FIXTURE(Surroundings, "a program that others could change is refused, unless it may be") {
    using std::filesystem::perms;
    auto command = shell("echo ran");
    const auto& program = command.argv.front();
    command.refuse_writable = true;
    CHECK(run(command).output == "ran\n");

    const auto refused = [&](perms file, perms directory, const std::string& why) {
        std::filesystem::permissions(program, file);
        std::filesystem::permissions(scratch.path("."), directory);
        CHECK(describe(run(command), 1s) == "was not run: the program " + why);
    };
    const auto good = perms::owner_all;
    refused(good | perms::others_write, good, "may be changed by every user; try chmod o-w");
    refused(good | perms::group_write, good, "may be changed by its whole group; try chmod g-w");
    const std::string replaced = "may be replaced, for others than its owner may write to a directory above "
                                 "it; try chmod go-w on that";
    refused(good, good | perms::others_write, replaced);
    refused(good, good | perms::group_write, replaced);
    std::filesystem::permissions(scratch.path("."), good | perms::others_write | perms::sticky_bit);
    CHECK(run(command).output == "ran\n");
    std::filesystem::permissions(program, good | perms::others_write);
    command.refuse_writable = false;
    CHECK(run(command).output == "ran\n");
    command.refuse_writable = true;
    command.argv = {scratch.path(".")};
    CHECK(describe(run(command), 1s) == "was not run: the program is not a regular file");
}

TEST_CASE_FIXTURE(Surroundings, "a program below a directory that others could replace is refused") {
    using std::filesystem::perms;
    auto command = shell("echo ran");
    command.refuse_writable = true;
    const auto program = std::exchange(command.argv.front(), scratch.path("open/closed/hook"));
    std::filesystem::create_directories(scratch.path("open/closed"));
    std::filesystem::permissions(scratch.path("open/closed"), perms::owner_all);
    std::filesystem::rename(program, command.argv.front());
    std::filesystem::permissions(scratch.path("open"), perms::owner_all | perms::others_write);
    CHECK(describe(run(command), 1s).find("may be replaced") != std::string::npos);
    std::filesystem::permissions(scratch.path("open"), perms::owner_all);
    CHECK(run(command).output == "ran\n");
}

TEST_CASE_FIXTURE(Surroundings, "a program of another user may open its output by name") {
    auto command = shell("echo told > /dev/stdout; echo as well > /dev/stderr");
    command.identity = Identity{65534, 65534, {}};
    for (const auto& path : {scratch.path("."), command.argv.front()})
        std::filesystem::permissions(path, std::filesystem::perms(0755));
    CHECK(run(command).output == "told\nas well\n");
}

TEST_CASE_FIXTURE(Surroundings, "a program that has vanished, or may not be executed, says so") {
    auto command = shell("echo ran");
    command.refuse_writable = true;
    std::filesystem::permissions(command.argv.front(), std::filesystem::perms::owner_read);
    CHECK(describe(run(command), 1s) == "could not be started: Permission denied");
    std::filesystem::remove(command.argv.front());
    CHECK(describe(run(command), 1s) == "could not be started: No such file or directory (the program, or "
                                        "the interpreter that its first line names)");
}

TEST_CASE_FIXTURE(Surroundings, "as much of the output is kept as the command says") {
    auto command = shell("head -c 100000 /dev/zero; echo the end");
    command.output_kept = 20'000;
    const auto outcome = run(command);
    CHECK(outcome.output.size() == 20'000);
    CHECK(outcome.output.ends_with("the end\n"));
}

TEST_CASE_FIXTURE(Surroundings, "at its timeout it is asked to end before it is killed") {
    auto command = shell("trap 'echo asked; exit 3' TERM; while :; do sleep 0.01; done");
    command.timeout = 500ms;
    command.grace = patience;
    const auto outcome = run(command);
    CHECK(outcome.kind == Kind::timed_out);
    CHECK(outcome.output.ends_with("asked\n")); // after what the shell says of sleep
}

TEST_CASE_FIXTURE(Surroundings, "who does not listen is killed after the grace period") {
    const Fifo alive(scratch, "alive");
    Command command{{scratch.script("hook", "#!/bin/sh\nexec 9> DIR/alive\ntrap 'echo no' TERM\n"
                                            "while :; do sleep 0.01; done")},
                    500ms};
    command.grace = 300ms;
    const auto outcome = run(command);
    CHECK(outcome.kind == Kind::timed_out);
    CHECK(outcome.took >= 800ms);
    CHECK(outcome.output.ends_with("no\n"));
    CHECK(alive.all_writers_gone());
}

TEST_CASE_FIXTURE(Surroundings, "it can be asked to end at any time, and tells how it did") {
    const Fifo alive(scratch, "alive");
    Command command{{scratch.script("hook", "#!/bin/sh\nexec 9> DIR/alive\ntrap 'exit 7' TERM\necho up >&9\n"
                                            "while :; do sleep 0.01; done")},
                    patience};
    command.grace = patience;
    std::optional<Outcome> result;
    Process process(loop, command, [&](const Outcome& outcome) { result = outcome; });
    CHECK(alive.read_line() == "up\n");
    process.end();
    process.end();
    run_until(loop, [&] { return result.has_value(); });
    CHECK(result->kind == Kind::exited);
    CHECK(result->code == 7);
    process.end(); // too late, and harmless
}

TEST_CASE_FIXTURE(Surroundings, "one that was stopped is woken to end") {
    const Fifo alive(scratch, "alive");
    Command command{{scratch.script("hook", "#!/bin/sh\nexec 9> DIR/alive\necho up >&9\nkill -STOP $$\n")},
                    patience};
    command.grace = patience;
    std::optional<Outcome> result;
    Process process(loop, command, [&](const Outcome& outcome) { result = outcome; });
    CHECK(alive.read_line() == "up\n");
    process.end();
    run_until(loop, [&] { return result.has_value(); });
    CHECK(result->kind == Kind::signalled);
    CHECK(result->code == SIGTERM);
}

TEST_CASE_FIXTURE(Surroundings, "it dies with us when it is bound to us, also as another user") {
    const Fifo alive(scratch, "alive");
    Command command{
        {scratch.script("hook", "#!/bin/sh\nexec 9> DIR/alive\necho up >&9\nread never < DIR/never")},
        patience};
    const Fifo never(scratch, "never", O_RDWR);
    command.dies_with_us = true;
    if (is_root()) {
        std::filesystem::permissions(scratch.path("."), std::filesystem::perms::all);
        for (const auto* name : {"alive", "never", "hook"})
            std::filesystem::permissions(scratch.path(name), std::filesystem::perms::all);
        command.identity = Identity{12345, 12345, {}};
    }
    const auto us = ::fork();
    if (us == 0) {
        boost::asio::io_context own;
        const Process process(own, command, [](const Outcome&) {});
        own.run();
        ::_exit(0);
    }
    CHECK(alive.read_line() == "up\n");
    ::kill(us, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(us, &status, 0) == us);
    CHECK(alive.all_writers_gone());
}
