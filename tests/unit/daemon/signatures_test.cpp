// Signed instances of a node: what becomes of adverts in and out, over restarts, rotation and trouble.
#include "daemon/signatures.h"

#include "../scratch.h"
#include "daemon/executor.h"

#include <csignal>
#include <doctest/doctest.h>
#include <sys/resource.h>

using namespace baton;
using namespace baton::daemon;
using namespace baton::testing;
using namespace std::chrono_literals;

namespace {

constexpr IfIndex eth0{2};
constexpr auth::WallTime spring{std::chrono::seconds(0x66000000)};
constexpr auto group = vrrp::multicast_group_v4;
constexpr std::array<std::uint8_t, 4> vip{10, 0, 1, 100};
const std::string first_key = "1 " + std::string(32, 'a') + "\n";
const std::string second_key = "2 " + std::string(32, 'b') + "\n";

/// One node of a pair, with keys and a state directory of its own.
class Host {
public:
    explicit Host(std::uint8_t number, auth::Mode mode = auth::Mode::enforce, bool unicast = false)
        : address(IpAddress::v4(10, 0, 1, number)) {
        vrrp::InstanceSettings instance;
        instance.name = "VI_1";
        instance.interface = "eth0";
        instance.vrid = vrrp::Vrid{51};
        instance.priority = vrrp::Priority{number};
        instance.addresses = {{IpAddress::v4(10, 0, 1, 100), 24}};
        if (unicast)
            instance.unicast.peers = {IpAddress::v4(10, 0, 1, 8), IpAddress::v4(10, 0, 1, 9)};
        config.settings.instances = {instance};
        config.state_dir = scratch.path("state");
        config.signatures = {{vrrp::InstanceId{0}, scratch.path("keys"), mode}};
        write_keys(first_key);
    }

    void write_keys(const std::string& text) const {
        std::ofstream(scratch.path("keys")) << text;
        REQUIRE(::chmod(scratch.path("keys").c_str(), 0600) == 0);
    }

    void start() {
        signatures.reset();
        auto opened = Signatures::open(config);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().text);
        signatures.emplace(std::move(*opened));
        node.emplace(config.settings, Time{});
        (void)node->handle(vrrp::LinkChanged{"eth0", eth0, true, true}, Time{});
        (void)node->handle(vrrp::AddressesChanged{eth0, {{{address, 24}}}}, Time{});
        (void)node->handle(vrrp::Commanded{vrrp::Command::startup}, Time{});
    }

    /// Another configuration of the same instances, or the same with other keys.
    void reload() {
        take_files();
        (void)node->handle(vrrp::Reconfigured{config.settings}, Time{});
        signatures->assign(*node, config);
    }

    void take_files() {
        auto prepared = signatures->read_keys(config);
        REQUIRE_MESSAGE(prepared.has_value(), prepared.error().text);
        const auto opened = signatures->open_marks(*prepared, config);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().text);
        signatures->take(std::move(*prepared));
    }

    /// The instances of which a reload would say that there are other keys, with the file.
    [[nodiscard]] config::FilesByName renewed() const { return signatures->read_keys(config)->renewed; }

    /// The octets that go out for an advert to `destination`.
    [[nodiscard]] std::vector<std::uint8_t> send(auth::WallTime now, const IpAddress& destination = group,
                                                 bool again = false) {
        vrrp::SendAdvert effect{vrrp::InstanceId{0}, eth0, address, destination, {}};
        effect.advert = {vrrp::Vrid{51}, vrrp::Priority{100}, 1s, vrrp::ChecksumForm::message_only,
                         vrrp::AddressView(Family::ipv4, vip)};
        effect.again = again;
        std::array<std::uint8_t, vrrp::max_advert_size> buffer{};
        const auto message = vrrp::encode(effect.advert, address, destination, buffer);
        const auto whole = signatures->sealed(effect, message, buffer, now);
        REQUIRE(whole.has_value());
        return {whole->begin(), whole->end()};
    }

    /// "ok", or why an advert of that sender is refused.
    [[nodiscard]] std::string hear(const std::vector<std::uint8_t>& payload, const IpAddress& source,
                                   auth::WallTime now, std::uint8_t hop_limit = 255,
                                   const IpAddress& destination = group) {
        const auto event = signatures->hear(*node, {eth0, source, destination, hop_limit, payload}, now);
        (void)node->handle(event, Time{});
        const auto* rejected = std::get_if<vrrp::AdvertRejected>(&event);
        return rejected != nullptr ? to_string(rejected->reason) : "ok";
    }

    [[nodiscard]] std::uint64_t count(const std::string& name) const {
        const auto snapshot = node->snapshot(Time{});
        for (const auto& [counter, number] : snapshot.instances.front().counters)
            if (counter == name)
                return number;
        FAIL("there is no counter " << name);
        return 0;
    }

    Scratch scratch;
    IpAddress address;
    config::Config config;
    std::optional<Signatures> signatures;
    std::optional<vrrp::Node> node;
};

