// Rules between values, addresses that cannot be virtual ones, and programs that cannot run.
#include "config/program.h"
#include "tests/unit/config/loading.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace baton::config {
namespace {

/// A directory of its own for each test, gone afterwards.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern = std::filesystem::temp_directory_path() / "baton-config-XXXXXX";
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] std::string file(const std::string& name, mode_t mode) const {
        std::string path = path_ / name;
        std::ofstream(path) << "#!/bin/sh\n";
        REQUIRE(chmod(path.c_str(), mode) == 0);
        return path;
    }
    [[nodiscard]] std::string path() const { return path_; }

private:
    std::filesystem::path path_;
};

Lines errors_of_address(const std::string& address) {
    return errors_of("{\"instances\": {\"A\": {\"interface\": \"eth0\", \"vrid\": 1, \"addresses\": [\"" +
                     address + "\"]}}}");
}

TEST_CASE("addresses a host may have") {
    for (const auto* address :
         {"10.0.1.100/24", "10.0.1.100", "1.0.0.1/8", "223.255.255.254/24", "169.254.7.7/16", "10.0.0.0/31",
          "10.0.0.1/31", "10.0.0.255/32", "10.0.0.0/32", "10.0.0.255/23"}) {
        CAPTURE(address);
        CHECK(errors_of_address(address) == Lines{});
    }
}

TEST_CASE("text that is no address") {
    for (const std::string address :
         {"", "10.0.1", "10.0.1.100/", "10.0.1.100/33", "10.0.1.256/24", "010.0.1.1/24", "10.0.1.100/24 ",
          "10.0.1.100/255.255.255.0", "vip.example.com", "/24"}) {
        CHECK(errors_of_address(address) == Lines{"f:1:68: /instances/A/addresses/0: must be an IP address "
                                                  "with the length of its network, such "
                                                  "as \"10.0.1.100/24\" or \"fe80::100/64\", not \"" +
                                                  address + "\""});
    }
}

TEST_CASE("addresses no host may have") {
    const auto refused = [](const std::string& address, const std::string& why) {
        CHECK(errors_of_address(address) == Lines{"f:1:68: /instances/A/addresses/0: \"" + address +
                                                  "\" cannot be a virtual address: " + why});
    };
    refused("10.0.1.0/24", "this is the address of the network itself, not of a host in it");
    refused("10.0.1.255/24", "this is the broadcast address of its network");
    refused("10.0.1.255/23", "this is the broadcast address of its network");
    refused("10.0.1.3/30", "this is the broadcast address of its network");
    refused("224.0.0.18/24", "this is a multicast address");
    refused("239.255.255.255", "this is a multicast address");
    refused("127.0.0.1/8", "loopback addresses never leave the host");
    refused("0.0.0.0", "no host has an address that begins with 0");
    refused("0.1.2.3/8", "no host has an address that begins with 0");
    refused("240.0.0.1/8", "addresses from 240.0.0.0 on are reserved");
    refused("255.255.255.255", "this is the broadcast address of every network");
    refused("10.0.1.100/0", "a length of 0 would make the whole Internet local");
}

TEST_CASE("a VRID may be used again on another interface, but not on its own") {
    const std::string text = R"({"instances": {
 "A": {"interface": "eth0", "vrid": 51, "addresses": ["10.0.1.1/24"]},
 "B": {"interface": "eth1", "vrid": 51, "addresses": ["10.0.1.2/24"]},
 "C": {"interface": "eth0", "vrid": 52, "addresses": ["10.0.1.3/24"]},
 "D": {"vrid": 51, "interface": "eth0", "addresses": ["10.0.1.4/24"]}}})";
    CHECK(errors_of(text) == Lines{"f:5:16: /instances/D/vrid: VRID 51 on eth0 is already that of instance "
                                   "\"A\"; give each its own"});
}

TEST_CASE("an address stands once in the file, whatever its length") {
    const std::string text = R"({"instances": {
 "A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.1/24", "10.0.1.2/24", "10.0.1.1/32"]},
 "B": {"interface": "eth1", "vrid": 2, "addresses": ["10.0.1.3/24", "10.0.1.2"]}}})";
    CHECK(errors_of(text) == Lines{"f:2:84: /instances/A/addresses/2: 10.0.1.1 is already an address of "
                                   "instance \"A\"; name it once",
                                   "f:3:69: /instances/B/addresses/1: 10.0.1.2 is already an address of "
                                   "instance \"A\"; name it once"});
}

TEST_CASE("an index counts refused addresses too") {
    CHECK(errors_of(R"({"instances": {"A": {"interface": "eth0", "vrid": 1,
"addresses": ["x", 5, "10.0.1.1", "10.0.1.1"]}}})")
              .back() ==
          "f:2:35: /instances/A/addresses/3: 10.0.1.1 is already an address of instance \"A\"; name it once");
}

TEST_CASE("a tracked check exists") {
    CHECK(errors_of(with_instance(R"("track": [{"check": "haproxy"}], )")) ==
          Lines{"f:1:42: /instances/A/track/0/check: there is no check \"haproxy\"; \"checks\" has none"});
    CHECK(
        errors_of(R"({"checks": {"haproxy": {"type": "script", "run": "true"}, "smtp": {"type": "script",
"run": "true"}}, "instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.1/24"],
"track": [{"check": "haproxxy"}, {"check": "smtp"}, {"check": "postgres"}]}}})") ==
        Lines{"f:3:21: /instances/A/track/0/check: there is no check \"haproxxy\"; did you mean \"haproxy\"? "
              "(allowed: haproxy, smtp)",
              "f:3:63: /instances/A/track/2/check: there is no check \"postgres\" (allowed: haproxy, smtp)"});
}

