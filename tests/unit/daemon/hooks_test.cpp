// What is run when: from transitions to programs, with real queues, without a kernel's network.
#include "daemon/hooks.h"

#include "../scratch.h"
#include "config/load.h"

#include <algorithm>
#include <fcntl.h>
#include <sstream>

using namespace baton;
using namespace baton::daemon;
using namespace baton::testing;
using vrrp::State;

namespace {

using Lines = std::vector<std::string>;

struct HooksBench {
    Scratch scratch;
    boost::asio::io_context loop;
    Log log{LogFormat::text, LogLevel::error};
    Hooks hooks{loop, log};
    config::Config config;
    std::uint64_t transitions{0};

    /// `hooks` of instance A, `group` of the group G of A and B.
    void configure(const std::string& of_a, const std::string& of_group = "", const std::string& top = "") {
        auto text = R"({"node": "n", )" + top + R"("instances": {
            "A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"], "hooks": {)" +
                    of_a + R"(}},
            "B": {"interface": "eth0", "vrid": 2, "addresses": ["10.0.1.101/24"]}},
            "sync_groups": {"G": {"members": ["A", "B"], "hooks": {)" +
                    of_group + "}}}}";
        for (auto at = text.find("DIR"); at != std::string::npos; at = text.find("DIR"))
            text.replace(at, 3, scratch.path(""));
        auto loaded = config::load(text, "f");
        REQUIRE(loaded.has_value());
        config = std::move(*loaded);
        REQUIRE(hooks.fit(config).has_value());
    }

    /// A hook that writes the event, and what more is said, to the log.
    static std::string noting(const std::string& event, const std::string& more = "") {
        return "\"" + event + R"(": [{"run": "echo $BATON_INSTANCE$BATON_GROUP $BATON_EVENT )" + more +
               R"( >> DIRlog"}])";
    }

    void transition(const std::string& name, State from, State to, const std::string& active_router = "") {
        control::TransitionRecord record;
        record.number = ++transitions;
        record.from = from;
        record.to = to;
        record.reason_code = "startup";
        record.reason = "began to take part";
        record.priority = 100;
        for (const auto& instance : config.settings.instances)
            if (instance.name == name)
                hooks.transitioned({instance, record, active_router});
    }

    void run_dry() {
        run_until(loop, [&] { return hooks.busy().empty(); });
        loop.restart();
        loop.poll();
    }

    [[nodiscard]] Lines noted() const {
        std::istringstream text(scratch.read("log"));
        Lines lines;
        for (std::string line; std::getline(text, line);)
            lines.push_back(line);
        return lines;
    }
};

} // namespace

TEST_CASE_FIXTURE(HooksBench, "the hooks of a state run when it has been reached, and are told of it") {
    configure(noting("active", "$BATON_STATE $BATON_PREVIOUS_STATE $BATON_ADDRESSES $BATON_ACTIVE_ROUTER "
                               "$BATON_TRANSITION $BATON_PRIORITY $BATON_NODE") +
              ", " + noting("backup"));
    transition("A", State::initialize, State::backup);
    CHECK(hooks.busy() == Lines{"A"});
    CHECK(noted().empty()); // nothing starts from within a call
    run_dry();
    transition("A", State::backup, State::active, "10.0.1.2");
    run_dry();
    transition("B", State::initialize, State::backup); // has none
    CHECK(hooks.busy().empty());
    CHECK(noted() == Lines{"A backup", "A active active backup 10.0.1.100/24 10.0.1.2 2 100 n"});
}

TEST_CASE_FIXTURE(HooksBench, "a state without hooks ends those of the one before it") {
    const Fifo up(scratch, "up");
    configure(R"("active": [{"run": "echo up > DIRup; while :; do sleep 0.01; done"}])");
    transition("A", State::backup, State::active);
    run_until(loop, [&] { return hooks.view("A").runs.size() == 1; });
    CHECK(up.read_line() == "up\n");
    transition("A", State::active, State::backup);
    run_dry();
    CHECK(hooks.view("A").runs[0].state == "superseded");
    CHECK(hooks.view("A").runs[0].detail.starts_with("superseded by backup; "));
}

TEST_CASE_FIXTURE(HooksBench, "a group changes with the last of its members, and to fault with the first") {
    configure("", noting("active") + ", " + noting("backup", "$BATON_ADDRESSES") + ", " + noting("fault"));
    transition("A", State::initialize, State::backup);
    run_dry();
    CHECK(noted().empty());
    transition("B", State::initialize, State::backup);
    run_dry();
    CHECK(noted() == Lines{"G backup 10.0.1.100/24 10.0.1.101/24"});
    transition("A", State::backup, State::active);
    transition("B", State::backup, State::active);
    run_dry();
    CHECK(noted().back() == "G active");
    transition("A", State::active, State::fault);
    transition("B", State::active, State::fault);
    run_dry();
    CHECK(noted() == Lines{"G backup 10.0.1.100/24 10.0.1.101/24", "G active", "G fault"});
    CHECK(hooks.groups().at(0).hooks.runs.size() == 3);
}

