// Hooks in the configuration: what they are read to, what is refused, and what a reload tells of them.
#include "config/account.h"
#include "config/difference.h"
#include "tests/unit/config/loading.h"
#include "tests/unit/scratch.h"

#include <unistd.h>

namespace baton::config {
namespace {

using namespace std::chrono_literals;
using scripts::HookConvention;
using scripts::HookEvent;

std::string hooked(const std::string& hooks) { return with_instance("\"hooks\": {" + hooks + "}, "); }

std::string active_hook(const std::string& members) { return hooked("\"active\": [{" + members + "}]"); }

scripts::Hook hook_of(const std::string& members) {
    const auto config = config_of(active_hook(members));
    const auto* hooks = config.host.at(0).hooks.find(HookEvent::active);
    REQUIRE(hooks != nullptr);
    REQUIRE(hooks->size() == 1);
    return hooks->front();
}

Lines changes_between(const std::string& before, const std::string& after) {
    Lines lines;
    const auto was = config_of(before);
    auto is = config_of(after);
    carry_editions(was, is);
    for (const auto& change : difference(was, is).changes)
        lines.push_back(describe(change));
    return lines;
}

std::string grouped(const std::string& group) {
    return R"({"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]},
        "B": {"interface": "eth0", "vrid": 2, "addresses": ["10.0.1.101/24"]}}, "sync_groups": {"G": )" +
           group + "}}";
}

} // namespace

TEST_CASE("a hook is a program with a timeout, and whatever else it needs") {
    const auto plain = hook_of(R"("run": ["/bin/echo", "up"])");
    CHECK(plain.command.argv == Lines{"/bin/echo", "up"});
    CHECK(plain.command.timeout == 30s);
    CHECK(plain.command.grace == 2s);
    CHECK(plain.command.dies_with_us);
    CHECK(plain.command.refuse_writable);
    CHECK_FALSE(plain.command.identity);
    CHECK_FALSE(plain.command.umask);
    CHECK(plain.convention == HookConvention::baton);

    const auto full = hook_of(R"("run": "id; env", "timeout": "1m", "user": "root", "directory": "/tmp",
        "umask": "027", "environment": {"A": "1 2", "B": ""}, "convention": "keepalived")");
    CHECK(full.command.argv == Lines{"/bin/sh", "-c", "id; env"});
    CHECK(full.command.timeout == 1min);
    CHECK(full.command.directory == "/tmp");
    CHECK(full.command.umask == mode_t{027});
    CHECK(full.command.environment == Lines{"A=1 2", "B="});
    REQUIRE(full.command.identity);
    CHECK(full.command.identity->user == 0);
    CHECK(full.convention == HookConvention::keepalived);
}

TEST_CASE("the words of notify reach a program and a line for the shell alike") {
    CHECK(hook_of(R"("run": ["/bin/echo", "x"], "convention": "keepalived_notify")").command.argv ==
          Lines{"/bin/echo", "x"});
    CHECK(hook_of(R"("run": "/bin/echo x", "convention": "keepalived_notify")").command.argv ==
          Lines{"/bin/sh", "-c", "/bin/echo x \"$@\"", "notify"});
}

