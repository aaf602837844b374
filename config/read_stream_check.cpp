#include "config/read_stream_check.h"

#include "config/address.h"
#include "config/members.h"
#include "config/read_peer.h"

#include <charconv>

namespace baton::config {
namespace {

/// "10.0.1.2:9999" or "[fd00::2]:9999".
std::optional<health::StreamTarget> address_and_port(const std::string& socket) {
    const auto colon = socket.rfind(':');
    if (colon == std::string::npos)
        return std::nullopt;
    auto host = socket.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed)
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string::npos)
        return std::nullopt; // where does the address end?
    const auto address = IpAddress::parse(host);
    std::uint16_t port = 0;
    const auto* const end = socket.data() + socket.size();
    const auto parsed = std::from_chars(socket.data() + colon + 1, end, port);
    if (!address || parsed.ec != std::errc() || parsed.ptr != end || port == 0)
        return std::nullopt;
    return health::StreamTarget{.address = *address, .port = port};
}

health::StreamTarget socket(const Json& json, const Pointer& at, Findings& findings) {
    const auto socket = text(json, "socket");
    if (socket.empty()) // refused
        return {};
    if (socket.front() == '/' && socket.find('\0') == std::string::npos) {
        find_long_socket_path(socket, at / "socket", findings);
        return {.path = socket};
    }
    if (auto target = address_and_port(socket)) {
        if (const auto usable = read_peer_address(target->address.to_string()); !usable)
            findings.push_back({.pointer = (at / "socket").text(), .message = usable.error().text});
        if (target->address.family() == Family::ipv6 && target->address.is_link_local())
            findings.push_back({.pointer = (at / "socket").text(),
                                .message = "a link-local address is another one on each interface, and none "
                                           "can be named here; give another address, or a path"});
        return *target;
    }
    findings.push_back({.pointer = (at / "socket").text(),
                        .message = "must be an absolute path, or an address and a port such as "
                                   "\"127.0.0.1:9999\" or \"[fd00::2]:9999\", not " +
                                   quote(socket)});
    return {};
}

health::StreamTarget target(const Json& json, const Pointer& at, std::uint16_t standard_port,
                            Findings& findings) {
    const auto peer = read_peer(json, at, findings);
    return {.address = peer.address,
            .port = read_port(json, standard_port),
            .source = peer.source,
            .interface = read_way_out(json, peer.address, at, findings)};
}

/// Also when what was written there was refused: that is error enough.
bool may_be_on(const Json& json, const char* key) {
    const auto* member = find(json, key);
    return member != nullptr && (member->is_null() || flag(json, key));
}

bool is_off(const Json& json, const char* key) { return find(json, key) != nullptr && !may_be_on(json, key); }

/// Nothing that is asked for is left out silently. `how`: what would begin TLS.
void find_idle_tls_keys(const Json& json, const Pointer& at, bool with_tls, const char* how,
                        Findings& findings) {
    const auto refuse = [&](const char* key, std::string why) {
        if (find(json, key) != nullptr)
            findings.push_back(
                {.pointer = (at / key).text(), .message = std::move(why), .about = Finding::About::key});
    };
    if (!with_tls)
        for (const auto* const key : {"verify", "ca_file", "server_name"})
            refuse(key, std::string("means nothing without TLS; leave it out, or add ") + how);
    else if (is_off(json, "verify"))
        refuse("ca_file",
               "means nothing with \"verify\": false, which trusts anybody; leave one of them out");
}

health::TlsSettings tls(const Json& json, const health::StreamTarget& target) {
    const auto name = text(json, "server_name");
    return {!is_off(json, "verify"), text(json, "ca_file"), name.empty() ? target.address.to_string() : name};
}

/// One word of an SMTP command: octets that could end it early, or begin another one, are refused.
std::optional<std::string> smtp_word(const Json& json, const char* key, const Pointer& at,
                                     Findings& findings) {
    const auto* member = find(json, key);
    if (member == nullptr || !member->is_string())
        return std::nullopt;
    auto word = member->get<std::string>();
    if (health::fits_smtp_command(word))
        return word;
    findings.push_back(
        {.pointer = (at / key).text(),
         .message =
             "must be of printable ASCII characters without spaces and angle brackets, not " + quote(word)});
    return std::nullopt;
}

unsigned status_code(std::string_view digits) {
    unsigned code = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), code);
    return code;
}

std::vector<health::StatusRange> status(const Json& json, const Pointer& at, Findings& findings) {
    std::vector<health::StatusRange> ranges;
    const auto& entries = part(json, "status");
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        if (entry.is_number())
            ranges.push_back({entry.get<unsigned>(), entry.get<unsigned>()});
        if (!entry.is_string())
            continue;
        const auto words = entry.get<std::string>(); // "200-399"
        ranges.push_back({status_code(words.substr(0, 3)), status_code(words.substr(4))});
        if (ranges.back().first > ranges.back().last)
            findings.push_back(
                {.pointer = (at / "status" / i).text(),
                 .message = "the first of a range must not be greater than the last: " + quote(words)});
    }
    return ranges;
}

