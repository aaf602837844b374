// The queue with real programs: that misbehave, that are superseded, and that must never be two at once.
#include "scripts/hook_queue.h"

#include "tests/unit/scratch.h"

#include <boost/asio/post.hpp>
#include <sstream>

using namespace baton;
using namespace baton::scripts;
using namespace baton::testing;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

struct Bench {
    Scratch scratch;
    boost::asio::io_context loop;
    Lines ended; ///< "active ok: exit status 0"
    std::size_t started{0};
    std::unique_ptr<HookQueue> queue{std::make_unique<HookQueue>(
        loop, [this](std::function<void()> go) { boost::asio::post(loop, std::move(go)); },
        HookListener{[this](const HookRun&) { ++started; },
                     [this](const HookRun& run) {
                         ended.push_back(run.event + " " + to_string(run.state) + ": " + run.detail);
                     }})};

    Command hook(const std::string& text, Duration timeout = patience) const {
        static int scripts = 0;
        Command command{{scratch.script("hook" + std::to_string(++scripts), "#!/bin/sh\n" + text)}, timeout};
        command.grace = 200ms;
        command.dies_with_us = true;
        command.refuse_writable = true;
        return command;
    }

    void add(const std::string& event, std::vector<Command> hooks, HookKind kind = HookKind::state,
             std::function<void(const HookEnd&)> done = {}) {
        queue->add({kind, event, 7, std::move(hooks), std::move(done)});
    }

    void run_dry() {
        run_until(loop, [&] { return queue->idle(); });
        loop.restart();
        loop.poll(); // what is still to be told
        CHECK(childless());
    }

    [[nodiscard]] Lines lines_of(const std::string& name) const {
        std::istringstream text(scratch.read(name));
        Lines lines;
        for (std::string line; std::getline(text, line);)
            lines.push_back(line);
        return lines;
    }
};

} // namespace

TEST_CASE_FIXTURE(Bench, "hooks run in order, one at a time, and how they ended is kept") {
    const auto program = [&](const std::string& name) {
        return hook("echo " + name + " >> DIR/log; echo " + name);
    };
    add("active", {program("a"), program("b"), hook("exit 3")});
    CHECK(started == 0); // never from within a call
    run_dry();
    CHECK(lines_of("log") == Lines{"a", "b"});
    CHECK(ended ==
          Lines{"active ok: exit status 0", "active ok: exit status 0", "active failed: exit status 3"});
    const auto runs = queue->runs();
    REQUIRE(runs.size() == 3);
    CHECK(runs[0].number < runs[1].number);
    CHECK(runs[0].output == "a\n");
    CHECK(runs[0].event == "active");
    CHECK(runs[0].transition == 7);
    CHECK(runs[0].took > 0ns);
    CHECK(runs[2].status == 3);
}

TEST_CASE_FIXTURE(Bench, "what fails does not keep the rest of an event from running, but of a gate") {
    std::vector<HookEnd> ends;
    const auto note = [&](const HookEnd& end) { ends.push_back(end); };
    add("active", {hook("exit 1"), hook("echo ran >> DIR/log")}, HookKind::state, note);
    run_dry();
    CHECK(lines_of("log") == Lines{"ran"});
    add("before_active", {hook("exit 2"), hook("echo ran >> DIR/log")}, HookKind::gate, note);
    run_dry();
    CHECK(lines_of("log") == Lines{"ran"});
    REQUIRE(ends.size() == 2);
    CHECK_FALSE(ends[0].ok);
    CHECK(ends[0].runs.size() == 2);
    CHECK_FALSE(ends[1].ok);
    CHECK_FALSE(ends[1].superseded);
    CHECK(ends[1].why.ends_with(": exit status 2"));
}

TEST_CASE_FIXTURE(Bench, "a gate that is passed says so") {
    std::vector<HookEnd> ends;
    add("before_active", {hook("true"), hook("true")}, HookKind::gate,
        [&](const HookEnd& end) { ends.push_back(end); });
    run_dry();
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].ok);
    CHECK(ends[0].why.empty());
}

TEST_CASE_FIXTURE(Bench, "a newer state ends the running hook, and what waited is never run") {
    const Fifo up(scratch, "up");
    std::vector<HookEnd> ends;
    add("backup",
        {hook("trap 'echo end >> DIR/log; exit 0' TERM; echo up > DIR/up; while :; do sleep 0.01; done"),
         hook("echo backup >> DIR/log")},
        HookKind::state, [&](const HookEnd& end) { ends.push_back(end); });
    run_until(loop, [&] { return started == 1; });
    CHECK(up.read_line() == "up\n");
    add("fault", {hook("echo fault >> DIR/log"), hook("echo fault >> DIR/log")}, HookKind::state,
        [&](const HookEnd& end) { ends.push_back(end); });
    add("active", {hook("echo active >> DIR/log")});
    run_dry();
    CHECK(lines_of("log") == Lines{"end", "active"});
    CHECK(ended == Lines{"fault superseded: superseded by active before it was run",
                         "fault superseded: superseded by active before it was run",
                         "backup superseded: superseded by fault; exit status 0",
                         "backup superseded: superseded by fault before it was run",
                         "active ok: exit status 0"});
    REQUIRE(ends.size() == 2);
    CHECK(ends[0].superseded);
    CHECK(ends[1].superseded);
    CHECK(ends[0].runs.size() == 2);
    CHECK(ends[1].runs.size() == 2);
    CHECK_FALSE(queue->runs()[0].begun);
}

