// batonctl as a whole, with a real server, none, and the wrong one.
#include "control/commands.h"

#include "base/version.h"
#include "control/client.h"
#include "control/socket_file.h"
#include "control/table.h"
#include "control/why.h"
#include "running_server.h"

#include <nlohmann/json.hpp>
#include <sstream>

using namespace baton;
using namespace baton::control;
using namespace baton::testing;
using namespace std::chrono_literals;

namespace {

struct Ran {
    int status;
    std::string out;
    std::string err;
};

Ran run(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    const int status = run_command(arguments, out, err);
    return {status, out.str(), err.str()};
}

/// Takes one client and sends it these octets, whatever it asks.
class Impostor {
public:
    explicit Impostor(const std::string& octets) : file_(*SocketFile::open(path())) {
        thread_ = std::thread([this, octets] {
            pollfd client_there{file_.descriptor(), POLLIN, 0};
            ::poll(&client_there, 1, 60'000);
            const Descriptor client(::accept4(file_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
            std::array<char, 4096> asked;
            if (::recv(client.get(), asked.data(), asked.size(), 0) > 0)
                ::send(client.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
        });
    }
    ~Impostor() { thread_.join(); }
    Impostor(const Impostor&) = delete;
    Impostor& operator=(const Impostor&) = delete;

    [[nodiscard]] std::string path() const { return scratch_.path("s"); }

private:
    Scratch scratch_;
    SocketFile file_;
    std::thread thread_;
};

std::string http(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace

TEST_CASE("status is a table, or JSON") {
    const RunningServer server;
    const auto table = run({"--socket", server.path(), "status"});
    CHECK(table.status == 0);
    CHECK(table.out == status_table(status_json(active_report())));
    CHECK(table.err.empty());

    const auto json = to_text(status_json(active_report()), 2) + "\n";
    CHECK(run({"--socket", server.path(), "--json", "status"}).out == json);
    CHECK(run({"status", "--json", "--socket", server.path()}).out == json);
}

TEST_CASE("why explains the instance named, or the only one") {
    const RunningServer server;
    const auto named = run({"--socket", server.path(), "why", "VI_1"});
    CHECK(named.status == 0);
    CHECK(named.out.starts_with("VI_1 on eth0 (VRID 51) is active since "));
    CHECK(named.out.ends_with("began to take part\n"));
    CHECK(run({"--socket", server.path(), "why"}).out == named.out);
    CHECK(run({"--socket", server.path(), "--json", "why"}).out ==
          to_text(why_json(active_report(), 0), 2) + "\n");

    const auto unknown = run({"--socket", server.path(), "why", "VI 2/%"});
    CHECK(unknown.status == 1);
    CHECK(unknown.out.empty());
    CHECK(unknown.err == "batonctl: there is no instance \"VI 2/%\" (there are: VI_1)\n");
}

TEST_CASE("why without a name asks which, where there are several") {
    auto report = active_report();
    report.snapshot.instances.push_back(active_instance());
    report.snapshot.instances[1].name = "mail";
    const Impostor two(http(to_text(status_json(report))));
    const auto result = run({"--socket", two.path(), "why"});
    CHECK(result.status == 1);
    CHECK(result.err == "batonctl: which instance? batonctl why NAME, with NAME one of: VI_1, mail\n");
}

TEST_CASE("version tells both, --version needs no daemon") {
    const RunningServer server;
    const auto ours = std::string(version());
    CHECK(run({"version", "--socket", server.path()}).out == "batonctl " + ours + "\nbatond 0.1.0\n");
    CHECK(run({"--json", "version", "--socket", server.path()}).out ==
          "{\n  \"batonctl\": \"" + ours + "\",\n  \"batond\": \"0.1.0\"\n}\n");
    const auto alone = run({"--version"});
    CHECK(alone.status == 0);
    CHECK(alone.out == "batonctl " + ours + "\n");
}

TEST_CASE("reload tells what has changed, or with --dry-run what would") {
    const RunningServer server;
    const auto done = run({"--socket", server.path(), "reload"});
    CHECK(done.status == 0);
    CHECK(done.out == "reloaded:\n  instance VI_1 is restarted (vrid)\n  the rest unchanged\n");
    CHECK(done.err.empty());
    CHECK(
        run({"--socket", server.path(), "reload", "--dry-run"}).out.starts_with("a reload would do this:\n"));
    auto planned = sample_reload();
    planned.dry_run = true;
    CHECK(run({"--json", "--socket", server.path(), "reload", "--dry-run"}).out ==
          to_text(reload_json(planned), 2) + "\n");
    CHECK(run({"--socket", server.path(), "reload", "now"}).status == 2);
}

TEST_CASE("a reload of a bad configuration is exit status 78 with every error, another refusal is 1") {
    const RunningServer bad({}, sample_refusal());
    const auto result = run({"--socket", bad.path(), "reload"});
    CHECK(result.status == 78);
    CHECK(result.out.empty());
    CHECK(result.err == "f:3:5: too large\nbatonctl: 1 error in the configuration; nothing was changed\n");
    const auto json = run({"--socket", bad.path(), "reload", "--json"});
    CHECK(json.status == 78);
    CHECK(json.out == to_text(reload_json(sample_refusal()), 2) + "\n");

    auto refusal = sample_refusal();
    refusal.outcome = Reload::Outcome::refused;
    refusal.problems.clear();
    refusal.error = "batond is stopping";
    const RunningServer stopping({}, refusal);
    const auto refused = run({"--socket", stopping.path(), "reload"});
    CHECK(refused.status == 1);
    CHECK(refused.err == "batonctl: batond is stopping\n");
    CHECK(run({"--socket", "/nowhere", "reload"}).status == 1);
}

TEST_CASE("help shows the commands and examples") {
    const auto help = run({"--help"});
    CHECK(help.status == 0);
    for (const auto* word : {"status", "why", "reload", "version", "--socket", "--json", "Examples:"})
        CHECK(help.out.find(word) != std::string::npos);
}

TEST_CASE("what makes no sense is exit status 2, with the word one may have meant") {
    const auto typo = run({"staus"});
    CHECK(typo.status == 2);
    CHECK(typo.out.empty());
    const std::string there_are =
        " (there are: status, why, reload, check, release, resume, drill, hooks, version)";
    const std::string help = "\nbatonctl --help lists the commands and options\n";
    CHECK(typo.err == "batonctl: there is no command \"staus\"; did you mean \"status\"?" + there_are + help);
    CHECK(run({"frobnicate"}).err == "batonctl: there is no command \"frobnicate\"" + there_are + help);
    CHECK(run({}).err == "batonctl: a command is needed" + there_are + help);
    CHECK(run({"status", "extra"}).err == "batonctl: The following argument was not expected: extra" + help);
    CHECK(run({"--jsn"}).err == "batonctl: The following argument was not expected: --jsn" + help);
    for (const auto& arguments : std::vector<std::vector<std::string>>{{},
                                                                       {"release"},
                                                                       {"status", "extra"},
                                                                       {"--socket"},
                                                                       {"status", "version"},
                                                                       {"--jsn", "status"},
                                                                       {"--socket", "", "status"}})
        CHECK(run(arguments).status == 2);
}

TEST_CASE("no daemon: exit status 1 and what to do") {
    const Scratch scratch;
    const auto path = scratch.path("control.sock");
    const auto nobody = run({"--socket", path, "status"});
    CHECK(nobody.status == 1);
    CHECK(nobody.out.empty());
    CHECK(nobody.err == "batonctl: batond does not answer at " + path +
                            ": No such file or directory; is it running? (systemctl status baton; another "
                            "socket: --socket PATH)\n");
    std::ofstream(path) << "a plain file";
    CHECK(run({"--socket", path, "why"}).err.find("Connection refused; is it running?") != std::string::npos);
    CHECK(run({"--socket", std::string(200, 'x'), "version"})
              .err.ends_with("is too long for the path of a socket (at most 107 characters)\n"));
}

TEST_CASE("no daemon: version tells our own, and that the other is not known") {
    const Scratch scratch;
    const auto ours = std::string(version());
    const auto text = run({"--socket", scratch.path("s"), "version"});
    CHECK(text.status == 1);
    CHECK(text.out == "batonctl " + ours + "\n");
    CHECK(text.err.starts_with("batonctl: batond does not answer at "));
    const auto json = run({"--socket", scratch.path("s"), "--json", "version"});
    CHECK(json.status == 1);
    CHECK(json.out == "{\n  \"batonctl\": \"" + ours + "\",\n  \"batond\": null\n}\n");
    CHECK(json.err == text.err);
}

TEST_CASE("a daemon that hangs is given up on") {
    const Scratch scratch;
    const auto never_answers = SocketFile::open(scratch.path("s"));
    REQUIRE(never_answers.has_value());
    CHECK(get(scratch.path("s"), "/v1/status", 200ms).error().text ==
          "batond does not answer at " + scratch.path("s") +
              ": nothing came for 200ms; is it running? (systemctl status baton; another socket: --socket "
              "PATH)");
}

TEST_CASE("something else at the socket is recognised") {
    for (const auto& octets :
         {std::string("220 mail ESMTP\r\n"), http("hello"), http("[1]"), http("\"status\"")}) {
        const Impostor impostor(octets);
        const auto result = run({"--socket", impostor.path(), "status"});
        CHECK(result.status == 1);
        CHECK(result.err == "batonctl: what answers at " + impostor.path() +
                                " is not batond: its answer is not the JSON expected\n");
    }
    for (const auto* command : {"status", "why", "version"}) {
        const Impostor impostor(http("{}"));
        const auto result = run({"--socket", impostor.path(), command});
        CHECK(result.status == 1);
        CHECK(result.err == "batonctl: what answers at " + impostor.path() +
                                " is not a batond of this version (" + std::string(version()) + ")\n");
    }
}

TEST_CASE("a name becomes one segment of a path") {
    CHECK(percent_encoded("VI_1-a.b~") == "VI_1-a.b~");
    CHECK(percent_encoded("a b/%?\xc3\xa9") == "a%20b%2F%25%3F%C3%A9");
}
