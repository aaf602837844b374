// Real processes: found by pid file, cgroup and name; and their end, noticed at once.
#include "health/process_probe.h"

#include "tests/unit/health/child.h"
#include "tests/unit/scratch.h"

using namespace baton;
using namespace baton::health;
using namespace std::chrono_literals;
using testing::Child;
using testing::run_until;
using testing::unique_name;

namespace {

struct Processes {
    boost::asio::io_context loop;
    ProcessTable processes{loop};
    testing::Scratch scratch;
    std::optional<Finding> finding;
    std::vector<Verdict> verdicts;

    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(scratch.path(name)) << text;
        return scratch.path(name);
    }
    Finding run(const ProcessCheck& settings, ProcessWatch* watch = nullptr) {
        finding.reset();
        const auto probe = start_process(
            loop, processes, settings,
            [this](Finding found) {
                CHECK(!finding); // once
                finding = std::move(found);
            },
            watch);
        CHECK(!finding); // never before the probe has been returned
        run_until(loop, [&] { return finding.has_value(); });
        return *finding;
    }
    std::string fault(const ProcessCheck& settings) {
        const auto found = run(settings);
        CHECK_FALSE(found.ok);
        return found.detail;
    }
    Prober::Handler remember() {
        return [this](const Verdict& verdict) { verdicts.push_back(verdict); };
    }
    void await_verdicts(std::size_t count) {
        run_until(loop, [&] { return verdicts.size() >= count; });
    }
};

/// Runs at once, and otherwise only when something has happened.
const Rhythm once_a_day{.interval = 24h, .timeout = 1h};

std::string lives(const Child& child, const std::string& name) {
    return name + " lives (process " + std::to_string(child.id()) + ")";
}

} // namespace

TEST_CASE_FIXTURE(Processes, "process: by pid file, however the number stands there") {
    const auto name = unique_name();
    const Child child(name);
    const auto id = std::to_string(child.id());
    for (const auto& text : {id, id + "\n", "      " + id + "\n", id + "\r\n", id + "\nand more\n"}) {
        const auto found = run({.pid_file = file("pid", text)});
        CHECK(found.ok);
        CHECK(found.detail == lives(child, name));
    }
    CHECK(run({.pid_file = scratch.path("pid"), .name = name}).ok);
}

TEST_CASE_FIXTURE(Processes, "process: a pid file that is no use is told why") {
    const auto path = scratch.path("pid");
    CHECK(fault({.pid_file = path}) == path + ": No such file or directory");
    file("pid", "");
    CHECK(fault({.pid_file = path}) == path + ": has no number of a process in its first line");
    file("pid", "\n123\n");
    CHECK(fault({.pid_file = path}) == path + ": has no number of a process in its first line");
    for (const std::string garbage : {"garbage", "-1", "0", "12x", "99999999999", "1 2"}) {
        file("pid", garbage);
        CHECK(fault({.pid_file = path}) == path + ": \"" + garbage + "\" is no number of a process");
    }
    file("pid", std::string(5000, '1'));
    CHECK(fault({.pid_file = path}) == path + ": is larger than 4096 octets");
    CHECK(fault({.pid_file = "/tmp"}) == "/tmp: is no regular file");
    const testing::Fifo pipe(scratch, "pipe"); // that nobody writes
    CHECK(fault({.pid_file = scratch.path("pipe")}) == scratch.path("pipe") + ": is no regular file");
}

TEST_CASE_FIXTURE(Processes, "process: a stale pid file, a zombie, and the process of another program") {
    const auto name = unique_name();
    Child child(name);
    const auto id = std::to_string(child.id());
    const auto path = file("pid", id);
    CHECK(fault({.pid_file = path, .name = "postfix"}) ==
          path + ": process " + id + " is \"" + name + "\", not \"postfix\"");
    child.become_zombie();
    CHECK(fault({.pid_file = path}) == path + ": process " + id + " has ended");
    child.end();
    CHECK(fault({.pid_file = path}) == path + ": there is no process " + id);
}

TEST_CASE_FIXTURE(Processes, "process: by name, the whole of it, and no zombie") {
    const auto name = unique_name();
    Child child(name);
    CHECK(run({.name = name}).detail == lives(child, name));
    CHECK(fault({.name = name.substr(0, name.size() - 1)}) ==
          "no process is called \"" + name.substr(0, name.size() - 1) + "\"");
    CHECK_FALSE(run({.name = name + "x"}).ok);
    child.become_zombie();
    CHECK(fault({.name = name}) == "no process is called \"" + name + "\"");
}

TEST_CASE_FIXTURE(Processes, "process: of a longer name the 15 octets count that the kernel keeps") {
    const std::string name = "systemd-journal-of-baton";
    const Child child(name);
    const auto path = file("pid", std::to_string(child.id()));
    CHECK(run({.pid_file = path, .name = name}).ok);
    CHECK_FALSE(run({.pid_file = path, .name = "systemd-journa"}).ok);
}

TEST_CASE_FIXTURE(Processes, "process: names with spaces and brackets are names") {
    const Child child("a) b (c");
    const auto path = file("pid", std::to_string(child.id()));
    CHECK(run({.pid_file = path, .name = "a) b (c"}).ok);
}

