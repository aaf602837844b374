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
    vrrp::Vrid vrid{51};
    vrrp::Priority priority{100};
    Duration interval{std::chrono::seconds(1)};
    vrrp::ChecksumForm form{vrrp::ChecksumForm::pseudo_header};
    bool corrupt{false};
    int times{1};
    Duration every{};
};

void take_option(Words& words, Injection& injection) {
    if (words.take_if("from"))
        injection.frame.source = words.take_address("a source");
    else if (words.take_if("to"))
        injection.frame.destination = words.take_address("a destination");
    else if (words.take_if("ttl"))
        injection.frame.hop_limit = static_cast<std::uint8_t>(words.take_number("a TTL"));
    else if (words.take_if("vrid"))
        injection.vrid = vrrp::Vrid{static_cast<std::uint8_t>(words.take_number("a VRID"))};
    else if (words.take_if("priority"))
        injection.priority = vrrp::Priority{static_cast<std::uint8_t>(words.take_number("a priority"))};
    else if (words.take_if("interval"))
        injection.interval = words.take_duration("an interval");
    else if (words.take_if("message-only"))
        injection.form = vrrp::ChecksumForm::message_only;
    else if (words.take_if("corrupt"))
        injection.corrupt = true;
    else if (words.take_if("times"))
        injection.times = words.take_number("how often");
    else if (words.take_if("every"))
        injection.every = words.take_duration("a pause");
    else
        words.expect_end();
}

void write_payload(Injection& injection) {
    const auto address = IpAddress::v4(10, 0, 1, 100);
    const vrrp::Advert advert{injection.vrid, injection.priority, injection.interval, injection.form,
                              vrrp::AddressView(Family::ipv4, address.bytes())};
    std::array<std::uint8_t, vrrp::max_advert_size> buffer{};
    const auto message = vrrp::encode(advert, injection.frame.source, injection.frame.destination, buffer);
    injection.frame.payload.assign(message.begin(), message.end());
    if (injection.corrupt)
        injection.frame.payload.back() ^= 0xff;
}

/// An advert from nowhere arrives at one node.
void inject(World& world, Words& words) {
    auto& host = world.host(words.take("a node"));
    Injection injection;
    injection.frame.destination = vrrp::multicast_group_v4;
    while (!words.empty())
        take_option(words, injection);
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
