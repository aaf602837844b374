// What a file says, and that a change of it counts at once, however it is changed.
#include "health/file_probe.h"

#include "tests/unit/scratch.h"

using namespace baton;
using namespace baton::health;
using namespace std::chrono_literals;
using testing::run_until;

namespace {

/// Runs at once, and otherwise only when something has happened.
const Rhythm once_a_day{.interval = 24h, .timeout = 1h};

struct Files {
    boost::asio::io_context loop;
    FileWatches watches{loop};
    testing::Scratch scratch;
    std::optional<Finding> finding;
    std::vector<Verdict> verdicts;

    std::string path() const { return scratch.path("state"); }
    void write(const std::string& text, const std::string& name = "state") const {
        std::ofstream(scratch.path(name)) << text;
    }
    Finding run(const std::string& path) {
        finding.reset();
        const auto probe =
            start_file(loop, {.path = path}, [this](Finding found) { finding = std::move(found); });
        CHECK(!finding); // never before the probe has been returned
        run_until(loop, [&] { return finding.has_value(); });
        return *finding;
    }
    std::string fault(const std::string& path) {
        const auto found = run(path);
        CHECK_FALSE(found.ok);
        return found.detail;
    }
    Prober::Handler remember() {
        return [this](const Verdict& verdict) { verdicts.push_back(verdict); };
    }
    /// Awaits a verdict with this detail: of what comes together, some may be told twice.
    bool told(bool ok, const std::string& detail) {
        run_until(loop, [&] { return !verdicts.empty() && verdicts.back().detail == path() + detail; });
        return verdicts.back().ok == ok;
    }
    /// Time for a run that would be due: that none comes cannot be awaited.
    void settle() {
        loop.restart();
        loop.run_for(3 * least_pause);
    }
};

} // namespace

TEST_CASE("file: words and numbers, with space around them") {
    for (const auto* const good : {"up", "ok", "1", "254", "007", " up\n", "up\r\n", "\t42 \n\n"})
        CHECK_MESSAGE(judge_file_state(good).ok, good);
    for (const auto* const bad : {"down", "0", "-0", "-1", "-254", "down\n"})
        CHECK_FALSE_MESSAGE(judge_file_state(bad).ok, bad);
    CHECK(judge_file_state("up\n").detail == "says up");
    CHECK(judge_file_state("down\n").detail == "says down");
    CHECK(judge_file_state("-007").detail == "says -7");
    CHECK_FALSE(judge_file_state("42").share.has_value());
}

TEST_CASE("file: what is no state is bad, and quoted") {
    CHECK(judge_file_state("").detail == "is empty");
    CHECK(judge_file_state(" \n").detail == "is empty");
    for (const std::string garbage :
         {"UP", "upp", "up down", "255", "-255", "+1", "1.5", "--1", "-", "99999999999999999999"}) {
        const auto found = judge_file_state(garbage);
        CHECK_FALSE(found.ok);
        CHECK(found.detail == "says neither up nor down, nor a number from -254 to 254: " + garbage);
    }
    CHECK_FALSE(judge_file_state(std::string("up\0", 3)).ok);
    CHECK(judge_file_state(std::string(200, 'x')).detail.size() < 150);
}

TEST_CASE_FIXTURE(Files, "file: what cannot be read is told why, and never waited for") {
    CHECK(fault(path()) == path() + ": No such file or directory");
    write("");
    CHECK(fault(path()) == path() + ": is empty");
    write(std::string(max_file_state, ' '));
    CHECK(fault(path()) == path() + ": is empty");
    write(std::string(max_file_state + 1, ' '));
    CHECK(fault(path()) == path() + ": is larger than 256 octets");
    CHECK(fault("/dev/zero") == "/dev/zero: is no regular file");
    CHECK(fault(scratch.path("")) == scratch.path("") + ": is no regular file");
    const testing::Fifo pipe(scratch, "pipe");
    CHECK(fault(scratch.path("pipe")) == scratch.path("pipe") + ": is no regular file");
    std::filesystem::create_symlink("nowhere", scratch.path("link"));
    CHECK(fault(scratch.path("link")) == scratch.path("link") + ": No such file or directory");
    write("up\n");
    CHECK(run(path()).detail == path() + ": says up");
    CHECK(run(path()).ok);
}

TEST_CASE_FIXTURE(Files, "file: a change counts at once, in place, by another file's name, or by its end") {
    write("up\n");
    FileProber prober(loop, watches, once_a_day, {.path = path()}, remember());
    CHECK(told(true, ": says up"));
    write("down\n");
    CHECK(told(false, ": says down"));
    write("1\n", "new");
    std::filesystem::rename(scratch.path("new"), path());
    CHECK(told(true, ": says 1"));
    std::filesystem::remove(path());
    CHECK(told(false, ": No such file or directory"));
    write("-1\n");
    CHECK(told(false, ": says -1"));
    std::filesystem::rename(path(), scratch.path("old"));
    CHECK(told(false, ": No such file or directory"));
}

