// Whole routers that sign for each other: every refusal, every mode, restarts, rotation, chance.
#include "auth/verifier.h"

#include "../scratch.h"
#include "samples.h"

#include <random>

using namespace baton;
using namespace baton::auth;
using namespace baton::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t vrid = 10;

const std::string first_key = "1 " + secret('a') + "\n";
const std::string second_key = "2 " + secret('b') + "\n";
const std::string both_keys = first_key + second_key;

KeyRing ring_of(const std::string& keys) {
    auto ring = KeyRing::parse(keys, "keys");
    REQUIRE(ring.has_value());
    return std::move(*ring);
}

/// A router with a directory of its own; it can crash, stop and start again.
class Router {
public:
    explicit Router(Freshness freshness = Freshness::time, Mode mode = Mode::enforce,
                    std::string keys = both_keys)
        : mode_(mode), freshness_(freshness), keys_(std::move(keys)) {
        start();
    }

    void start() {
        verifier_.reset(); // a crash: nothing is written
        auto opened = Verifier::open({mode_, {freshness_, 5s}, scratch_.path("marks")}, ring_of(keys_));
        REQUIRE_MESSAGE(opened.has_value(), opened.error().text);
        verifier_.emplace(std::move(*opened));
    }

    void stop() { REQUIRE(verifier_->close().has_value()); }

    [[nodiscard]] std::vector<std::uint8_t> send(WallTime now) {
        auto payload = message;
        const auto trailer = verifier_->sign(message, 3, vrid, peer_address, now);
        REQUIRE(trailer.has_value());
        payload.insert(payload.end(), trailer->begin(), trailer->end());
        return payload;
    }

    [[nodiscard]] Verdict hear(const std::vector<std::uint8_t>& payload, WallTime now) {
        return verifier_->verify(payload, 3, vrid, peer_address, now);
    }

    [[nodiscard]] bool takes(const std::vector<std::uint8_t>& payload, WallTime now) {
        const auto verdict = hear(payload, now);
        return verdict && *verdict == trailer_size;
    }

    Verifier* operator->() { return &*verifier_; }

private:
    Scratch scratch_;
    Mode mode_;
    Freshness freshness_;
    std::string keys_;
    std::optional<Verifier> verifier_;
};

void check_refused(const Verdict& verdict, Refusal refusal) {
    REQUIRE(verdict.has_error());
    CHECK(verdict.error() == refusal);
}

} // namespace

TEST_CASE("what one signs, the other takes, once") {
    for (const auto freshness : {Freshness::time, Freshness::monotonic}) {
        Router sender(freshness);
        Router receiver(freshness);
        const auto payload = sender.send(spring);
        CHECK(receiver.takes(payload, spring));
        check_refused(receiver.hear(payload, spring), Refusal::replay);
        CHECK(receiver.takes(sender.send(spring), spring));
    }
}

TEST_CASE("each refusal has its cause") {
    Router sender;
    Router receiver(Freshness::time, Mode::enforce, "1 " + secret('a'));
    const auto good = sender.send(spring);

    check_refused(receiver.hear(message, spring), Refusal::missing);
    for (const std::size_t size : {0U, 7U, 11U, 13U, 39U, 41U, 68U}) {
        auto other = good;
        other.resize(size);
        check_refused(receiver.hear(other, spring), Refusal::malformed);
    }
    auto odd = good;
    odd[message.size()] = 2;
    check_refused(receiver.hear(odd, spring), Refusal::malformed);
    check_refused(receiver->verify(good, 2, vrid, peer_address, spring), Refusal::malformed);
    check_refused(receiver->verify(good, 3, 11, peer_address, spring), Refusal::malformed);
    sender->use(ring_of(second_key + first_key));
    check_refused(receiver.hear(sender.send(spring + 2s), spring), Refusal::unknown_key);
    check_refused(receiver.hear(good, spring + 6s), Refusal::stale);
    check_refused(receiver.hear(good, spring - 6s), Refusal::stale);
    check_refused(receiver->verify(good, 3, vrid, other_address, spring), Refusal::invalid);
    Router stranger(Freshness::time, Mode::enforce, "1 " + secret('c'));
    check_refused(receiver.hear(stranger.send(spring), spring), Refusal::invalid);
    CHECK(receiver.takes(good, spring));
    check_refused(receiver.hear(good, spring), Refusal::replay);
}

TEST_CASE("a forged advert with a great number does not move the mark") {
    Router sender;
    Router receiver;
    auto forged = sender.send(spring + 4s);
    forged.back() ^= 1;
    check_refused(receiver.hear(forged, spring), Refusal::invalid);
    Router honest;
    CHECK(receiver.takes(honest.send(spring), spring));
}

TEST_CASE(
    "permissive signs and takes bare adverts, receive_only does not sign; neither takes a bad trailer") {
    for (const auto mode : {Mode::permissive, Mode::receive_only}) {
        Router receiver(Freshness::time, mode);
        CHECK(receiver->signs() == (mode == Mode::permissive));
        const auto bare = receiver.hear(message, spring);
        REQUIRE(bare.has_value());
        CHECK(*bare == 0);
        Router sender;
        auto payload = sender.send(spring);
        CHECK(receiver.takes(payload, spring));
        check_refused(receiver.hear(payload, spring), Refusal::replay);
        payload.back() ^= 1;
        check_refused(receiver.hear(payload, spring), Refusal::invalid);
    }
}

TEST_CASE("a marks file serves one at a time, and is free again when that one is gone") {
    const Scratch scratch;
    const auto open = [&] {
        return Verifier::open({Mode::enforce, {}, scratch.path("marks")}, ring_of(both_keys));
    };
    {
        const auto first = open();
        REQUIRE(first.has_value());
        const auto second = open();
        REQUIRE(second.has_error());
        CHECK(second.error().text.find("is in use by another batond") != std::string::npos);
    }
    CHECK(open().has_value());
}

