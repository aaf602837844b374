// One check, again and again: what a result means and when the next run is.
#include "scripts/track_script.h"

#include "tests/unit/scratch.h"

#include <cerrno>
#include <optional>

using namespace baton;
using namespace baton::scripts;
using namespace baton::testing;
using namespace std::chrono_literals;
using Kind = Outcome::Kind;

namespace {

std::string detail_of(const std::string& output) {
    return judge({.kind = Kind::exited, .code = 1, .output = output, .took = 1ms}, 1s).detail;
}

} // namespace

TEST_CASE("only exit status 0 is a good result") {
    const auto good = judge({.kind = Kind::exited, .code = 0, .output = "", .took = 5ms}, 1s);
    CHECK(good.ok);
    CHECK(good.detail == "exit status 0");
    CHECK(good.took == 5ms);

    const std::vector<std::pair<Outcome, std::string>> bad{
        {{.kind = Kind::exited, .code = 1}, "exit status 1"},
        {{.kind = Kind::signalled, .code = 9}, "killed by signal 9"},
        {{.kind = Kind::timed_out, .code = 0}, "timed out after 1.5s"},
        {{.kind = Kind::not_started, .code = ENOENT},
         "could not be started: No such file or directory (the program, or the interpreter that its first "
         "line names)"},
        {{.kind = Kind::not_started, .code = 0}, "could not be started: Success"},
        {{.kind = Kind::lost, .code = 0}, "its exit status was lost: something else waited for the process"},
    };
    for (const auto& [outcome, detail] : bad) {
        const auto verdict = judge(outcome, 1500ms);
        CHECK(!verdict.ok);
        CHECK(verdict.detail == detail);
    }
}

TEST_CASE("the detail ends in the last line that says anything, fit for a terminal") {
    CHECK(detail_of("starting\n  connection refused \r\n\n \n") == "exit status 1: connection refused");
    CHECK(detail_of("no newline") == "exit status 1: no newline");
    CHECK(detail_of(" \n\n") == "exit status 1");
    CHECK(detail_of("a\x1b[2Jb\x07\x7f!") == "exit status 1: a [2Jb  !");
    CHECK(detail_of("a\xc2\x9b"
                    "2Jb\xe2\x80\xae!") == "exit status 1: a 2Jb !");
    CHECK(detail_of("\x1b\xc2\x85\n") == "exit status 1"); // nothing is left of it
    CHECK(detail_of("bad \xff\xc3") == "exit status 1: bad \xef\xbf\xbd\xef\xbf\xbd");
    CHECK(detail_of(std::string(500, 'x')) == "exit status 1: " + std::string(200, 'x'));
    // 199 letters and an e acute: cutting at 200 octets would leave half of it.
    CHECK(detail_of(std::string(199, 'x') + "\xc3\xa9y") == "exit status 1: " + std::string(199, 'x'));
    // The same where the sequence comes of cleaning: one bad octet, three of its replacement.
    CHECK(detail_of(std::string(199, 'x') + "\xff") == "exit status 1: " + std::string(199, 'x'));
}

namespace {

struct Fixture {
    Scratch scratch;
    boost::asio::io_context loop;
    std::vector<Verdict> verdicts;

    TrackScript::Handler collect() {
        return [this](const Verdict& verdict) { verdicts.push_back(verdict); };
    }
    void await(std::size_t count) {
        run_until(loop, [&] { return verdicts.size() >= count; });
    }
};

} // namespace

TEST_CASE_FIXTURE(Fixture, "each run gives a result, the first at once") {
    const auto program =
        scratch.script("check", "#!/bin/sh\ntest ! -e DIR/down || { echo is down; exit 1; }\n");
    const TrackScript check(loop, {{program}, patience}, 10ms, 0ms, collect());
    await(2);
    CHECK(verdicts[0].ok);
    CHECK(verdicts[1].ok);
    std::ofstream(scratch.path("down")) << "";
    const auto before = verdicts.size();
    await(before + 2);
    CHECK(!verdicts.back().ok);
    CHECK(verdicts.back().detail == "exit status 1: is down");
}

TEST_CASE_FIXTURE(Fixture,
                  "the first run waits for no interval, the second for a part of one, others for all of it") {
    const auto start = std::chrono::steady_clock::now();
    const TrackScript check(loop, {{"/bin/true"}, patience}, 300ms, 0ms, collect());
    await(4);
    CHECK(std::chrono::steady_clock::now() - start >= 600ms);
    CHECK(verdicts[0].ok);

    verdicts.clear();
    const TrackScript patient(loop, {{"/bin/true"}, patience}, std::chrono::hours(1), 0ms, collect());
    await(1); // would never come if an interval had to pass first
}

TEST_CASE_FIXTURE(Fixture, "runs longer than the interval follow each other, never two at once") {
    const auto program =
        scratch.script("check", "#!/bin/sh\necho start >> DIR/log; sleep 0.05; echo end >> DIR/log\n");
    {
        const TrackScript check(loop, {{program}, patience}, 1ms, 0ms, collect());
        await(4);
    }
    CHECK(scratch.read("log").starts_with("start\nend\nstart\nend\nstart\nend\nstart\nend\n"));
}

TEST_CASE_FIXTURE(Fixture, "a run that times out is a bad result, and the next one comes") {
    const auto program =
        scratch.script("check", "#!/bin/sh\ntest -e DIR/second || { touch DIR/second; sleep 1000; }\n");
    const TrackScript check(loop, {{program}, 300ms}, 1ms, 0ms, collect());
    await(2);
    CHECK(!verdicts[0].ok);
    CHECK(verdicts[0].detail == "timed out after 300ms");
}

TEST_CASE_FIXTURE(Fixture, "a missing program is a bad result, every time") {
    const TrackScript check(loop, {{scratch.path("missing")}, patience}, 1ms, 0ms, collect());
    await(3);
    for (const auto& verdict : verdicts) {
        CHECK(!verdict.ok);
        CHECK(verdict.detail == "could not be started: No such file or directory (the program, or the "
                                "interpreter that its first line names)");
    }
}

TEST_CASE_FIXTURE(Fixture, "destroying it ends the run and all results") {
    const Fifo alive(scratch, "alive");
    const auto program = scratch.script("check", "#!/bin/sh\nexec 9> DIR/alive; echo up >&9; sleep 1000");
    std::optional<TrackScript> check;
    check.emplace(loop, Command{{program}, patience}, 1ms, 0ms, collect());
    loop.run_one(); // the first run is due
    CHECK(alive.read_line() == "up\n");
    check.reset();
    CHECK(childless());
    CHECK(alive.all_writers_gone());

    check.emplace(loop, Command{{program}, patience}, 1ms, 0ms, collect());
    check.reset(); // its timer has expired already: the call is on its way
    loop.restart();
    loop.run();
    CHECK(verdicts.empty());
    CHECK(childless());
}