TEST_CASE_FIXTURE(HooksBench, "stop hooks of those that took part run at the end, which waits for them") {
    configure(noting("stop", "$BATON_PREVIOUS_STATE"), noting("stop"));
    transition("A", State::initialize, State::backup);
    transition("A", State::backup, State::initialize);
    bool ended = false;
    hooks.stop([&] { ended = true; });
    CHECK_FALSE(ended);
    run_until(loop, [&] { return ended; });
    CHECK(noted() == Lines{"A stop backup"}); // of the group B never took part
    CHECK(hooks.stop_takes() == std::chrono::seconds(32));
}

TEST_CASE_FIXTURE(HooksBench, "where there is nothing to run, the end comes at once") {
    configure("");
    transition("A", State::initialize, State::backup);
    bool ended = false;
    hooks.stop([&] { ended = true; });
    CHECK(ended);
}

TEST_CASE_FIXTURE(HooksBench, "who is removed is told of when it has gone, by the hooks that it had") {
    configure(noting("deleted") + ", " + noting("backup"), noting("deleted"));
    transition("A", State::initialize, State::backup);
    run_dry();
    auto loaded = config::load(R"({"instances": {"B": {"interface": "eth0", "vrid": 2,
        "addresses": ["10.0.1.101/24"]}}})",
                               "f");
    REQUIRE(loaded.has_value());
    REQUIRE(hooks.fit(*loaded).has_value());
    hooks.keep([](const std::string&) { return true; }); // it still hands over
    run_dry();
    CHECK(noted() == Lines{"A backup", "G deleted"});
    hooks.keep([](const std::string& name) { return name == "B"; });
    run_dry();
    CHECK(noted() == Lines{"A backup", "G deleted", "A deleted"});
    hooks.keep([](const std::string& name) { return name == "B"; });
    CHECK(hooks.busy().empty());
    CHECK(hooks.groups().empty());
    CHECK(hooks.plan("A", "backup").has_error());
}

TEST_CASE_FIXTURE(HooksBench, "a gate and a release are asked, and answer; without hooks they are passed") {
    configure(R"("before_active": [{"run": "exit 4"}], "release": [{"run": "exit 0"}])");
    transition("A", State::initialize, State::backup);
    Lines told;
    const auto note = [&](const char* what) {
        return [&told, what](bool ok, const std::string& why) {
            told.push_back(std::string(what) + (ok ? " ok" : " failed: " + why));
        };
    };
    hooks.run_gate("A", note("gate"));
    run_dry();
    hooks.run_release("A", note("release"));
    run_dry();
    hooks.run_gate("B", note("gate of B"));
    CHECK(told.size() == 2); // never from within a call
    loop.restart();
    loop.poll();
    CHECK(told == Lines{"gate failed: /bin/sh: exit status 4", "release ok", "gate of B ok"});
}

TEST_CASE_FIXTURE(HooksBench, "a gate that is dropped, or overtaken by a state, answers nothing") {
    const Fifo up(scratch, "up", O_RDWR);
    configure(R"("before_active": [{"run": "echo up > DIRup; while :; do sleep 0.01; done"}])");
    transition("A", State::initialize, State::backup);
    bool told = false;
    const auto note = [&](bool, const std::string&) { told = true; };
    hooks.run_gate("A", note);
    run_until(loop, [&] { return hooks.view("A").runs.size() == 1; });
    CHECK(up.read_line() == "up\n");
    hooks.turn_back("A");
    run_dry();
    hooks.run_gate("A", note);
    run_until(loop, [&] { return hooks.view("A").runs.size() == 2; });
    CHECK(up.read_line() == "up\n");
    transition("A", State::backup, State::fault);
    run_dry();
    CHECK_FALSE(told);
    hooks.turn_back("A"); // long over
    for (const auto& run : hooks.view("A").runs)
        CHECK(run.state == "superseded");
}

TEST_CASE_FIXTURE(HooksBench, "the gate and the release of a group run beside those of its first member") {
    configure(noting("before_active"),
              noting("before_active") + ", " + noting("release") + ", " + noting("backup"));
    transition("A", State::initialize, State::backup);
    transition("B", State::initialize, State::backup);
    run_dry();
    unsigned passed = 0;
    const auto note = [&](bool ok, const std::string&) { passed += ok ? 1U : 0U; };
    hooks.run_gate("B", note);
    run_dry();
    CHECK(passed == 1);
    CHECK(noted() == Lines{"G backup"});
    hooks.run_gate("A", note);
    run_dry();
    CHECK(passed == 2); // both, told once
    hooks.run_release("A", note);
    run_dry();
    CHECK(passed == 3);
    auto lines = noted();
    std::sort(lines.begin(), lines.end());
    CHECK(lines == Lines{"A before_active", "G backup", "G before_active", "G release"});
    hooks.turn_back("A"); // the group's Backup hooks undo it
    run_dry();
    CHECK(noted().back() == "G backup");
}

