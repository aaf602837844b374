// The native checks: what each kind may hold, and what makes no sense.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

using namespace std::chrono_literals;

std::string with(const std::string& check) {
    return R"({"node": "lb1", "checks": {"c": )" + check +
           R"(}, "instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}}})";
}

template <class Check>
Check check_of(const std::string& check) {
    const auto config = config_of(with(check));
    REQUIRE(config.checks.size() == 1);
    return std::get<Check>(config.checks.front().work);
}

Lines wrong(const std::string& check) {
    auto lines = faults_of(with(check));
    for (auto& line : lines)
        line.replace(0, std::string("/checks/c").size(), "");
    return lines;
}

TEST_CASE("HAProxy: a socket, and what is asked for") {
    const auto least =
        check_of<health::HaproxyCheck>(R"({"type": "haproxy", "socket": "/run/haproxy/admin.sock"})");
    CHECK(least.target == health::StreamTarget{.path = "/run/haproxy/admin.sock"});
    CHECK(least.settings == health::HaproxySettings{});

    const auto all = check_of<health::HaproxyCheck>(
        R"({"type": "haproxy", "socket": "[fd00::2]:9999", "frontends": ["smtp", "smtps"], "backend": "mail",
            "min_up": 2, "count_backup": false, "session_limit": 95, "queue_limit": 0})");
    CHECK(all.target == health::StreamTarget{.address = *IpAddress::parse("fd00::2"), .port = 9999});
    CHECK(all.settings == health::HaproxySettings{{"smtp", "smtps"}, "mail", 2, false, 95, 0});
    CHECK(check_of<health::HaproxyCheck>(R"({"type": "haproxy", "socket": "127.0.0.1:9999"})").target ==
          health::StreamTarget{.address = IpAddress::v4(127, 0, 0, 1), .port = 9999});

    const std::string shape = "/socket: must be an absolute path, or an address and a port such as "
                              "\"127.0.0.1:9999\" or \"[fd00::2]:9999\"";
    for (const std::string socket : {"admin.sock", "localhost:9999", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0",
                                     "127.0.0.1:65536", "127.0.0.1:1x", "[fd00::2:9999", "fd00::2:9999"})
        CHECK(wrong(R"({"type": "haproxy", "socket": ")" + socket + R"("})") ==
              Lines{shape + ", not \"" + socket + "\""});
    CHECK(wrong(R"({"type": "haproxy", "socket": "0.0.0.0:99"})").size() == 1);
    CHECK(wrong(R"({"type": "haproxy", "socket": "[fe80::1]:99"})") ==
          Lines{"/socket: a link-local address is another one on each interface, and none can be named here; "
                "give another address, or a path"});
    CHECK(wrong(R"({"type": "haproxy", "socket": "/)" + std::string(107, 'x') + R"("})") ==
          Lines{"/socket: a socket's path has at most 107 octets, and this has 108"});
    CHECK(wrong(R"({"type": "haproxy"})") ==
          Lines{": \"socket\" is missing; it must be a string of 1 or more characters"});
    for (const std::string key : {R"("min_up": 5)", R"("count_backup": false)", R"("queue_limit": 0)"})
        CHECK(wrong(R"({"type": "haproxy", "socket": "/s", )" + key + "}") ==
              Lines{"/" + key.substr(1, key.find('"', 1) - 1) +
                    ": needs \"backend\": whose servers are meant?"});
}