TEST_CASE("a check that nobody tracks is in order") { CHECK(config_of(with_check("")).checks.size() == 1); }

TEST_CASE("a timeout is not longer than the interval, whatever the check") {
    const std::string why =
        ": a run must end before the next begins, or the check turns later than \"fall\" times "
        "\"interval\" and \"timeout\"; make this shorter, or \"interval\" longer";
    CHECK(errors_of(with_check(R"(, "interval": "500ms", "timeout": "500ms")")) == Lines{});
    CHECK(faults_of(with_check(R"(, "interval": "500ms", "timeout": "501ms")")) ==
          Lines{"/checks/c/timeout: must be at most the interval, \"500ms\"" + why});
    CHECK(faults_of(with_check(R"(, "timeout": "5s")")) ==
          Lines{"/checks/c/timeout: must be at most the interval, \"2s\"" + why});
    CHECK(
        faults_of(
            R"({"checks": {"c": {"type": "smtp", "address": "10.0.1.10", "interval": "1s", "timeout": "3s"}},
"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}}})") ==
        Lines{"/checks/c/timeout: must be at most the interval, \"1s\"" + why});
}

TEST_CASE("a timeout that is not given is a second, or the interval where that is shorter") {
    const auto timeout_of_program = [](const std::string& keys) {
        const auto config = config_of(with_check(keys));
        CHECK_FALSE(config.checks.front().rhythm.timeout);
        return std::get<scripts::Command>(config.checks.front().work).timeout;
    };
    CHECK(timeout_of_program("") == std::chrono::seconds(1));
    CHECK(timeout_of_program(R"(, "interval": "1h")") == std::chrono::seconds(1));
    CHECK(timeout_of_program(R"(, "interval": "200ms")") == std::chrono::milliseconds(200));
    const auto config = config_of(
        R"({"checks": {"c": {"type": "smtp", "address": "10.0.1.10", "interval": "300ms"}},
"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}}})");
    CHECK(config.checks.front().rhythm.timeout == std::chrono::milliseconds(300));
}

TEST_CASE("nothing is tracked twice; a check and an interface of one name are two things") {
    CHECK(errors_of(
              R"({"checks": {"e": {"type": "script", "run": "true"}}, "instances": {"A": {"interface": "eth0",
"vrid": 1, "addresses": ["10.0.1.1/24"], "track": [{"check": "e"}, {"interface": "e"},
{"check": "e", "weight": 5}, {"interface": "e"}]}}})") ==
          Lines{"f:3:1: /instances/A/track/2: check \"e\" is tracked twice; keep one entry",
                "f:3:30: /instances/A/track/3: interface \"e\" is tracked twice; keep one entry"});
}

TEST_CASE("no weight moves an owner") {
    CHECK(errors_of(with_instance(R"("priority": 255, "track": [{"interface": "e"}], )")) == Lines{});
    CHECK(errors_of(with_instance(R"("priority": 255, "track": [{"interface": "e", "weight": -1}], )")) ==
          Lines{"f:1:78: /instances/A/track/0/weight: a weight never applies to an owner (priority 255); use "
                "weight "
                "0, or a priority of at most 254"});
}

TEST_CASE("a program is an absolute path to an executable file that not everybody may write to") {
    const TemporaryDirectory directory;
    CHECK(program_fault("/bin/sh") == "");
    CHECK(program_fault(directory.file("fine", 0755)) == "");
    CHECK(program_fault("check") ==
          "must be an absolute path, such as \"/usr/local/bin/check\", not \"check\"");
    CHECK(program_fault("./check") ==
          "must be an absolute path, such as \"/usr/local/bin/check\", not \"./check\"");
    CHECK(program_fault("") == "must be an absolute path, such as \"/usr/local/bin/check\", not \"\"");
    CHECK(program_fault("/nonexistent/x") == "\"/nonexistent/x\" cannot be run: No such file or directory");
    CHECK(program_fault("/bin/sh/x") == "\"/bin/sh/x\" cannot be run: Not a directory");
    CHECK(program_fault("/") == "\"/\" is a directory; name the program in full");
    CHECK(program_fault("/dev/null") == "\"/dev/null\" is not a regular file; name the program in full");
    CHECK(program_fault(directory.file("a", 0644))
              .ends_with("/a\" cannot be run: Permission denied; try chmod a+x"));
    CHECK(program_fault(directory.file("b", 0757))
              .ends_with(
                  "/b\" may be changed by every user, and runs with the rights of batond; try chmod o-w"));
    const auto link = directory.path() + "/link";
    std::filesystem::create_symlink(directory.path() + "/a", link);
    CHECK(program_fault(link).ends_with("/link\" cannot be run: Permission denied; try chmod a+x"));
}

TEST_CASE("what is wrong with a program is said at its word") {
    CHECK(errors_of(R"({"checks": {"c": {"type": "script",
  "run": [ "/nonexistent/check", "x"]}}, )" +
                    with_instance("").substr(1)) ==
          Lines{"f:2:12: /checks/c/run/0: \"/nonexistent/check\" cannot be run: No such file or directory"});
    CHECK(errors_of(R"({"checks": {"c": {"type": "script",
  "run": ["/bin/sh", "a\u0000b"]}}, )" +
                    with_instance("").substr(1)) ==
          Lines{"f:2:22: /checks/c/run/1: no argument of a program can hold a NUL character"});
    CHECK(errors_of(R"({"checks": {"c": {"type": "script",
  "run": "a\u0000b"}}, )" +
                    with_instance("").substr(1)) ==
          Lines{"f:2:10: /checks/c/run/2: no argument of a program can hold a NUL character"});
}

} // namespace
} // namespace baton::config
