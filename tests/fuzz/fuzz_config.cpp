// Any text as a configuration: config/load. The bytes are the file.
//
// Refused, it has reasons that point into the text. Accepted, it keeps what vrrp/settings.h promises the
// core.
#include "config/load.h"
#include "tests/fuzz/target.h"
#include "vrrp/node.h"

#include <algorithm>
#include <set>

using namespace baton;
using fuzz::must;

namespace {

void check_errors(std::string_view text, const config::Errors& errors) {
    must(!errors.empty(), "whoever refuses says why");
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const auto& problem : errors) {
        const auto line = config::describe(problem);
        must(!problem.message.empty(), "every error has words");
        must(problem.line <= lines, "errors point into the text: " + line);
        must(std::none_of(line.begin(), line.end(),
                          [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }),
             "no control character of the file reaches the terminal");
    }
}

void check_track(const vrrp::Settings& settings, const vrrp::InstanceSettings& instance) {
    for (const auto& track : instance.track) {
        must(track.weight >= -253 && track.weight <= 253, "weights are -253..253");
        const bool known = std::any_of(settings.checks.begin(), settings.checks.end(),
                                       [&](const auto& check) { return check.name == track.name; });
        must(track.kind == vrrp::TrackSettings::Kind::interface || known, "a tracked check is one");
    }
}

void check_instance(const vrrp::InstanceSettings& instance) {
    const bool v2 = instance.version == vrrp::Version::v2;
    const Duration unit = v2 ? Duration(std::chrono::seconds(1)) : std::chrono::milliseconds(10);
    must(!instance.name.empty() && !instance.interface.empty(), "an instance has a name and an interface");
    must(instance.vrid.value != 0 && instance.priority.value != 0, "VRID and priority are 1..255");
    must(instance.advert_interval % unit == Duration::zero() && instance.advert_interval >= unit &&
             instance.advert_interval / unit <= (v2 ? 255 : 4095),
         "the interval fits its field");
    must(!instance.addresses.empty() && instance.addresses.size() <= vrrp::max_addresses, "1..255 addresses");
    for (const auto& prefix : instance.addresses)
        must(prefix.address.family() == instance.family() && !prefix.address.is_multicast(),
             "the addresses are of one family, and of hosts");
    must(v2 || !instance.password, "version 3 has no password");
    must(!v2 || instance.family() == Family::ipv4, "version 2 is for IPv4");
    for (const auto& peer : instance.unicast.peers)
        must(peer.family() == instance.family(), "peers are of the family of the addresses");
    must(std::is_sorted(instance.announce.repeats.begin(), instance.announce.repeats.end()), "repeats rise");
}

void check_signature(const config::Config& config, const config::SignedInstance& signature) {
    must(signature.instance.value < config.settings.instances.size(), "an instance that signs is one");
    must(signature.keys.starts_with('/') && config.state_dir.starts_with('/'), "paths are absolute");
    must(signature.window >= auth::min_window && signature.window <= auth::max_window,
         "windows are 1 s to 300 s");
    must(!config.settings.instances[signature.instance.value].password,
         "a password does not go with a signature");
}

bool holds(const vrrp::InstanceSettings& instance, const Prefix& address) {
    const auto in = [&](const std::vector<Prefix>& list) {
        return std::find(list.begin(), list.end(), address) != list.end();
    };
    return in(instance.addresses) || in(instance.excluded);
}

void check_route(const config::VirtualRoute& virtual_route) {
    const auto& route = virtual_route.route;
    const auto family = route.destination.address.family();
    must(netlink::normal(route).destination == route.destination, "a destination is a network");
    must(route.table != 0 && route.table != 255, "a table that is ours to write to");
    must(!route.gateway || route.gateway->family() == family || family == Family::ipv4,
         "a gateway of the family, or IPv6");
    must(!route.source || route.source->family() == family, "a source of the family");
    must(!route.scope || family == Family::ipv4, "scopes are of IPv4");
    const bool leads = route.gateway || !virtual_route.interface.empty();
    must(leads == (route.type == netlink::RouteType::unicast),
         "a route leads somewhere, or is of a type that does not");
}

void check_rule(const netlink::Rule& rule) {
    const auto normal = netlink::normal(rule);
    must(rule.priority >= 1 && rule.priority < 32766, "priorities are 1..32765");
    must(normal.from || normal.to || normal.mark || !rule.iif.empty() || !rule.oif.empty(), "a rule selects");
    for (const auto& network : {rule.from, rule.to})
        must(!network || network->address.family() == rule.family, "networks are of the family of the rule");
}

void check_holdings(const vrrp::InstanceSettings& instance, const config::HostSettings& host) {
    for (const auto& elsewhere : instance.elsewhere)
        must(holds(instance, elsewhere.address) && !elsewhere.interface.empty(),
             "what stands elsewhere is held");
    for (const auto& look : host.looks)
        must(holds(instance, look.address) && look.address.address.family() == Family::ipv4,
             "labels and scopes are of addresses that are held");
    must(!instance.adopts_addresses() || (instance.elsewhere.empty() && host.looks.empty()),
         "an owner's addresses are where they are");
    must(host.accept || instance.priority != vrrp::owner, "an owner accepts");
    must(instance.routing.any == (!host.routes.empty() || !host.rules.empty()), "the core knows of routes");
    for (const auto& route : host.routes)
        check_route(route);
    for (const auto& rule : host.rules)
        check_rule(rule);
}

/// An accepted configuration can be started.
void start(const vrrp::Settings& settings) {
    vrrp::Node node(settings, Time{});
    unsigned index = 0;
    std::set<std::string> told;
    for (const auto& instance : settings.instances) {
        if (!told.insert(instance.interface).second)
            continue;
        const IfIndex interface { ++index };
        const vrrp::InterfaceAddress ipv4{{IpAddress::v4(192, 0, 2, 1), 24}};
        (void)node.handle(vrrp::LinkChanged{instance.interface, interface, true, true}, Time{});
        (void)node.handle(vrrp::AddressesChanged{interface, {ipv4}}, Time{});
    }
    (void)node.handle(vrrp::Commanded{vrrp::Command::startup}, Time{});
    if (const auto deadline = node.deadline())
        (void)node.handle(vrrp::Elapsed{}, *deadline);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const auto loaded = config::load(text, "fuzz.json");
    if (!loaded) {
        check_errors(text, loaded.error());
        return 0;
    }
    const auto& settings = loaded->settings;
    must(!settings.instances.empty(), "a configuration has an instance");
    must(loaded->host.size() == settings.instances.size(), "what the kernel is to do has an instance each");
    for (std::size_t i = 0; i < settings.instances.size(); ++i) {
        check_instance(settings.instances[i]);
        check_track(settings, settings.instances[i]);
        check_holdings(settings.instances[i], loaded->host[i]);
    }
    for (const auto& signature : loaded->signatures)
        check_signature(*loaded, signature);
    for (const auto& check : settings.checks)
        must(check.rise >= 1 && check.fall >= 1, "rise and fall are at least 1");
    start(settings);
    return 0;
}