TEST_CASE_FIXTURE(Processes, "process: by cgroup, the first of it that lives, perhaps with a name") {
    const auto name = unique_name();
    Child first(unique_name());
    Child second(name);
    const auto directory = scratch.path("");
    const auto procs = [&] {
        file("cgroup.procs", "0\n" + std::to_string(first.id()) + "\n" + std::to_string(second.id()) + "\n");
    };
    procs();
    CHECK(run({.cgroup = directory}).ok);
    CHECK(run({.cgroup = directory, .name = name}).detail == lives(second, name));
    first.become_zombie();
    CHECK(run({.cgroup = directory}).detail == lives(second, name));
    CHECK(fault({.cgroup = directory, .name = "postfix"}) ==
          directory + ": has no living process called \"postfix\"");
    second.become_zombie();
    CHECK(fault({.cgroup = directory}) == directory + ": has no living process");
    file("cgroup.procs", "");
    CHECK(fault({.cgroup = directory}) == directory + ": has no living process");
    CHECK(fault({.cgroup = "no.slice/no.service"}) ==
          "/sys/fs/cgroup/no.slice/no.service/cgroup.procs: No such file or directory");
}

TEST_CASE_FIXTURE(Processes, "process: the watch tells once of the end of the one that was found") {
    const auto name = unique_name();
    const Child child(name);
    int ended = 0;
    ProcessWatch watch(loop, [&] { ++ended; });
    CHECK(run({.name = name}, &watch).ok);
    REQUIRE(watch.living() != nullptr);
    CHECK(watch.living()->id == child.id());
    CHECK(run({.name = name}, &watch).ok); // again, as each run does
    loop.restart();
    loop.poll();
    CHECK(ended == 0);
    child.become_zombie();
    CHECK(watch.living() == nullptr);
    run_until(loop, [&] { return ended == 1; });
    loop.restart();
    loop.run(); // nothing is left to wait for
    CHECK(ended == 1);
}

TEST_CASE_FIXTURE(Processes, "process: a watch that is gone, or watches another one, tells nothing") {
    const Child child(unique_name());
    const Child other(unique_name());
    int ended = 0;
    auto watch = std::make_unique<ProcessWatch>(loop, [&] { ++ended; });
    watch->watch(*open_process(child.id()));
    loop.poll(); // it waits
    watch->watch(*open_process(other.id()));
    child.become_zombie();
    loop.restart();
    loop.poll();
    CHECK(ended == 0);
    other.become_zombie();
    watch.reset();
    loop.restart();
    loop.run();
    CHECK(ended == 0);
}

TEST_CASE_FIXTURE(Processes,
                  "process: a prober hears of the end at once, and then of the next one by its interval") {
    const auto name = unique_name();
    const auto path = scratch.path("pid");
    Child child(name);
    file("pid", std::to_string(child.id()));
    ProcessProber prober(loop, processes, once_a_day, {.pid_file = path}, remember());
    await_verdicts(1);
    CHECK(verdicts[0].ok);
    child.become_zombie();
    await_verdicts(2);
    CHECK_FALSE(verdicts[1].ok);
    CHECK(verdicts[1].detail == path + ": process " + std::to_string(child.id()) + " has ended");
    loop.restart();
    loop.poll();
    CHECK(verdicts.size() == 2);
    const Child successor(name);
    file("pid", std::to_string(successor.id()));
    prober.run_now();
    await_verdicts(3);
    CHECK(verdicts[2].ok);
    successor.become_zombie();
    await_verdicts(4);
    CHECK_FALSE(verdicts[3].ok);
}

TEST_CASE_FIXTURE(Processes,
                  "process: when one of several of a name ends, the next one is found and watched") {
    const auto name = unique_name();
    const Child first(name);
    const Child second(name);
    ProcessProber prober(loop, processes, once_a_day, {.name = name}, remember());
    await_verdicts(1);
    const bool found_first = verdicts[0].detail == lives(first, name);
    const auto& found = found_first ? first : second;
    const auto& other = found_first ? second : first;
    found.become_zombie();
    await_verdicts(2);
    CHECK(verdicts[1].detail == lives(other, name));
    other.become_zombie();
    await_verdicts(3);
    CHECK_FALSE(verdicts[2].ok);
}

TEST_CASE_FIXTURE(Processes, "process: probers leave nothing open") {
    const auto name = unique_name();
    const Child child(name);
    boost::asio::steady_timer(loop).expires_after(0s); // the loop's own are there from now on
    const auto open = testing::open_descriptors();
    {
        ProcessProber by_name(loop, processes, once_a_day, {.name = name}, remember());
        ProcessProber in_vain(loop, processes, once_a_day, {.name = name + "x"}, remember());
        await_verdicts(2);
        ProcessProber not_yet(loop, processes, once_a_day, {.name = name + "x"}, remember());
        loop.poll_one();
        loop.poll_one();
    }
    CHECK(testing::open_descriptors() <= open + 1); // of a search that has begun, until the loop turns
    loop.restart();
    loop.run();
    CHECK(testing::open_descriptors() == open);
    CHECK(verdicts.size() == 2);
}