/// While it lives, no file can be written.
class FullDisk {
public:
    FullDisk() : handler_(::signal(SIGXFSZ, SIG_IGN)) {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        const rlimit none{0, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        (void)::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    void (*handler_)(int);
};

} // namespace

TEST_CASE("what one node signs the other takes once, and counts what it refuses") {
    Host a(2);
    Host b(3);
    a.start();
    b.start();
    const auto advert = a.send(spring);
    CHECK(advert.size() == 12 + vrrp::trailer_size);
    CHECK(b.hear(advert, a.address, spring) == "ok");
    CHECK(b.hear(advert, a.address, spring) == "authentication_replay");
    CHECK(b.hear(a.send(spring - 1h), a.address, spring - 1h) ==
          "authentication_stale"); // its clock went back
    CHECK(b.count("adverts_received") == 1);
    CHECK(b.count("rejected_authentication_replay") == 1);
    CHECK(b.count("rejected_authentication_stale") == 1);
}

TEST_CASE("a signature is looked at last: what is refused for another reason moves no mark") {
    Host a(2);
    Host b(3);
    a.start();
    b.start();
    const auto advert = a.send(spring);
    CHECK(b.hear(advert, a.address, spring, 254) == "hop_limit");
    // The Node refuses these, and counts them itself.
    CHECK(b.hear(advert, a.address, spring, 255, b.address) == "ok");
    CHECK(b.hear(advert, b.address, spring) == "ok");
    CHECK(b.count("rejected_destination") == 1);
    CHECK(b.count("rejected_own_source") == 1);
    CHECK(b.count("adverts_received") == 0);
    CHECK(b.hear(advert, a.address, spring) == "ok"); // its number was not used up
    CHECK(b.count("adverts_received") == 1);
}

TEST_CASE("a bare advert is missing its signature, except while that is allowed") {
    for (const auto mode : {auth::Mode::enforce, auth::Mode::permissive, auth::Mode::receive_only}) {
        Host receiver(3, mode);
        Host silent(2, auth::Mode::receive_only);
        receiver.start();
        silent.start();
        const auto bare = silent.send(spring);
        CHECK(bare.size() == 12);
        CHECK(receiver.hear(bare, silent.address, spring) ==
              (mode == auth::Mode::enforce ? "authentication_missing" : "ok"));
    }
}

TEST_CASE("nothing is signed or asked for where there is no authentication; a trailer is then too much") {
    Host a(2);
    Host plain(3);
    plain.config.signatures.clear();
    a.start();
    plain.start();
    CHECK_FALSE(std::filesystem::exists(plain.config.state_dir));
    CHECK(plain.hear(plain.send(spring), a.address, spring) == "ok");
    CHECK(plain.hear(a.send(spring), a.address, spring) == "length");
    CHECK_FALSE(plain.signatures->view(vrrp::InstanceId{0}, spring).has_value());
    plain.reload();
    CHECK(plain.signatures->news().empty());
}

TEST_CASE("a signed advert of another group is of an unknown VRID, and no more than that") {
    Host a(2);
    Host b(3);
    a.start();
    b.start();
    auto advert = a.send(spring);
    advert[1] = 52;
    advert[7] = static_cast<std::uint8_t>(advert[7] - 1); // the sum of it
    (void)b.hear(advert, a.address, spring);
    const auto snapshot = b.node->snapshot(Time{});
    for (const auto& counter : snapshot.counters)
        CHECK_MESSAGE(counter.second == (counter.first == "rejected_unknown_vrid" ? 1 : 0), counter.first);
}

TEST_CASE("all unicast peers get one number, and the next advert another one") {
    Host a(2, auth::Mode::enforce, true);
    a.start();
    const auto trailer_of = [](const std::vector<std::uint8_t>& payload) {
        return std::vector<std::uint8_t>(payload.end() - vrrp::trailer_size, payload.end());
    };
    const auto first = trailer_of(a.send(spring, IpAddress::v4(10, 0, 1, 8)));
    CHECK(trailer_of(a.send(spring + 1ms, IpAddress::v4(10, 0, 1, 9), true)) == first);
    CHECK(trailer_of(a.send(spring + 1ms, IpAddress::v4(10, 0, 1, 8))) != first);
}

TEST_CASE("the core says which adverts are the same one for another peer") {
    Host a(2, auth::Mode::enforce, true);
    a.start();
    const auto effects = a.node->handle(vrrp::Elapsed{}, *a.node->deadline());
    std::vector<bool> again;
    for (const auto& effect : effects)
        if (const auto* send = std::get_if<vrrp::SendAdvert>(&effect))
            again.push_back(send->again);
    CHECK(again == std::vector<bool>{false, true});
}

TEST_CASE("no replay is taken after a restart or a death; only after that one is held off") {
    Host a(2);
    Host b(3);
    a.start();
    b.start();
    const auto advert = a.send(spring);
    CHECK(b.signatures->hold_off() == 0s);
    CHECK(b.hear(advert, a.address, spring) == "ok");
    b.start();
    CHECK(b.signatures->hold_off() == 1s);
    CHECK(b.hear(advert, a.address, spring) == "authentication_replay");
    b.signatures->close();
    CHECK(b.signatures->news().empty());
    b.start();
    CHECK(b.hear(advert, a.address, spring) == "authentication_replay");
}

TEST_CASE("keys are changed on a living pair, and wrong ones change nothing") {
    Host a(2);
    Host b(3);
    a.start();
    b.start();
    auto now = spring;
    const auto both_ways = [&] {
        now += 10ms;
        CHECK(b.hear(a.send(now), a.address, now) == "ok");
        CHECK(a.hear(b.send(now), b.address, now) == "ok");
    };
    both_ways();
    for (const auto& keys : {first_key + second_key, second_key + first_key, second_key})
        for (auto* host : {&a, &b}) {
            host->write_keys(keys);
            host->reload();
            const auto news = host->signatures->news();
            REQUIRE(news.size() == 1);
            CHECK(news[0].kind == Signatures::News::Kind::keys_read);
            both_ways();
        }
    CHECK(a.signatures->view(vrrp::InstanceId{0}, now)->signing_key == 2);
    a.write_keys("2 short\n");
    const auto prepared = a.signatures->read_keys(a.config);
    REQUIRE(prepared.has_error());
    CHECK(prepared.error().text.find("has 5 octets") != std::string::npos);
    CHECK(a.signatures->news().empty());
    both_ways();
}

TEST_CASE("other keys in the same file are found, and told when they are taken") {
    Host a(2);
    a.start();
    CHECK(a.renewed().empty());
    a.write_keys("# the same key, and one more line\n" + first_key);
    CHECK(a.renewed().empty());
    a.reload();
    CHECK(a.signatures->news()[0].text == "key 1 signs");
    const config::FilesByName others{{"VI_1", a.scratch.path("keys")}};
    for (const auto& keys : {"1 " + std::string(32, 'x') + "\n", first_key + second_key, second_key}) {
        a.write_keys(keys);
        CHECK(a.renewed() == others);
    }
    a.reload();
    CHECK(a.signatures->news()[0].text == "there are other keys in it: key 2 signs");
    CHECK(a.renewed().empty());
}

TEST_CASE("other keys are found though the VRID is another; who is new has none to compare with") {
    Host a(2);
    a.start();
    a.config.settings.instances[0].vrid = vrrp::Vrid{77};
    CHECK(a.renewed().empty());
    a.write_keys(second_key);
    CHECK(a.renewed().size() == 1);
    a.config.settings.instances[0].name = "other";
    CHECK(a.renewed().empty());
    CHECK_FALSE(std::filesystem::exists(a.config.state_dir + "/marks-eth0-ipv4-77")); // to read makes nothing
}

TEST_CASE("a reload that comes to nothing leaves no new marks file; one that is taken does") {
    Host a(2);
    a.start();
    a.config.settings.instances[0].vrid = vrrp::Vrid{77};
    const auto made = a.config.state_dir + "/marks-eth0-ipv4-77";
    {
        auto prepared = a.signatures->read_keys(a.config);
        REQUIRE(prepared.has_value());
        REQUIRE(a.signatures->open_marks(*prepared, a.config).has_value());
        CHECK(std::filesystem::exists(made));
    }
    CHECK_FALSE(std::filesystem::exists(made));
    CHECK(std::filesystem::exists(a.config.state_dir + "/marks-eth0-ipv4-51"));
    a.reload();
    CHECK(std::filesystem::exists(made));
    { const auto prepared = a.signatures->read_keys(a.config); }
    CHECK(std::filesystem::exists(made));
}

TEST_CASE("another key under the same number, and a key that is not there") {
    Host a(2);
    Host b(3);
    a.start();
    b.write_keys("1 " + std::string(32, 'x'));
    b.start();
    CHECK(b.hear(a.send(spring), a.address, spring) == "authentication_invalid");
    b.write_keys(second_key);
    b.reload();
    CHECK(b.hear(a.send(spring), a.address, spring) == "authentication_unknown_key");
    auto strange = a.send(spring);
    strange[12] = 9;
    CHECK(b.hear(strange, a.address, spring) == "authentication_malformed");
    strange.resize(20);
    CHECK(b.hear(strange, a.address, spring) == "length");
}

TEST_CASE("marks that cannot be written are told when that begins and when it ends; adverts go on") {
    Host a(2);
    a.start();
    {
        const FullDisk full;
        (void)a.send(spring);
        (void)a.send(spring + 2s);
    }
    const auto begun = a.signatures->news();
    REQUIRE(begun.size() == 1);
    CHECK(begun[0].kind == Signatures::News::Kind::trouble);
    CHECK(begun[0].text.find("cannot write the marks file " + a.config.state_dir + "/marks-eth0-ipv4-51") !=
          std::string::npos);
    CHECK(a.signatures->view(vrrp::InstanceId{0}, spring)->trouble == begun[0].text);
    (void)a.send(spring + 4s);
    const auto ended = a.signatures->news();
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].kind == Signatures::News::Kind::trouble_ended);
    CHECK(a.signatures->view(vrrp::InstanceId{0}, spring + 4s)->trouble.empty());
}

