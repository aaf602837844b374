#include "auth/verifier.h"

#include <algorithm>
#include <cassert>

namespace baton::auth {
namespace {

/// As far as the marks file runs ahead. After a crash our numbers are so much ahead of the clock, and must
/// still be within the window of peers; also, so much of a peer's is refused.
constexpr Duration usual_reserve = std::chrono::seconds(1);

Duration reserve_of(const Senders::Settings& settings) {
    const Duration half_a_window = Duration(settings.window) / 2;
    return settings.freshness == Freshness::time ? std::min(usual_reserve, half_a_window) : usual_reserve;
}

} // namespace

Result<Verifier, Error> Verifier::open(Settings settings, KeyRing keys, uid_t user) {
    auto file = MarksFile::open(settings.marks_path, user);
    if (!file)
        return file.error();
    const auto reserve = reserve_of(settings.replay);
    return Verifier(std::move(settings), std::move(keys), Marks(std::move(*file), reserve));
}

Verifier::Verifier(Settings settings, KeyRing keys, Marks marks)
    : settings_(std::move(settings)), keys_(std::move(keys)), marks_(std::move(marks)),
      outgoing_(marks_.saved().own), senders_(settings_.replay, marks_.saved().heard) {
    assert(settings_.replay.limit <= MarksFile::max_senders);
    const bool all_exact = marks_.saved().exact || marks_.saved().heard.empty();
    hold_off_ = all_exact ? Duration::zero() : reserve_of(settings_.replay);
}

void Verifier::use(Mode mode, const Senders::Settings& replay) {
    settings_.mode = mode;
    settings_.replay = replay;
    senders_ = Senders(replay, std::vector<HeardMark>(senders_.marks()));
}

Result<TrailerBytes, Error> Verifier::sign(std::span<const std::uint8_t> message, std::uint8_t version,
                                           std::uint8_t vrid, const IpAddress& source, WallTime now) {
    assert(signs());
    Trailer trailer{keys_.active(), outgoing_.next(now), {}};
    marks_.keep(outgoing_.last(), senders_.marks(), now);
    const auto mac = mac_of(*keys_.find(trailer.key), {version, vrid, source, message}, trailer);
    if (!mac)
        return Error{"libcrypto makes no HMAC-SHA256, so the advert cannot be signed"};
    trailer.mac = *mac;
    return encode(trailer);
}

Verdict Verifier::verify(std::span<const std::uint8_t> payload, std::uint8_t version, std::uint8_t vrid,
                         const IpAddress& source, WallTime now) {
    const auto size = message_size(payload, version, source.family());
    if (!size || payload[0] >> 4 != version || payload[1] != vrid)
        return Refusal::malformed;
    if (payload.size() == *size)
        return settings_.mode == Mode::enforce ? Verdict(Refusal::missing) : Verdict(std::size_t{0});
    if (payload.size() != *size + trailer_size)
        return Refusal::malformed;
    return verify_trailer({version, vrid, source, payload.first(*size)}, payload.last<trailer_size>(), now);
}

Verdict Verifier::verify_trailer(const Statement& statement,
                                 std::span<const std::uint8_t, trailer_size> octets, WallTime now) {
    const auto trailer = decode(octets);
    if (!trailer)
        return Refusal::malformed;
    const auto* key = keys_.find(trailer->key);
    if (key == nullptr)
        return Refusal::unknown_key;
    if (!senders_.in_window(trailer->sequence, now))
        return Refusal::stale;
    const auto mac = mac_of(*key, statement, *trailer);
    if (!mac || !equal(*mac, trailer->mac))
        return Refusal::invalid;
    if (!senders_.admits(statement.source, trailer->sequence, now))
        return Refusal::replay;
    senders_.take(statement.source, trailer->sequence, now);
    marks_.keep(outgoing_.last(), senders_.marks(), now);
    return trailer_size;
}

Duration Verifier::lead(WallTime now) const {
    const auto last = outgoing_.last();
    if (!last || !newer(*last, sequence_at(now)))
        return Duration::zero();
    return std::chrono::seconds(std::max(seconds_ahead(*last, now), 0));
}

std::optional<Error> Verifier::trouble(WallTime now) const {
    if (marks_.trouble())
        return marks_.trouble();
    const auto ahead = std::chrono::floor<std::chrono::seconds>(lead(now));
    if (settings_.replay.freshness == Freshness::monotonic || ahead <= settings_.replay.window)
        return std::nullopt;
    return Error{
        "the numbers of our adverts are " + std::to_string(ahead.count()) +
        " s ahead of the clock, which went back: peers refuse them as not of this time. Give all nodes "
        "new keys, and remove the marks file " +
        settings_.marks_path + " while batond is stopped"};
}

Result<void, Error> Verifier::close() { return marks_.close(outgoing_.last(), senders_.marks()); }

} // namespace baton::auth