TEST_CASE_FIXTURE(Files, "file: what is still being written does not count yet") {
    write("up\n");
    FileProber prober(loop, watches, once_a_day, {.path = path()}, remember());
    CHECK(told(true, ": says up"));
    std::ofstream half(path());
    half << "do" << std::flush;
    settle();
    CHECK(verdicts.size() == 1);
    half << "wn" << std::flush;
    half.close();
    CHECK(told(false, ": says down"));
}

TEST_CASE_FIXTURE(Files, "file: what happens to its neighbours does not matter") {
    write("up\n");
    FileProber prober(loop, watches, once_a_day, {.path = path()}, remember());
    CHECK(told(true, ": says up"));
    for (int i = 0; i < 1000; ++i) // more than is taken at a time
        write("down\n", "neighbour" + std::to_string(i % 10));
    std::filesystem::remove(scratch.path("neighbour0"));
    settle();
    CHECK(verdicts.size() == 1);
    write("down\n");
    CHECK(told(false, ": says down"));
}

TEST_CASE_FIXTURE(Files, "file: many changes together make few runs, and the last one counts") {
    write("up\n");
    FileProber prober(loop, watches, once_a_day, {.path = path()}, remember());
    CHECK(told(true, ": says up"));
    for (int i = 1; i <= 200; ++i)
        write(std::to_string(i) + "\n");
    CHECK(told(true, ": says 200"));
    CHECK(verdicts.size() < 20);
}

TEST_CASE_FIXTURE(Files, "file: a directory that comes later, or again, is watched from the next run on") {
    const auto directory = scratch.path("later");
    const FileCheck settings{.path = directory + "/state"};
    const auto await = [&](const std::string& detail) {
        run_until(loop,
                  [&] { return !verdicts.empty() && verdicts.back().detail == settings.path + detail; });
    };
    FileProber prober(loop, watches, once_a_day, settings, remember());
    await(": No such file or directory");
    for (int i = 0; i < 3; ++i) {
        std::filesystem::create_directory(directory);
        prober.run_now(); // as the interval would
        const auto before = verdicts.size();
        run_until(loop, [&] { return verdicts.size() > before; });
        write("up\n", "later/state");
        await(": says up");
        std::filesystem::remove_all(directory);
        await(": No such file or directory");
    }
}

TEST_CASE_FIXTURE(Files, "file: it is looked at from time to time as well") {
    write("up\n", "real");
    std::filesystem::create_symlink(scratch.path("real"), path());
    FileProber prober(loop, watches, {.interval = 5ms, .timeout = 1h}, {.path = path()}, remember());
    CHECK(told(true, ": says up"));
    const testing::Scratch elsewhere;
    std::ofstream(elsewhere.path("real")) << "down\n";
    std::filesystem::rename(elsewhere.path("real"), scratch.path("real")); // behind the link
    CHECK(told(false, ": says down"));
}

TEST_CASE_FIXTURE(Files, "file: more files are watched than a user may have inotify instances") {
    constexpr std::size_t many = 300; // and a user has 128
    std::vector<std::unique_ptr<FileProber>> probers;
    std::size_t good = 0;
    std::size_t bad = 0;
    for (std::size_t i = 0; i < many; ++i) {
        write("up\n", std::to_string(i));
        probers.push_back(std::make_unique<FileProber>(
            loop, watches, once_a_day, FileCheck{.path = scratch.path(std::to_string(i))},
            [&](const Verdict& verdict) { ++(verdict.ok ? good : bad); }));
    }
    run_until(loop, [&] { return good == many; });
    for (std::size_t i = 0; i < many; ++i)
        write("down\n", std::to_string(i));
    run_until(loop, [&] { return bad == many; });
    CHECK(good == many);
}

TEST_CASE_FIXTURE(Files, "file: probers leave nothing open and tell nobody when they are gone") {
    write("up\n");
    boost::asio::steady_timer(loop).expires_after(0s); // the loop's own are there from now on
    const auto open = testing::open_descriptors();
    {
        FileProber prober(loop, watches, once_a_day, {.path = path()}, remember());
        CHECK(told(true, ": says up"));
        write("down\n");
        FileProber another(loop, watches, once_a_day, {.path = path()}, remember());
    }
    CHECK(testing::open_descriptors() == open);
    settle();
    CHECK(verdicts.size() == 1);
}
