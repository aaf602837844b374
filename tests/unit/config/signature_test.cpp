// Signed adverts in the configuration: what is read, what is refused, and that the key file is looked at.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

using namespace std::chrono_literals;

const std::string place = "/instances/A/authentication";

std::string hmac(const std::string& more) {
    return R"("authentication": {"type": "hmac", "keys": "/etc/baton/keys/A")" + more + "}, ";
}

SignedInstance signature_of(const std::string& text) {
    const auto config = config_of(text);
    REQUIRE(config.signatures.size() == 1);
    return config.signatures.front();
}

Lines refused(const std::string& authentication) {
    return faults_of(with_instance("\"authentication\": " + authentication + ", "));
}

TEST_CASE("nothing is signed unless it is asked for") {
    const auto config = config_of(with_instance(""));
    CHECK(config.signatures.empty());
    CHECK(config.state_dir == "/var/lib/baton");
    CHECK(config_of(R"({"state_dir": "/srv/b", )" + with_instance("").substr(1)).state_dir == "/srv/b");
    CHECK(faults_of(R"({"state_dir": "var", )" + with_instance("").substr(1)) ==
          Lines{"/state_dir: must be a path: absolute, of printable ASCII characters, such as "
                "\"/etc/baton/keys/VI_1\", not \"var\""});
}

TEST_CASE("a signature is of the mode, freshness and window asked for") {
    const auto plain = signature_of(with_instance(hmac("")));
    CHECK(plain.instance == vrrp::InstanceId{0});
    CHECK(plain.keys == "/etc/baton/keys/A");
    CHECK(plain.mode == auth::Mode::enforce);
    CHECK(plain.freshness == auth::Freshness::time);
    CHECK(plain.window == 5s);
    CHECK(signature_of(with_instance(hmac("") + R"("advert_interval": "2.01s", )")).window == 7s);
    CHECK(signature_of(with_instance(hmac(R"(, "mode": "permissive")"))).mode == auth::Mode::permissive);
    CHECK(signature_of(with_instance(hmac(R"(, "mode": "receive_only")"))).mode == auth::Mode::receive_only);
    CHECK(signature_of(with_instance(hmac(R"(, "freshness": "monotonic")"))).freshness ==
          auth::Freshness::monotonic);
    for (const auto& [text, window] : {std::pair{"1s", 1s}, {"300s", 300s}, {"5m", 300s}})
        CHECK(signature_of(with_instance(hmac(std::string(R"(, "window": ")") + text + "\""))).window ==
              window);
}

TEST_CASE("version 2 and IPv6 are signed as well, and no password goes with it") {
    const auto config = config_of(with_instance(R"("vrrp_version": 2, )" + hmac("")));
    CHECK(config.signatures.size() == 1);
    CHECK_FALSE(config.settings.instances.front().password.has_value());
    CHECK(config_of(with_ipv6_instance(hmac(""))).signatures.size() == 1);
    CHECK(
        refused(R"({"type": "hmac", "keys": "/k", "password": "x"})") ==
        Lines{place + "/password: unknown key \"password\" (allowed: type, keys, mode, freshness, window)"});
}

TEST_CASE("what makes no sense is refused") {
    const auto wrong = [](const std::string& more) {
        return refused(R"({"type": "hmac", "keys": "/k", )" + more + "}");
    };
    CHECK(refused(R"({"type": "hmac"})") ==
          Lines{place +
                ": \"keys\" is missing; it must be a path: absolute, of printable ASCII characters, such as "
                "\"/etc/baton/keys/VI_1\""});
    CHECK(refused(R"({"type": "ah"})") ==
          Lines{place + "/type: must be one of \"hmac\" or \"pass\", not \"ah\""});
    CHECK(refused(R"({"type": 7})").size() == 1);
    CHECK(refused(R"({"type": "pass", "keys": "/k"})") ==
          Lines{place + ": \"password\" is missing; it must be a string of 1 to 8 octets",
                place + "/keys: unknown key \"keys\" (allowed: type, password)"});
    CHECK(refused(R"({"keys": "/k"})") ==
          Lines{place + ": \"type\" is missing; it must be one of \"hmac\" or \"pass\""});
    CHECK(refused(R"({"type": "hmac", "keys": "keys"})").size() == 1);
    CHECK(refused(R"({"type": "hmac", "keys": "/k\u0000x"})").size() == 1);
    CHECK(
        wrong(R"("mode": "off")") ==
        Lines{place + "/mode: must be one of \"enforce\", \"permissive\" or \"receive_only\", not \"off\""});
    for (const std::string window : {"0s", "500ms", "1500ms", "301s"})
        CHECK(wrong("\"window\": \"" + window + "\"") ==
              Lines{place + "/window: must be a duration from 1s to 5m in steps of 1s, not \"" + window +
                    "\""});
    CHECK(wrong(R"("freshness": "monotonic", "window": "5s")") ==
          Lines{place + "/window: with \"freshness\": \"monotonic\" no clock is looked at; leave this out"});
    CHECK(wrong(R"("freshnes": "time")").front().find("did you mean \"freshness\"") != std::string::npos);
}

TEST_CASE("a key file that cannot be used is an error where it is named") {
    const auto text = with_instance(hmac(""));
    const auto with_fault = [&](const std::string& fault) {
        Host host{{"eth0"}};
        host.key_file_fault = [fault](const std::string& path) {
            CHECK(path == "/etc/baton/keys/A");
            return fault;
        };
        return load(text, "f", host);
    };
    CHECK(with_fault("").has_value());
    const auto loaded = with_fault("key 1 is too short");
    REQUIRE(loaded.has_error());
    REQUIRE(loaded.error().size() == 1);
    CHECK(loaded.error().front().pointer == place + "/keys");
    CHECK(loaded.error().front().message == "key 1 is too short");
    CHECK(loaded.error().front().line == 1);
}

TEST_CASE("89 IPv6 addresses and a signature fill an advert of 1500 octets") {
    const auto with_addresses = [](int count, const std::string& more) {
        std::string list = "\"fe80::100/64\"";
        for (int i = 1; i < count; ++i)
            list += ", \"2001:db8::" + std::to_string(1000 + i) + "/64\"";
        return R"({"instances": {"A": {"interface": "eth0", "vrid": 1, )" + more + "\"addresses\": [" + list +
               "]}}}";
    };
    CHECK(faults_of(with_addresses(89, hmac(""))) == Lines{});
    CHECK(faults_of(with_addresses(90, "")) == Lines{});
    CHECK(faults_of(with_addresses(90, hmac(""))) ==
          Lines{"/instances/A/addresses: no more than 89 IPv6 addresses and a signature fit in an advert of "
                "1500 octets"});
    CHECK(faults_of(with_addresses(91, hmac(""))).size() == 1);
}

} // namespace
} // namespace baton::config