TEST_CASE_FIXTURE(HooksBench, "the gate of a group that fails is the members'") {
    configure("", R"("before_active": [{"run": "exit 9"}])");
    transition("A", State::initialize, State::backup);
    std::string failure;
    hooks.run_gate("A", [&](bool ok, const std::string& why) { failure = ok ? "passed" : why; });
    run_dry();
    CHECK(failure == "/bin/sh: exit status 9");
}

TEST_CASE_FIXTURE(HooksBench, "what would be run can be seen, and run by hand") {
    configure(noting("active") +
              R"(, "backup": [{"run": ["/bin/sh", "-c", "echo out; exit 3"], "user": "root"}])");
    const auto plan = hooks.plan("A", "backup");
    REQUIRE(plan.has_value());
    REQUIRE(plan->size() == 1);
    CHECK(plan->front().argv == Lines{"/bin/sh", "-c", "echo out; exit 3"});
    CHECK(plan->front().hook.user == "root");
    CHECK(plan->front().input.find("\"event\":\"backup\"") != std::string::npos);
    CHECK(hooks.plan("A", "stop").error().text == "A has no hooks for \"stop\"");
    CHECK(hooks.plan("A", "activ").error().text == "there is no event \"activ\"; did you mean \"active\"?");
    CHECK(hooks.plan("C", "active").error().text == "there is no instance or sync group \"C\"");

    std::optional<control::HookResult> result;
    CHECK_FALSE(hooks.run("A", "active", [&](const control::HookResult& end) { result = end; }));
    run_until(loop, [&] { return result.has_value(); });
    CHECK(result->ok);
    CHECK(noted() == Lines{"A active"});
    result.reset();
    CHECK(hooks.run("A", "stop", [](const control::HookResult&) {}).has_value());
    if (::geteuid() != 0)
        return;
    CHECK_FALSE(hooks.run("A", "backup", [&](const control::HookResult& end) { result = end; }));
    run_until(loop, [&] { return result.has_value(); });
    CHECK_FALSE(result->ok);
    REQUIRE(result->runs.size() == 1);
    CHECK(result->runs[0].output == "out\n");
    CHECK(result->runs[0].status == 3);
    CHECK(result->runs[0].by_hand);
}

TEST_CASE_FIXTURE(HooksBench,
                  "keepalived's pipe gets a line for each state, and loses those it has no room for") {
    configure("", "", R"("notify_fifo": "DIRpipe", )");
    const Descriptor reader(::open(scratch.path("pipe").c_str(), O_RDONLY | O_NONBLOCK));
    REQUIRE(reader);
    transition("A", State::initialize, State::backup);
    transition("B", State::initialize, State::backup);
    transition("A", State::backup, State::initialize);
    hooks.stop([] {});
    std::string text(4096, '\0');
    const auto size = ::read(reader.get(), text.data(), text.size());
    REQUIRE(size > 0);
    text.resize(static_cast<std::size_t>(size));
    CHECK(text == "INSTANCE \"A\" BACKUP 100\nINSTANCE \"B\" BACKUP 100\nGROUP \"G\" BACKUP 0\n"
                  "INSTANCE \"A\" STOP 100\nINSTANCE \"B\" STOP 100\nGROUP \"G\" STOP 0\n");
}

TEST_CASE("a pipe is made where there is none, found where there is one, and nothing else is taken for one") {
    const Scratch scratch;
    auto fifo = NotifyFifo::open(scratch.path("pipe"));
    REQUIRE(fifo.has_value());
    struct stat status {};
    REQUIRE(::stat(scratch.path("pipe").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    CHECK(NotifyFifo::open(scratch.path("pipe")).has_value());
    while (fifo->write("INSTANCE \"VI_1\" MASTER 150\n")) // nobody reads
        REQUIRE(fifo->lost() == 0);
    CHECK(fifo->lost() == 1);
    CHECK_FALSE(fifo->write("INSTANCE \"VI_1\" BACKUP 150\n"));
    CHECK(fifo->lost() == 2);

    std::ofstream(scratch.path("file")) << "text";
    CHECK(NotifyFifo::open(scratch.path("file")).error().text ==
          "the notify_fifo " + scratch.path("file") +
              " cannot be used: there is something that is no named pipe");
    CHECK(NotifyFifo::open(scratch.path("no/such")).has_error());
    CHECK(NotifyFifo().write("nowhere\n"));
}

TEST_CASE("one thing in each turn of the loop, and others in between") {
    boost::asio::io_context loop;
    Turns turns(loop);
    std::string order;
    for (const char c : {'a', 'b', 'c'})
        turns.add([&order, c] { order += c; });
    boost::asio::post(loop, [&order] { order += '-'; });
    CHECK(order.empty());
    loop.run();
    CHECK(order == "a-bc");
}