TEST_CASE("each event has its list, and a gate says what its failure means") {
    const auto all = config_of(hooked(R"("before_active": [{"run": "true"}], "active": [{"run": "true"}],
        "backup": [{"run": "true"}, {"run": "false"}], "fault": [{"run": "true"}], "stop": [{"run": "true"}],
        "release": [{"run": "true"}], "deleted": [{"run": "true"}], "gate_failure": "backup")"));
    const auto& hooks = all.host.at(0).hooks;
    CHECK(hooks.events.size() == scripts::all_hook_events.size());
    CHECK(hooks.find(HookEvent::backup)->size() == 2);
    CHECK(hooks.gate_failure == scripts::GateFailure::backup);
    CHECK(config_of(hooked(R"("before_active": [{"run": "true"}])")).host.at(0).hooks.gate_failure ==
          scripts::GateFailure::fault);
    CHECK(config_of(with_instance("")).host.at(0).hooks.events.empty());
    CHECK(
        faults_of(hooked(R"("gate_failure": "fault")")) ==
        Lines{"/instances/A/hooks/gate_failure: without \"before_active\" there is no gate; leave this out"});
    CHECK(faults_of(hooked(R"("activ": [{"run": "true"}])")) ==
          Lines{"/instances/A/hooks/activ: unknown key \"activ\"; did you mean \"active\"? (allowed: "
                "before_active, active, backup, fault, stop, release, deleted, gate_failure)"});
    CHECK(faults_of(hooked(R"("release": [{"run": "true", "convention": "keepalived_notify"}])")) ==
          Lines{"/instances/A/hooks/release/0/convention: keepalived has no word for release; use "
                "\"keepalived\", "
                "which adds no words, or leave this out"});
}

TEST_CASE("what cannot be is refused with its place") {
    const std::string at = "/instances/A/hooks/active/0";
    CHECK(faults_of(active_hook(R"("timeout": "1s")")) ==
          Lines{at + ": \"run\" is missing; it must be a list with at least 1 entry or a string of 1 or more "
                     "characters"});
    CHECK(faults_of(active_hook(R"("run": "true", "timeout": "2h")")) ==
          Lines{at + "/timeout: must be a duration from 10ms to 1h, not \"2h\""});
    CHECK(faults_of(active_hook(R"("run": "true", "user": "no-such-user")")) ==
          Lines{at + "/user: there is no user \"no-such-user\" in /etc/passwd"});
    CHECK(faults_of(active_hook(R"("run": "true", "user": "root", "group": "no-such-group")")) ==
          Lines{at + "/group: there is no group \"no-such-group\" in /etc/group"});
    CHECK(faults_of(active_hook(R"("run": "true", "umask": "89")")) ==
          Lines{at + "/umask: must be a umask: three or four octal digits, such as \"027\", not \"89\""});
    CHECK(faults_of(active_hook(R"("run": "true", "umask": "7777")")).size() == 1);
    CHECK(faults_of(active_hook(R"("run": "true", "umask": "0077")")) == Lines{});
    CHECK(faults_of(active_hook(R"("run": "true", "directory": "/no/such")")) ==
          Lines{at + "/directory: there is no directory \"/no/such\""});
    CHECK(faults_of(active_hook(R"("run": "true", "environment": {"BATON_X": "1"})")) ==
          Lines{at + "/environment/BATON_X: names that begin with BATON_ are batond's; choose another"});
    CHECK(faults_of(active_hook(R"("run": "true", "environment": {"A=B": "1"})")).size() == 1);
    CHECK(faults_of(active_hook(R"("run": "true", "environment": {"A": "\u0000"})")).size() == 1);
    CHECK(faults_of(active_hook(R"("run": ["/bin/echo", "\u0000"])")) ==
          Lines{at + "/run/1: no argument of a program can hold a NUL character"});
    CHECK(faults_of(active_hook(R"("run": ["echo"])")).size() == 1);
    CHECK(faults_of(active_hook(R"("run": ["/no/such/program"])")) ==
          Lines{at + "/run/0: \"/no/such/program\" cannot be run: No such file or directory"});
}

TEST_CASE("a program that others may change is refused") {
    using std::filesystem::perms;
    const testing::Scratch scratch;
    const auto program = scratch.script("hook", "#!/bin/sh\n");
    const auto faults = [&](perms file, perms directory) {
        std::filesystem::permissions(program, file);
        std::filesystem::permissions(scratch.path("."), directory);
        return faults_of(active_hook("\"run\": [\"" + program + "\"]"));
    };
    const auto why = [&](const std::string& words) {
        return Lines{"/instances/A/hooks/active/0/run/0: \"" + program + "\" " + words};
    };
    const auto good = perms::owner_all;
    CHECK(faults(good, good) == Lines{});
    CHECK(faults(good | perms::others_write, good) ==
          why("may be changed by every user, and runs with the rights of batond; try chmod o-w"));
    CHECK(faults(good | perms::group_write, good) == why("may be changed by its whole group; try chmod g-w"));
    const auto replaced = [&](const std::string& directory) {
        return why("may be replaced, for others than its owner may write to \"" + directory +
                   "\"; try chmod go-w " + directory);
    };
    const auto directory = scratch.path("");
    CHECK(faults(good, good | perms::others_write) == replaced(directory.substr(0, directory.size() - 1)));
    CHECK(faults(good, good | perms::group_write) == replaced(directory.substr(0, directory.size() - 1)));
    CHECK(faults(good, good | perms::others_write | perms::sticky_bit) == Lines{});
    CHECK(faults(perms::owner_read, good).size() == 1);

    // Where a link leads counts as well.
    std::filesystem::create_directory(scratch.path("open"));
    std::filesystem::rename(program, scratch.path("open/hook"));
    std::filesystem::create_symlink(scratch.path("open/hook"), program);
    std::filesystem::permissions(scratch.path("open/hook"), good);
    std::filesystem::permissions(scratch.path("open"), perms::all);
    const auto linked = faults_of(active_hook("\"run\": [\"" + program + "\"]"));
    REQUIRE(linked.size() == 1);
    CHECK(linked[0].find("open/hook\" may be replaced, for others") != std::string::npos);

    // And so does each directory above.
    std::filesystem::remove(program);
    std::filesystem::create_directory(scratch.path("open/closed"));
    std::filesystem::permissions(scratch.path("open/closed"), good);
    std::filesystem::rename(scratch.path("open/hook"), scratch.path("open/closed/hook"));
    const auto below = faults_of(active_hook("\"run\": [\"" + scratch.path("open/closed/hook") + "\"]"));
    REQUIRE(below.size() == 1);
    CHECK(below[0].find("may write to \"" + scratch.path("open") + "\"") != std::string::npos);
}

TEST_CASE("users and groups are found by name and by number") {
    const testing::Scratch scratch;
    const AccountFiles files{scratch.path("passwd"), scratch.path("group")};
    std::ofstream(files.users) << "root:x:0:0:root:/root:/bin/sh\nmail:x:8:12::/:/bin/sh\nbroken\n";
    std::ofstream(files.groups)
        << "root:x:0:\nmail:x:12:\ndrop:x:40:other,mail\nspool:x:41:mail\nno:x:42:mailer\n";
    const auto of = [&](const char* user, const char* group) { return identity_of(user, group, files); };
    CHECK_FALSE(of("", "")->has_value());
    const scripts::Identity mail{8, 12, {12, 40, 41}};
    CHECK(*of("mail", "") == mail);
    CHECK(*of("8", "") == mail);
    CHECK(*of("mail", "no") == scripts::Identity{8, 42, {42, 40, 41}});
    CHECK(*of("1234", "drop") == scripts::Identity{1234, 40, {40}});
    CHECK(*of("", "5678") == scripts::Identity{::geteuid(), 5678, {5678}});
    CHECK(of("1234", "").error().text == "user 1234 is not in " + files.users +
                                             ", so nobody can tell its group; name a \"group\" beside it");
    CHECK(of("nobody", "").error().text == "there is no user \"nobody\" in " + files.users);
    CHECK(of("4294967295", "12").has_error());
    CHECK(of("mail", "wheel").error().of_group);
}

TEST_CASE("a sync group is a list of members, or an object with hooks as well") {
    const auto plain = config_of(grouped(R"(["A", "B"])"));
    REQUIRE(plain.group_hooks.size() == 1);
    CHECK(plain.group_hooks[0].events.empty());
    const auto with_hooks =
        config_of(grouped(R"({"members": ["A", "B"], "hooks": {"active": [{"run": "true"}]}})"));
    CHECK(with_hooks.settings.sync_groups == plain.settings.sync_groups);
    CHECK(with_hooks.group_hooks[0].find(HookEvent::active) != nullptr);
    CHECK(faults_of(grouped(R"({"members": ["A", "C"]})")).front().starts_with("/sync_groups/G/members/1: "));
    CHECK(faults_of(grouped(R"({"hooks": {}})")).size() == 1);
    CHECK(faults_of(grouped(R"({"members": ["A", "B"], "hooks": {"stop": [{"run": ["/no/such"]}]}})")) ==
          Lines{"/sync_groups/G/hooks/stop/0/run/0: \"/no/such\" cannot be run: No such file or directory"});
}

TEST_CASE("the program that a line for the shell begins with is looked at, where it is plain to see") {
    CHECK(faults_of(active_hook(R"("run": "/nope/x --a")")) ==
          Lines{"/instances/A/hooks/active/0/run: \"/nope/x\" cannot be run: No such file or directory"});
    CHECK(faults_of(active_hook(R"("run": "/nope/x")")).size() == 1);
    for (const std::string line :
         {"true", "/bin/true --a; /nope/x", "/nope/$X", "/nope/x* y", "[ -e /x ] && /nope/x"})
        CHECK(faults_of(active_hook(R"("run": ")" + line + R"(")")) == Lines{});
}

TEST_CASE("before_active hooks are a gate, of an instance or of the first member of a group") {
    using vrrp::GateFailure;
    CHECK_FALSE(config_of(active_hook(R"("run": "true")")).settings.instances[0].gate);
    const auto own = config_of(with_instance(
        R"("hooks": {"gate_failure": "backup", "before_active": [{"run": "true", "timeout": "5s"}, {"run": "true", "timeout": "1s"}]}, )"));
    const auto gate = own.settings.instances[0].gate;
    REQUIRE(gate);
    CHECK(gate->on_failure == GateFailure::backup);
    CHECK(gate->longest == std::chrono::seconds(10)); // 2 s of grace each
    CHECK(gate->programs.find(R"("timeout":"1s")") != std::string::npos);
    const auto of_group = config_of(grouped(
        R"({"members": ["B", "A"], "hooks": {"before_active": [{"run": "true", "timeout": "3s"}]}})"));
    CHECK_FALSE(of_group.settings.instances[0].gate); // the core shares it
    const auto first = of_group.settings.instances[1].gate;
    REQUIRE(first);
    CHECK(first->on_failure == GateFailure::fault);
    CHECK(first->longest == std::chrono::seconds(5));
}

TEST_CASE("other hooks make another gate: those of the instance, and those of its group") {
    const auto written = [](const std::string& own, const std::string& group) {
        const auto gate = [](const std::string& program) {
            return R"("hooks": {"before_active": [{"run": ")" + program + R"("}]})";
        };
        return R"({"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"], )" +
               gate(own) + R"(}, "B": {"interface": "eth0", "vrid": 2, "addresses": ["10.0.1.101/24"]}},
        "sync_groups": {"G": {"members": ["A", "B"], )" +
               gate(group) + "}}}";
    };
    const auto programs = [&](const std::string& own, const std::string& group) {
        return config_of(written(own, group)).settings.instances[0].gate->programs;
    };
    CHECK(programs("true", "true") == programs("true", "true"));
    CHECK(programs("true", "true") != programs("false", "true"));
    CHECK(programs("true", "true") != programs("true", "false"));
    CHECK(changes_between(written("true", "true"), written("false", "true")) ==
          Lines{"instance A is changed (hooks)"});
    CHECK(changes_between(written("true", "true"), written("true", "false")) ==
          Lines{"sync group G is changed (hooks)"});
}

TEST_CASE("other hooks are a change in place") {
    CHECK(changes_between(active_hook(R"("run": "true")"), active_hook(R"("run": "true")")) == Lines{});
    CHECK(changes_between(active_hook(R"("run": "true")"), active_hook(R"("run": "false")")) ==
          Lines{"instance A is changed (hooks)"});
    CHECK(changes_between(active_hook(R"("run": "true")"), active_hook(R"("run": "true", "umask": "077")")) ==
          Lines{"instance A is changed (hooks)"});
    CHECK(changes_between(with_instance(""), active_hook(R"("run": "true")")) ==
          Lines{"instance A is changed (hooks)"});
    const auto plain = grouped(R"(["A", "B"])");
    CHECK(changes_between(plain, grouped(R"({"members": ["A", "B"]})")) == Lines{});
    CHECK(
        changes_between(plain, grouped(R"({"members": ["B", "A"], "hooks": {"stop": [{"run": "true"}]}})")) ==
        Lines{"sync group G is changed (members, hooks)"});
    CHECK(
        changes_between(plain, grouped(R"({"members": ["A", "B"], "hooks": {"stop": [{"run": "true"}]}})")) ==
        Lines{"sync group G is changed (hooks)"});
    const auto piped = with_instance("").replace(0, 1, R"({"notify_fifo": "/run/x", )");
    CHECK(changes_between(with_instance(""), piped) == Lines{"setting notify_fifo is changed"});
}

} // namespace baton::config