/// Nothing that is asked for is left out silently.
void needs_backend(const health::HaproxySettings& settings, const Pointer& at, Findings& findings) {
    const health::HaproxySettings standard;
    const auto refuse = [&](const char* key) {
        findings.push_back(
            {.pointer = (at / key).text(), .message = "needs \"backend\": whose servers are meant?"});
    };
    if (settings.min_up != standard.min_up)
        refuse("min_up");
    if (settings.count_backup != standard.count_backup)
        refuse("count_backup");
    if (settings.queue_limit)
        refuse("queue_limit");
}

} // namespace

health::HaproxyCheck read_haproxy_check(const Json& json, const Pointer& at, Findings& findings) {
    health::HaproxyCheck check{socket(json, at, findings), {}};
    auto& settings = check.settings;
    for (const auto& frontend : part(json, "frontends"))
        if (frontend.is_string())
            settings.frontends.push_back(frontend.get<std::string>());
    if (const auto backend = text(json, "backend"); !backend.empty())
        settings.backend = backend;
    settings.min_up = static_cast<std::uint64_t>(number(json, "min_up"));
    settings.count_backup = flag(json, "count_backup");
    if (find(json, "session_limit") != nullptr)
        settings.session_limit = static_cast<unsigned>(number(json, "session_limit"));
    if (find(json, "queue_limit") != nullptr)
        settings.queue_limit = static_cast<std::uint64_t>(number(json, "queue_limit"));
    if (!settings.backend)
        needs_backend(settings, at, findings);
    return check;
}

health::SmtpCheck read_smtp_check(const Json& json, const Pointer& at, const std::string& node,
                                  Findings& findings) {
    health::SmtpCheck check{target(json, at, 25, findings), {}, {}};
    auto& settings = check.settings;
    settings.helo = smtp_word(json, "helo", at, findings).value_or(node);
    if (!health::fits_smtp_command(settings.helo)) {
        findings.push_back({.pointer = at.text(),
                            .message = "\"helo\" is missing: the name of this node, " + quote(node) +
                                       ", cannot be said to a mail server"});
        settings.helo = "baton";
    }
    const auto starttls = text(json, "starttls");
    settings.starttls = starttls == "required"     ? health::StartTls::required
                        : starttls == "if_offered" ? health::StartTls::if_offered
                                                   : health::StartTls::off;
    settings.smtps = flag(json, "smtps");
    settings.mail_from = smtp_word(json, "mail_from", at, findings);
    settings.rcpt_to = smtp_word(json, "rcpt_to", at, findings);
    if (settings.rcpt_to && find(json, "mail_from") == nullptr)
        findings.push_back({.pointer = (at / "rcpt_to").text(),
                            .message = "needs \"mail_from\" beside it; \"\" is the null sender"});
    if (settings.smtps && settings.starttls != health::StartTls::off)
        findings.push_back({.pointer = (at / "starttls").text(),
                            .message = "with \"smtps\" there is TLS already; leave one of them out"});
    check.tls = tls(json, check.target);
    find_idle_tls_keys(json, at, may_be_on(json, "smtps") || starttls != "off", "\"starttls\" or \"smtps\"",
                       findings);
    return check;
}

health::TcpCheck read_tcp_check(const Json& json, const Pointer& at, Findings& findings) {
    health::TcpCheck check{target(json, at, 0, findings), {}, {}};
    check.settings = {flag(json, "tls"), text(json, "send"), text(json, "expect")};
    check.tls = tls(json, check.target);
    find_idle_tls_keys(json, at, may_be_on(json, "tls"), "\"tls\": true", findings);
    return check;
}

/// As RFC 9110 section 7.2 has it: with the port, unless it is the scheme's.
std::string host_of(const health::StreamTarget& target, bool with_tls) {
    const auto address = target.address.to_string();
    const auto host = target.address.family() == Family::ipv6 ? "[" + address + "]" : address;
    return target.port == (with_tls ? 443 : 80) ? host : host + ":" + std::to_string(target.port);
}

health::HttpCheck read_http_check(const Json& json, const Pointer& at, Findings& findings) {
    const bool with_tls = flag(json, "tls");
    health::HttpCheck check{target(json, at, with_tls ? 443 : 80, findings), {}, {}};
    auto& settings = check.settings;
    settings.tls = with_tls;
    settings.method = text(json, "method");
    settings.path = text(json, "path");
    settings.host = text(json, "host");
    if (settings.host.empty())
        settings.host = host_of(check.target, with_tls);
    settings.status = status(json, at, findings);
    settings.body = text(json, "body");
    if (settings.method == "HEAD" && !settings.body.empty())
        findings.push_back({.pointer = (at / "body").text(), .message = "an answer to HEAD has no body"});
    check.tls = tls(json, check.target);
    find_idle_tls_keys(json, at, may_be_on(json, "tls"), "\"tls\": true", findings);
    return check;
}

} // namespace baton::config