TEST_CASE_FIXTURE(Bench, "one that ignores SIGTERM is killed, and only then the next begins") {
    const Fifo alive(scratch, "alive");
    add("backup", {hook("exec 9> DIR/alive; trap '' TERM; echo up >&9; while :; do sleep 0.01; done")});
    run_until(loop, [&] { return started == 1; });
    CHECK(alive.read_line() == "up\n");
    add("active", {hook("echo active >> DIR/log")});
    run_dry();
    CHECK(alive.all_writers_gone());
    CHECK(ended ==
          Lines{"backup superseded: superseded by active; killed by signal 9", "active ok: exit status 0"});
}

TEST_CASE_FIXTURE(Bench, "one that hangs is ended at its timeout, with all that it started") {
    const Fifo alive(scratch, "alive");
    add("active", {hook("exec 9> DIR/alive; sleep 1000 & echo hanging; wait", 300ms)});
    run_dry();
    CHECK(alive.all_writers_gone());
    CHECK(ended == Lines{"active failed: timed out after 300ms"});
    CHECK(queue->runs()[0].output == "hanging\n");
}

TEST_CASE_FIXTURE(Bench, "100 MB of output, a daemon left behind, a program that is gone or everybody's") {
    auto loud = hook("head -c 100000000 /dev/zero; echo the end");
    loud.output_kept = 65536;
    add("active", {loud});
    run_dry();
    CHECK(queue->runs().back().output.size() == output_limit); // what is kept for long
    CHECK(queue->runs().back().output.ends_with("the end\n"));

    const Fifo daemon(scratch, "daemon");
    add("active", {hook("exec 9> DIR/daemon; sleep 1000 & exit 0")});
    run_dry();
    CHECK(daemon.all_writers_gone()); // in the hook's own group: it is not left behind

    const auto vanished = hook("true");
    std::filesystem::remove(vanished.argv.front());
    const auto writable = hook("true");
    std::filesystem::permissions(writable.argv.front(), std::filesystem::perms::all);
    ended.clear();
    add("active", {vanished, writable});
    run_dry();
    CHECK(ended ==
          Lines{"active failed: could not be started: No such file or directory (the program, or the "
                "interpreter that its first line names)",
                "active failed: was not run: the program may be changed by every user; try chmod o-w"});
}

TEST_CASE_FIXTURE(Bench, "a gate that is not wanted any more is ended, and told of as superseded") {
    const Fifo up(scratch, "up", O_RDWR);
    const Fifo block(scratch, "block", O_RDWR);
    bool told_as_superseded = false;
    add("before_active", {hook("echo gate >> DIR/log; echo up > DIR/up; read x < DIR/block")}, HookKind::gate,
        [&](const HookEnd& end) { told_as_superseded = end.superseded; });
    run_until(loop, [&] { return started == 1; });
    CHECK(up.read_line() == "up\n");
    add("backup", {hook("echo backup >> DIR/log")});
    run_dry();
    CHECK(lines_of("log") == Lines{"gate", "backup"});
    CHECK(told_as_superseded);
    CHECK(queue->runs().back().state == HookRun::State::ok);
    CHECK(queue->idle());
}

TEST_CASE_FIXTURE(Bench, "only the last runs are kept") {
    for (int i = 0; i < 15; ++i)
        add("active", {hook("true")}, HookKind::by_hand);
    run_dry();
    CHECK(started == 15);
    CHECK(queue->runs().size() == runs_kept);
    CHECK(queue->runs().back().number == 15);
    CHECK(queue->runs().back().by_hand);
}

TEST_CASE_FIXTURE(Bench, "destroying it ends what runs and calls nobody") {
    const Fifo alive(scratch, "alive");
    bool called = false;
    add("active", {hook("exec 9> DIR/alive; echo up >&9; sleep 1000")}, HookKind::state,
        [&](const HookEnd&) { called = true; });
    add("active", {hook("true")}, HookKind::by_hand);
    run_until(loop, [&] { return started == 1; });
    CHECK(alive.read_line() == "up\n");
    queue.reset();
    CHECK(childless());
    CHECK(alive.all_writers_gone());
    loop.restart();
    loop.run();
    CHECK_FALSE(called);
}

TEST_CASE_FIXTURE(Bench,
                  "a storm of 100 states: never two at once, and the last one is that of the last state") {
    add("first", {hook("true")});
    run_dry(); // the loop has opened what it needs
    const auto before = open_descriptors();
    const auto program = hook("exec 9> DIR/lock\nflock -n 9 || echo both >> DIR/log\n"
                              "sleep 0.0$1 9>&-\necho $2 >> DIR/log");
    for (int i = 0; i < 100; ++i) {
        auto command = program;
        command.argv.push_back(std::to_string(i % 4));
        command.argv.push_back(std::to_string(i));
        command.grace = 1ms * (i % 3);
        add("s" + std::to_string(i), {command});
        const auto so_far = started;
        if (i % 3 != 0) // else it comes while the one before waits
            run_until(loop, [&] { return started > so_far; });
    }
    run_dry();
    const auto log = lines_of("log");
    REQUIRE_FALSE(log.empty());
    CHECK(log.back() == "99");
    CHECK(std::find(log.begin(), log.end(), "both") == log.end());
    CHECK(ended.size() == 101); // each is told of, run or not
    CHECK(open_descriptors() == before);
}
