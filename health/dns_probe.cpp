#include "health/dns_probe.h"

#include "health/found_probe.h"

#include <random>
#include <sys/socket.h>

namespace baton::health {
namespace {

std::string describe_server(const DnsCheck& settings) {
    const auto address = settings.server.to_string();
    const bool ipv6 = settings.server.family() == Family::ipv6;
    return (ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(settings.port);
}

Exchange exchange_of(const DnsCheck& settings, const std::vector<std::uint8_t>& query) {
    const auto server = describe_server(settings);
    const DatagramTarget target{.address = settings.server,
                                .port = settings.port,
                                .source = settings.source,
                                .interface = settings.interface};
    return {.socket = open_datagram(SOCK_DGRAM, 0, target),
            .target = target,
            .message = query,
            .take =
                [question = settings.question, query](std::span<const std::uint8_t> reply) {
                    return judge_dns_reply(question, query, reply);
                },
            .peer = server,
            .late = "no answer from " + server};
}

} // namespace

std::unique_ptr<Probe> start_dns(boost::asio::io_context& loop, const DnsCheck& settings, Done done) {
    std::random_device random;
    const auto query = encode_dns_query(settings.question, static_cast<std::uint16_t>(random()));
    if (!query)
        return start_found(loop, {.detail = query.error().text}, std::move(done));
    return start_exchange(loop, exchange_of(settings, *query), std::move(done));
}

} // namespace baton::health
