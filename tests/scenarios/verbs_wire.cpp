#include "tests/scenarios/script.h"
#include "tests/scenarios/verbs.h"

namespace baton::scenarios {
namespace {

void run(World& world, Words& words) {
    world.lan().run_until(world.lan().now() + words.take_duration("how long"));
}

void delay(World& world, Words& words) {
    world.lan().wire.min_delay = world.lan().wire.max_delay = words.take_duration("a delay");
}

/// The named nodes and all others no longer hear each other; within each side nothing changes.
void partition(World& world, Words& words) {
    std::set<const sim::Host*> side;
    while (!words.empty())
        side.insert(&world.host(words.take("a node")));
    for (const auto& one : world.lan().hosts())
        for (const auto& other : world.lan().hosts())
            if (side.contains(one.get()) != side.contains(other.get()))
                world.lan().cut(*one, *other);
}

/// deaf A B: A no longer hears B, though B hears A.
void deaf(World& world, Words& words) {
    const auto& listener = world.host(words.take("a node"));
    const auto& speaker = world.host(words.take("a node"));
    world.lan().cut(speaker, listener);
}

void join(World& world, Words&) { world.lan().join_all(); }

struct Injection {
    sim::Frame frame;
    vrrp::Advert advert;
    std::optional<IpAddress> destination; ///< the group, unless given
    std::vector<std::uint8_t> addresses;  ///< the one that nodes have by default, unless given
    bool corrupt{false};
    int times{1};
    Duration every{};
};

/// What the advert says; false when the next word is nothing of that.
bool take_field(Words& words, Injection& injection) {
    auto& advert = injection.advert;
    if (words.take_if("vrid"))
        advert.vrid = vrrp::Vrid{static_cast<std::uint8_t>(words.take_number("a VRID"))};
    else if (words.take_if("priority"))
        advert.priority = vrrp::Priority{static_cast<std::uint8_t>(words.take_number("a priority"))};
    else if (words.take_if("interval"))
        advert.interval = words.take_duration("an interval");
    else if (words.take_if("version"))
        advert.version = words.take_choice("2", "3") ? vrrp::Version::v2 : vrrp::Version::v3;
    else if (words.take_if("password"))
        advert.authentication = {vrrp::simple_password, words.take_password("a password")};
    else if (words.take_if("message-only"))
        advert.checksum_form = vrrp::ChecksumForm::message_only;
    else if (words.take_if("vip")) {
        const auto address = words.take_address("a virtual address");
        injection.addresses.insert(injection.addresses.end(), address.bytes().begin(), address.bytes().end());
    } else
        return false;
    return true;
}

void take_option(Words& words, Injection& injection) {
    if (take_field(words, injection))
        return;
    if (words.take_if("from"))
        injection.frame.source = words.take_address("a source");
    else if (words.take_if("to"))
        injection.destination = words.take_address("a destination");
    else if (words.take_if("ttl"))
        injection.frame.hop_limit = static_cast<std::uint8_t>(words.take_number("a TTL"));
    else if (words.take_if("corrupt"))
        injection.corrupt = true;
    else if (words.take_if("times"))
        injection.times = words.take_number("how often");
    else if (words.take_if("every"))
        injection.every = words.take_duration("a pause");
    else
        words.expect_end();
}

Injection take_injection(Words& words) {
    Injection injection;
    injection.advert.vrid = vrrp::Vrid{51};
    injection.advert.priority = vrrp::Priority{100};
    injection.advert.interval = std::chrono::seconds(1);
    while (!words.empty())
        take_option(words, injection);
    const auto family = injection.frame.source.family();
    injection.frame.destination = injection.destination.value_or(vrrp::multicast_group(family));
    if (injection.addresses.empty() && family == Family::ipv4)
        injection.addresses = {10, 0, 1, 100};
    if (injection.addresses.empty())
        throw ScriptError("an IPv6 advert needs a vip");
    injection.advert.addresses = vrrp::AddressView(family, injection.addresses);
    return injection;
}

void write_payload(Injection& injection) {
    auto& frame = injection.frame;
    std::array<std::uint8_t, vrrp::max_advert_size> buffer{};
    const auto message = vrrp::encode(injection.advert, frame.source, frame.destination, buffer);
    frame.payload.assign(message.begin(), message.end());
    if (injection.corrupt)
        frame.payload.back() ^= 0xff;
}

/// An advert from nowhere arrives at one node.
void inject(World& world, Words& words) {
    auto& host = world.host(words.take("a node"));
    auto injection = take_injection(words);
    write_payload(injection);
    for (int i = 0; i < injection.times; ++i)
        world.lan().at(world.lan().now() + i * injection.every,
                       [&host, frame = injection.frame] { host.receive(frame); });
    world.lan().run_until(world.lan().now());
}

} // namespace

void add_wire_verbs(Verbs& verbs) {
    verbs["run"] = run;
    verbs["delay"] = delay;
    verbs["partition"] = partition;
    verbs["deaf"] = deaf;
    verbs["join"] = join;
    verbs["inject"] = inject;
}

} // namespace baton::scenarios
