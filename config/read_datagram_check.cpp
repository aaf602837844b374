#include "config/read_datagram_check.h"

#include "config/members.h"
#include "config/read_peer.h"

namespace baton::config {
namespace {

using health::DnsType;

DnsType record_type(const std::string& word) {
    return word == "MX" ? DnsType::mx : word == "AAAA" ? DnsType::aaaa : DnsType::a;
}

/// What an answer's record is compared with must be such a record.
std::string expectation_fault(DnsType type, const std::string& text) {
    const auto address = IpAddress::parse(text);
    if (type == DnsType::mx)
        return address || text == "."
                   ? "must be the name of a mail server, which is what MX records hold, not " + quote(text)
                   : "";
    const bool ipv4 = type == DnsType::a;
    const auto family = ipv4 ? Family::ipv4 : Family::ipv6;
    if (address && address->family() == family)
        return "";
    return std::string(ipv4 ? "must be an IPv4 address, which is what A records hold, not "
                            : "must be an IPv6 address, which is what AAAA records hold, not ") +
           quote(text);
}

} // namespace

health::PingCheck read_ping_check(const Json& json, const Pointer& at, Findings& findings) {
    const auto peer = read_peer(json, at, findings);
    return {peer.address, peer.source, read_way_out(json, peer.address, at, findings)};
}

health::DnsCheck read_dns_check(const Json& json, const Pointer& at, Findings& findings) {
    const auto server = read_peer(json, at, findings);
    health::DnsCheck check{
        .server = server.address,
        .port = read_port(json, 53),
        .source = server.source,
        .interface = read_way_out(json, server.address, at, findings),
        .question = {text(json, "name"), record_type(text(json, "record")), text(json, "expect")}};
    const auto& expect = check.question.expect;
    if (const auto fault = expectation_fault(check.question.type, expect); !expect.empty() && !fault.empty())
        findings.push_back({.pointer = (at / "expect").text(), .message = fault});
    return check;
}

} // namespace baton::config