TEST_CASE("the status says how adverts are signed") {
    Host a(2);
    a.start();
    const auto view = *a.signatures->view(vrrp::InstanceId{0}, spring);
    CHECK(view.kind == "hmac-sha256 (enforce)");
    CHECK(view.signing_key == 1);
    CHECK(view.trouble.empty());
    Host listener(3, auth::Mode::receive_only);
    listener.start();
    CHECK_FALSE(listener.signatures->view(vrrp::InstanceId{0}, spring)->signing_key.has_value());
}

TEST_CASE("without keys, without a state directory, or with a corrupt marks file nothing is opened") {
    const auto refusal = [](const config::Config& config) {
        const auto opened = Signatures::open(config);
        REQUIRE(opened.has_error());
        return opened.error().text;
    };
    Host a(2);
    auto config = a.config;
    config.state_dir = a.scratch.path("no/such");
    CHECK(refusal(config).find("the state directory " + config.state_dir + " cannot be made") == 0);
    a.start();
    CHECK(refusal(a.config).find("is in use by another batond") != std::string::npos);
    a.signatures.reset();
    std::ofstream(a.config.state_dir + "/marks-eth0-ipv4-51") << "spoilt";
    CHECK(refusal(a.config).find("is corrupt") != std::string::npos);
    std::filesystem::remove(a.scratch.path("keys"));
    CHECK(refusal(a.config).find("cannot open the key file") == 0);
}

