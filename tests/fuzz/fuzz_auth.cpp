// What comes from outside into auth/: a signed advert's trailer, a key file, a marks file.
//
//   octet 0, modulo 3     0: the rest is a payload   1: the rest is the text of a key file   2: a slot of
//   marks
#include "auth/keys.h"
#include "auth/marks_slot.h"
#include "auth/trailer.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"

#include <algorithm>
#include <string>

using namespace baton;
using namespace baton::auth;
using fuzz::must;

namespace {

using Bytes = std::vector<std::uint8_t>;

void check_trailer(std::span<const std::uint8_t> octets, std::size_t message, std::uint8_t version) {
    const auto last = octets.last<trailer_size>();
    const auto trailer = decode(last);
    must(trailer.has_value() == (last[0] == 1 && last[1] != 0 && last[2] == 0 && last[3] == 0),
         "a trailer is of type 1, with a key and nothing reserved");
    if (!trailer)
        return;
    const auto again = encode(*trailer);
    must(std::equal(again.begin(), again.end(), last.begin()), "a trailer encodes to the same octets");
    const Key key{Bytes(Key::min_size, 7)};
    const Statement statement{version, octets[1], IpAddress::v4(10, 0, 1, 3), octets.first(message)};
    const auto mac = mac_of(key, statement, *trailer);
    must(mac.has_value() && equal(*mac, *mac), "a MAC can be made of whatever has come in");
    must(!equal(*mac, trailer->mac), "and is not guessed");
}

void read_payload(fuzz::Input& input) {
    const auto how = input.byte();
    const auto version = static_cast<std::uint8_t>((how & 1) != 0 ? 2 : 3);
    const auto family = (how & 2) != 0 ? Family::ipv6 : Family::ipv4;
    const auto payload = input.take_copy(5000);
    const auto message = message_size(payload, version, family);
    const auto trailer = trailer_in(payload, version, family);
    must(trailer == 0 || trailer == trailer_size, "a trailer has one size");
    must((trailer != 0) == (message && payload.size() == *message + trailer_size), "and is all that follows");
    if (trailer != 0)
        check_trailer(payload, *message, version);
}

void read_keys(fuzz::Input& input) {
    (void)input.byte(); // was once the key to sign with; the corpus has it
    const auto rest = input.take(5000);
    const std::string text(rest.begin(), rest.end());
    const auto keys = KeyRing::parse(text, "keys");
    if (!keys) {
        must(!keys.error().text.empty(), "whoever refuses says why");
        return;
    }
    must(keys->find(keys->active()) != nullptr, "the key to sign with is there");
    must(keys->find(KeyId{0}) == nullptr, "no key has number 0");
}

Slot slot_from(fuzz::Input& input) {
    Slot slot;
    slot.generation = input.word();
    if (input.flag())
        slot.marks.own = Sequence{input.word() * 0x0001'0001'0001'0001U};
    slot.marks.exact = input.flag();
    const auto count = input.byte();
    for (unsigned i = 0; i < count; ++i) {
        const auto last = static_cast<std::uint8_t>(i);
        const auto source = input.flag()
                                ? IpAddress::v4(10, 0, 1, last)
                                : IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last});
        slot.marks.heard.push_back({source, Sequence{input.word()}});
    }
    return slot;
}

void read_slot(fuzz::Input& input) {
    auto guess = input.take_copy(input.byte());
    guess.resize(slot_size);
    must(!decode_slot(guess), "no slot is guessed: it has a digest");
    const auto slot = slot_from(input);
    auto octets = *encode(slot);
    octets.resize(slot_size); // as it stands in the file
    const auto again = decode_slot(octets);
    must(again && again->generation == slot.generation && again->marks == slot.marks,
         "a slot decodes to what was encoded");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input({data, size});
    switch (input.below(3)) {
    case 0:
        read_payload(input);
        break;
    case 1:
        read_keys(input);
        break;
    default:
        read_slot(input);
    }
    return 0;
}