TEST_CASE("SMTP: the standard port and our name, unless others are given") {
    const auto least = check_of<health::SmtpCheck>(R"({"type": "smtp", "address": "10.0.1.10"})");
    CHECK(least.target == health::StreamTarget{.address = IpAddress::v4(10, 0, 1, 10), .port = 25});
    CHECK(least.settings == health::SmtpSettings{.helo = "lb1"});
    CHECK(least.tls == health::TlsSettings{true, "", "10.0.1.10"});

    const auto all = check_of<health::SmtpCheck>(
        R"({"type": "smtp", "address": "10.0.1.10", "port": 587, "source_address": "10.0.1.2", "helo": "[10.0.1.2]",
            "starttls": "required", "mail_from": "", "rcpt_to": "postmaster@example.org", "verify": true,
            "ca_file": "/etc/ca.pem", "server_name": "mail1.example.org"})");
    CHECK(all.target ==
          health::StreamTarget{"", IpAddress::v4(10, 0, 1, 10), 587, IpAddress::v4(10, 0, 1, 2)});
    CHECK(all.settings == health::SmtpSettings{"[10.0.1.2]", health::StartTls::required, false, "",
                                               "postmaster@example.org"});
    CHECK(all.tls == health::TlsSettings{true, "/etc/ca.pem", "mail1.example.org"});

    const auto more = [](const std::string& keys) {
        return wrong(R"({"type": "smtp", "address": "10.0.1.10", )" + keys + "}");
    };
    const std::string words =
        ": must be of printable ASCII characters without spaces and angle brackets, not ";
    CHECK(more(R"("helo": "a b")") == Lines{"/helo" + words + "\"a b\""});
    CHECK(more(R"("mail_from": "a>\r\nDATA")").size() == 1);
    CHECK(more(R"("rcpt_to": "a@b")") ==
          Lines{"/rcpt_to: needs \"mail_from\" beside it; \"\" is the null sender"});
    CHECK(more(R"("smtps": true, "starttls": "required")") ==
          Lines{"/starttls: with \"smtps\" there is TLS already; leave one of them out"});
    CHECK(more(R"("source_address": "fd00::2")") ==
          Lines{"/source_address: must be of the family of \"address\", IPv4"});
    CHECK(wrong(R"({"type": "smtp", "address": "mail1"})").size() == 1);
}

TEST_CASE("TCP: a port, and what to say and hear") {
    const auto all = check_of<health::TcpCheck>(
        R"({"type": "tcp", "address": "fd00::10", "port": 6379, "send": "PING\r\n", "expect": "+PONG", "tls": true})");
    CHECK(all.target == health::StreamTarget{.address = *IpAddress::parse("fd00::10"), .port = 6379});
    CHECK(all.settings == health::TcpSettings{true, "PING\r\n", "+PONG"});
    CHECK(wrong(R"({"type": "tcp", "address": "10.0.1.10"})").size() == 1);
}

TEST_CASE("HTTP: what is asked for, and which answers are good") {
    const auto least = check_of<health::HttpCheck>(R"({"type": "http", "address": "10.0.1.10"})");
    CHECK(least.target.port == 80);
    CHECK(least.settings == health::HttpSettings{.host = "10.0.1.10"});
    const auto all = check_of<health::HttpCheck>(
        R"({"type": "http", "address": "fd00::10", "tls": true, "path": "/healthz?full=1", "host": "www.example.org",
            "status": [204, "300-302"], "body": "ready"})");
    CHECK(all.target.port == 443);
    CHECK(all.settings ==
          health::HttpSettings{
              true, "GET", "/healthz?full=1", "www.example.org", {{204, 204}, {300, 302}}, "ready"});
    CHECK(check_of<health::HttpCheck>(R"({"type": "http", "address": "fd00::10"})").settings.host ==
          "[fd00::10]");

    const auto more = [](const std::string& keys) {
        return wrong(R"({"type": "http", "address": "10.0.1.10", )" + keys + "}");
    };
    CHECK(more(R"("status": ["302-300"])") ==
          Lines{"/status/0: the first of a range must not be greater than the last: \"302-300\""});
    CHECK(more(R"("status": ["2xx"])").size() == 1);
    CHECK(more(R"("path": "/a b")").size() == 1);
    CHECK(more(R"("path": "/\r\nX: y")").size() == 1);
    CHECK(more(R"("host": "a\r\nX:")").size() == 1);
    CHECK(more(R"("method": "HEAD", "body": "x")") == Lines{"/body: an answer to HEAD has no body"});
}

