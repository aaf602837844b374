// What depends on the version of the protocol: the password, the interval, the checksum.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

using namespace std::chrono_literals;

std::string version_2(const std::string& more) { return with_instance(R"("vrrp_version": 2, )" + more); }

TEST_CASE("the version is 3 unless it is 2") {
    CHECK(instance_of(with_instance("")).version == vrrp::Version::v3);
    CHECK(instance_of(with_instance(R"("vrrp_version": 3, )")).version == vrrp::Version::v3);
    CHECK(instance_of(version_2("")).version == vrrp::Version::v2);
    for (const std::string wrong : {"1", "4", "2.5", "\"3\"", "null"})
        CHECK(errors_of(with_instance("\"vrrp_version\": " + wrong + ", ")) ==
              Lines{"f:1:38: /instances/A/vrrp_version: must be one of 2 or 3, not " + wrong});
}

TEST_CASE("a refused version causes no further errors") {
    CHECK(faults_of(with_instance(R"("vrrp_version": 4, "advert_interval": "200s", "checksum": "rfc9568",
                                     "authentication": {"type": "pass", "password": "x"}, )"))
              .size() == 1);
}

TEST_CASE("a password has 1 to 8 octets and is filled up with zeros") {
    const auto password = [](const std::string& word) {
        return instance_of(version_2(R"("authentication": {"type": "pass", "password": ")" + word + "\"}, "))
            .password;
    };
    CHECK(instance_of(version_2("")).password == std::nullopt);
    CHECK(password("secret") == vrrp::Password{'s', 'e', 'c', 'r', 'e', 't', 0, 0});
    CHECK(password("12345678") == vrrp::Password{'1', '2', '3', '4', '5', '6', '7', '8'});
    CHECK(password("\\u00e4") == vrrp::Password{0xc3, 0xa4, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("a bad authentication is told without showing the password") {
    const auto wrong = [](const std::string& value) {
        return faults_of(version_2("\"authentication\": " + value + ", "));
    };
    const auto wrong_password = [&](const std::string& value) {
        return wrong(R"({"type": "pass", "password": )" + value + "}");
    };
    const std::string place = "/instances/A/authentication";
    const std::string length = place + "/password: must be a string of 1 to 8 octets, not ";
    CHECK(wrong_password("\"hush-hush\"") == Lines{length + "one of 9"});
    CHECK(wrong_password("\"\"") == Lines{length + "one of 0"});
    // Five letters of two octets each.
    CHECK(wrong_password("\"\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\"") == Lines{length + "one of 10"});
    CHECK(wrong_password("12345678") == Lines{length + "a value of another kind"});
    CHECK(wrong("\"secret\"") == Lines{place + ": must be an object, not a string"});
    CHECK(wrong_password("\"a\\u0000\"") == Lines{place + "/password: no password can hold a NUL character"});
    CHECK(wrong(R"({"type": "ah", "password": "secret"})") ==
          Lines{place + "/type: must be one of \"hmac\" or \"pass\", not \"ah\""});
    CHECK(wrong("{}") == Lines{place + ": \"type\" is missing; it must be one of \"hmac\" or \"pass\""});
}

TEST_CASE("version 3 has no password") {
    const std::string error =
        "f:1:22: /instances/A/authentication: VRRPv3 has no password; sign the adverts with \"type\": "
        "\"hmac\", leave this out, or speak VRRPv2 with \"vrrp_version\": 2";
    CHECK(errors_of(with_instance(R"("authentication": {"type": "pass", "password": "x"}, )")) ==
          Lines{error});
}

TEST_CASE("the interval of version 2 is whole seconds, 1 to 255") {
    const auto interval = [](const std::string& value) {
        return version_2("\"advert_interval\": \"" + value + "\", ");
    };
    CHECK(instance_of(version_2("")).advert_interval == 1s);
    CHECK(instance_of(interval("1000ms")).advert_interval == 1s);
    CHECK(instance_of(interval("255s")).advert_interval == 255s);
    for (const std::string wrong : {"0s", "100ms", "1.5s", "256s", "5m"})
        CHECK(
            errors_of(interval(wrong)) ==
            Lines{"f:1:60: /instances/A/advert_interval: must be a duration from 1s to 255s in steps of 1s, "
                  "not \"" +
                  wrong + "\" (VRRPv2 knows whole seconds only)"});
    CHECK(faults_of(with_instance(R"("advert_interval": "41s", )")) ==
          Lines{"/instances/A/advert_interval: must be a duration from 10ms to 40.95s in steps of 10ms, "
                "not \"41s\""});
}

TEST_CASE("only version 3 over IPv4 has forms of checksum to choose from") {
    CHECK(instance_of(with_instance(R"("checksum": "auto", )")).checksum == vrrp::ChecksumMode::automatic);
    CHECK(errors_of(version_2(R"("checksum": "rfc9568", )")) ==
          Lines{"f:1:41: /instances/A/checksum: VRRPv2 has one form of checksum; leave this out"});
    CHECK(faults_of(version_2(R"("checksum": "auto", )")) ==
          Lines{"/instances/A/checksum: VRRPv2 has one form of checksum; leave this out"});
    CHECK(faults_of(with_ipv6_instance(R"("checksum": "auto", )")) ==
          Lines{"/instances/A/checksum: IPv6 has one form of checksum; leave this out"});
}

TEST_CASE("version 2 is for IPv4 only") {
    CHECK(errors_of(with_ipv6_instance(R"("vrrp_version": 2, )")) ==
          Lines{"f:1:38: /instances/A/vrrp_version: VRRPv2 is for IPv4 only; IPv6 addresses need "
                "\"vrrp_version\": 3"});
}

} // namespace
} // namespace baton::config