TEST_CASE("the state directory is private") {
    Host a(2);
    const auto before = ::umask(0);
    a.start();
    ::umask(before);
    struct stat made {};
    REQUIRE(::stat(a.config.state_dir.c_str(), &made) == 0);
    CHECK((made.st_mode & 07777) == 0700);
}

TEST_CASE("another mode is taken over as it runs, and so is an end of it; numbers go on where they were") {
    Host a(2);
    Host b(3);
    a.start();
    b.start();
    auto now = spring;
    const auto replay = b.send(now);
    CHECK(a.hear(replay, b.address, now) == "ok");
    a.config.signatures[0].mode = auth::Mode::receive_only;
    a.config.signatures[0].window = std::chrono::seconds(9);
    a.reload();
    CHECK(a.signatures->view(vrrp::InstanceId{0}, now)->kind == "hmac-sha256 (receive_only)");
    CHECK(a.hear(replay, b.address, now) == "authentication_replay");
    now += 10ms;
    CHECK(a.hear(b.send(now), b.address, now) == "ok");

    const auto signed_size = b.send(now).size();
    const auto signatures = std::exchange(b.config.signatures, {});
    b.reload();
    CHECK(b.send(now).size() < signed_size);
    CHECK_FALSE(b.signatures->view(vrrp::InstanceId{0}, now).has_value());
    b.config.signatures = signatures; // its marks file was closed, or this would be refused
    b.reload();
    now += 10ms;
    CHECK(a.hear(b.send(now), b.address, now) == "ok");
    CHECK(b.signatures->hold_off() == Duration::zero());
}

TEST_CASE("who leaves keeps its keys to the end, who comes has them from the start") {
    Host a(2);
    a.start();
    auto renamed = a.config;
    renamed.settings.instances[0].name = "other";
    renamed.settings.instances[0].vrid = vrrp::Vrid{77};
    const auto before = std::exchange(a.config, renamed);
    (void)a.node->handle(vrrp::Elapsed{}, Time{std::chrono::hours(1)}); // Active
    a.take_files();
    (void)a.node->handle(vrrp::Reconfigured{a.config.settings}, Time{std::chrono::hours(1)});
    a.signatures->assign(*a.node, a.config);
    CHECK(a.signatures->view(vrrp::InstanceId{0}, spring).has_value());
    (void)a.node->handle(vrrp::Commanded{vrrp::Command::shutdown}, Time{std::chrono::hours(1)});
}