TEST_CASE("a receiver that restarts or crashes takes no advert a second time") {
    for (const auto freshness : {Freshness::time, Freshness::monotonic})
        for (const bool orderly : {true, false}) {
            CAPTURE(orderly);
            Router sender(freshness);
            Router receiver(freshness);
            std::vector<std::vector<std::uint8_t>> recorded;
            auto now = spring;
            for (int i = 0; i < 300; ++i, now += 10ms) {
                recorded.push_back(sender.send(now));
                REQUIRE(receiver.takes(recorded.back(), now));
                if (i % 50 != 0)
                    continue;
                if (orderly)
                    receiver.stop();
                receiver.start();
                CHECK(receiver->hold_off() == (orderly ? 0s : 1s));
                check_refused(receiver.hear(recorded.back(), now), Refusal::replay);
                for (const auto& payload : recorded) // the first of them are stale by now
                    CHECK_FALSE(receiver.hear(payload, now).has_value());
                now += receiver->hold_off(); // from then on it hears its peer as before
            }
        }
}

TEST_CASE("after an orderly end the very next advert is taken") {
    Router sender;
    Router receiver;
    CHECK(receiver.takes(sender.send(spring), spring));
    receiver.stop();
    receiver.start();
    CHECK(receiver.takes(sender.send(spring), spring));
}

TEST_CASE("a sender that restarts or crashes repeats no number, and its peers take it at once") {
    for (const bool orderly : {true, false}) {
        Router sender;
        Router receiver;
        auto now = spring;
        for (int i = 0; i < 200; ++i, now += 7ms) {
            CHECK(receiver.takes(sender.send(now), now));
            if (i % 20 != 0)
                continue;
            if (orderly)
                sender.stop();
            sender.start();
            CHECK(receiver.takes(sender.send(now), now)); // at once, by the same clock
            CHECK(sender->lead(now) <= 1s);               // the reserve, however often it dies
        }
    }
}

TEST_CASE("a clock that goes back does not make a sender repeat itself, and tells so") {
    Router sender(Freshness::monotonic);
    Router receiver(Freshness::monotonic);
    CHECK(receiver.takes(sender.send(spring), spring));
    CHECK(receiver.takes(sender.send(spring - 1h), spring));
    CHECK(sender->lead(spring - 1h) == 1h);
    CHECK(sender->lead(spring + 1s) == 0s);
    CHECK_FALSE(sender->trouble(spring - 1h).has_value()); // by growth alone no peer minds
    sender.stop();
    sender.start();
    CHECK(receiver.takes(sender.send(spring - 1h), spring));
}

TEST_CASE("a clock that went back farther than the window is trouble, where the time counts") {
    Router sender;
    (void)sender.send(spring);
    CHECK_FALSE(sender->trouble(spring - 5s).has_value());
    const auto trouble = sender->trouble(spring - 1h);
    REQUIRE(trouble.has_value());
    CHECK(trouble->text.find("3600 s ahead of the clock") != std::string::npos);
    CHECK_FALSE(sender->trouble(spring).has_value());
}

TEST_CASE("keys are rotated without one advert refused") {
    Router left(Freshness::time, Mode::enforce, first_key);
    Router right(Freshness::time, Mode::enforce, first_key);
    auto now = spring;
    const auto both_ways = [&] {
        for (int i = 0; i < 3; ++i, now += 100ms) {
            CHECK(right.takes(left.send(now), now));
            CHECK(left.takes(right.send(now), now));
        }
    };
    both_ways();
    for (const auto& keys : {both_keys, second_key + first_key, second_key})
        for (auto* router : {&left, &right}) {
            (*router)->use(ring_of(keys));
            both_ways();
        }
    CHECK(left->active_key() == KeyId{2});
}

TEST_CASE("no advert changed by chance is ever taken") {
    std::mt19937 chance(20240324);
    Router sender;
    for (const auto mode : {Mode::enforce, Mode::permissive}) {
        Router receiver(Freshness::monotonic, mode);
        for (int round = 0; round < 20'000; ++round) {
            const auto good = sender.send(spring);
            auto changed = good;
            for (auto flips = 1 + chance() % 3; flips > 0; --flips)
                changed[chance() % changed.size()] ^= static_cast<std::uint8_t>(1U << chance() % 8);
            changed[6] = good[6]; // the checksum is not under the MAC
            changed[7] = good[7];
            if (changed != good)
                CHECK_UNARY_FALSE(receiver.hear(changed, spring).has_value());
        }
        CHECK(receiver.takes(sender.send(spring), spring));
    }
}

TEST_CASE("version 2 and IPv6 are signed as well") {
    Router sender;
    Router receiver;
    const auto v6 = IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
    std::vector<std::uint8_t> long_message(24, 0x31);
    long_message[1] = vrid;
    long_message[3] = 1;
    const auto round = [&](std::uint8_t version, const IpAddress& source, std::size_t size) {
        auto payload = std::vector<std::uint8_t>(long_message.begin(),
                                                 long_message.begin() + static_cast<std::ptrdiff_t>(size));
        payload[0] = static_cast<std::uint8_t>(version << 4 | 1);
        const auto trailer = sender->sign(payload, version, vrid, source, spring);
        REQUIRE(trailer.has_value());
        payload.insert(payload.end(), trailer->begin(), trailer->end());
        return receiver->verify(payload, version, vrid, source, spring);
    };
    CHECK(round(2, peer_address, 20).has_value());
    CHECK(round(3, v6, 24).has_value());
}