TEST_CASE("what belongs to TLS means nothing without it, and is refused") {
    struct Kind {
        std::string check;
        std::vector<std::string> with_tls;
        std::string how;
    };
    const std::vector<Kind> kinds{
        {R"("type": "smtp", "address": "10.0.1.10")",
         {R"("starttls": "required")", R"("starttls": "if_offered")", R"("smtps": true)"},
         R"("starttls" or "smtps")"},
        {R"("type": "tcp", "address": "10.0.1.10", "port": 1)", {R"("tls": true)"}, R"("tls": true)"},
        {R"("type": "http", "address": "10.0.1.10")", {R"("tls": true)"}, R"("tls": true)"}};
    for (const auto& kind : kinds) {
        const auto more = [&](const std::string& keys) {
            return wrong("{" + kind.check + ", " + keys + "}");
        };
        const auto idle = [&](const std::string& key) {
            return "/" + key + ": means nothing without TLS; leave it out, or add " + kind.how;
        };
        CHECK(more(R"("verify": true, "ca_file": "/etc/ca.pem", "server_name": "mail1")") ==
              Lines{idle("verify"), idle("ca_file"), idle("server_name")});
        for (const auto& tls : kind.with_tls) {
            CHECK(more(tls + R"(, "verify": true, "ca_file": "/etc/ca.pem", "server_name": "mail1")") ==
                  Lines{});
            CHECK(more(tls + R"(, "verify": false, "server_name": "mail1")") == Lines{});
            CHECK(
                more(tls + R"(, "verify": false, "ca_file": "/etc/ca.pem")") ==
                Lines{
                    R"(/ca_file: means nothing with "verify": false, which trusts anybody; leave one of them out)"});
        }
    }
    // Where TLS itself is written wrongly, that is said and no more.
    CHECK(wrong(R"({"type": "http", "address": "10.0.1.10", "tls": "yes", "server_name": "a"})").size() == 1);
    CHECK(
        wrong(R"({"type": "smtp", "address": "10.0.1.10", "starttls": "yes", "server_name": "a"})").size() ==
        1);
    CHECK_FALSE(check_of<health::TcpCheck>(
                    R"({"type": "tcp", "address": "10.0.1.10", "port": 1, "tls": true, "verify": false})")
                    .tls.verify);
}

TEST_CASE("every kind has a rhythm, and what it is before its first result") {
    const auto config = config_of(with(
        R"({"type": "tcp", "address": "10.0.1.10", "port": 1, "interval": "5s", "timeout": "3s", "jitter": "500ms",
            "rise": 3, "fall": 2, "initial": "down"})"));
    CHECK(config.checks.front().rhythm == health::Rhythm{5s, 500ms, 3s});
    CHECK(config.settings.checks.front() == vrrp::CheckSettings{"c", 3, 2, false});
    CHECK(wrong(R"({"type": "script", "run": "true", "interval": "1s", "jitter": "2s"})") ==
          Lines{"/jitter: must be at most the interval, \"1s\""});
}

TEST_CASE("a check may run while active only, and what it finds is held against for a time") {
    const auto counts = [](const std::string& keys) {
        return config_of(with(R"({"type": "tcp", "address": "10.0.1.100", "port": 25)" + keys + "}"))
            .settings.checks.front();
    };
    CHECK_FALSE(counts("").while_active);
    CHECK_FALSE(counts(R"(, "run_while": "always")").while_active);
    CHECK(counts(R"(, "run_while": "active")").while_active);
    CHECK(counts(R"(, "run_while": "active")").hold_down == 60s);
    CHECK(counts(R"(, "run_while": "active", "hold_down": "10m")").hold_down == 10min);
    CHECK(counts(R"(, "run_while": "active", "initial": "up")").initial == true);

    const auto tcp = [](const std::string& keys) {
        return wrong(R"({"type": "tcp", "address": "10.0.1.100", "port": 25, )" + keys + "}");
    };
    CHECK(tcp(R"("hold_down": "10m")") ==
          Lines{"/hold_down: means nothing for a check that always runs; leave it out, or add \"run_while\": "
                "\"active\""});
    const auto tracked = [](const std::string& initial, const std::string& reverse) {
        return faults_of(
            R"({"checks": {"c": {"type": "file", "path": "/run/c", "run_while": "active", "initial": ")" +
            initial + R"("}}, "instances": {"A": {"interface": "eth0", "vrid": 1,
            "addresses": ["10.0.1.100/24"], "track": [{"check": "c", "reverse": )" +
            reverse + "}]}}}");
    };
    CHECK(tracked("up", "false") == Lines{});
    CHECK(tracked("down", "true") == Lines{});
    CHECK(tracked("down", "false") ==
          Lines{"/checks/c/initial: \"down\" would make instance \"A\" yield as soon as it is Active; with "
                "\"run_while\": \"active\" leave it out, or say \"up\""});
    CHECK(tracked("up", "true") ==
          Lines{"/checks/c/initial: \"up\" would make instance \"A\" yield as soon as it is Active; with "
                "\"run_while\": \"active\" leave it out, or say \"down\""});
    CHECK(tcp(R"("run_while": "backup")").size() == 1);
    CHECK(tcp(R"("run_while": "active", "hold_down": "0s")").size() == 1);
}

TEST_CASE("tracked the other way round, or in part") {
    const auto text = [](const std::string& entry, const std::string& check) {
        return R"({"node": "lb1", "checks": {"c": )" + check +
               R"(}, "instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"], "track": [)" +
               entry + "]}}}";
    };
    const std::string haproxy = R"({"type": "haproxy", "socket": "/s", "backend": "b"})";
    const auto track = config_of(text(R"({"check": "c", "weight": -20, "proportional": true},
                                         {"interface": "eth1", "reverse": true})",
                                      haproxy))
                           .settings.instances.front()
                           .track;
    using Kind = vrrp::TrackSettings::Kind;
    CHECK(track == std::vector<vrrp::TrackSettings>{{Kind::check, "c", -20, false, true},
                                                    {Kind::interface, "eth1", 0, true, false}});
    const std::string place = "/instances/A/track/0/proportional: ";
    CHECK(
        faults_of(text(R"({"check": "c", "proportional": true})", haproxy)) ==
        Lines{place + "with weight 0 there is nothing to take a part of; give a weight, or leave this out"});
    CHECK(faults_of(text(R"({"check": "c", "weight": 1, "proportional": true, "reverse": true})", haproxy)) ==
          Lines{place + "does not go with \"reverse\"; leave one of them out"});
    CHECK(faults_of(text(R"({"check": "c", "weight": 1, "proportional": true})",
                         R"({"type": "haproxy", "socket": "/s"})")) ==
          Lines{place + "check \"c\" cannot tell a part; one of type \"haproxy\" with a \"backend\" can"});
}

TEST_CASE("server_name is the name of one host") {
    const auto named = [](const std::string& name) {
        return wrong(R"({"type": "http", "address": "10.0.1.10", "tls": true, "server_name": ")" + name +
                     R"("})");
    };
    for (const std::string name :
         {"mail1.example.org", "mail1", "_x.example.org", "10.0.1.10", "2001:db8::1"})
        CHECK(named(name) == Lines{});
    for (const std::string name :
         {".example.org", "example.org.", "a..b", "a b", "*.example.org", "[::1]", "mäil.org"})
        CHECK_MESSAGE(named(name).size() == 1, name);
}

TEST_CASE("a word that is no kind is told with those there are, and each kind with its own keys") {
    const std::string kinds =
        R"("script", "haproxy", "smtp", "tcp", "http", "ping", "dns", "process", "file")"
        R"( or "systemd")";
    CHECK(wrong(R"({"type": "htp", "address": "10.0.1.10"})") ==
          Lines{"/type: must be one of " + kinds + ", not \"htp\"; did you mean \"http\"?"});
    CHECK(wrong(R"({"run": "true"})") == Lines{": \"type\" is missing; it must be one of " + kinds});
    const auto foreign = wrong(R"({"type": "haproxy", "socket": "/s", "address": "10.0.1.10"})");
    REQUIRE(foreign.size() == 1);
    CHECK(foreign.front().starts_with("/address: unknown key \"address\""));
}

} // namespace
} // namespace baton::config
