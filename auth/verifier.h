// Signs the adverts of one virtual router and verifies those of its peers, as keepalived 2.4 does
// (auth_hmac).
//
// Joins the parts: trailer, keys, numbers, and the file that keeps the numbers. Reads no clock and no socket;
// the file is read at open() and written as auth/marks.h says. Nothing here ever falls back to no
// authentication.
#pragma once

#include "auth/keys.h"
#include "auth/marks.h"
#include "auth/sequence.h"
#include "auth/settings.h"
#include "auth/trailer.h"

#include <string>
#include <unistd.h>

namespace baton::auth {

/// Why an advert is not to be believed; in the order of the checks.
enum class Refusal : std::uint8_t {
    missing,   ///< bare, in Mode::enforce
    malformed, ///< neither bare nor one trailer long, not the version or VRID asked for, or a strange trailer
    unknown_key, ///< no key of that number
    stale,       ///< Freshness::time: outside the window
    invalid,     ///< the MAC is wrong
    replay,      ///< not above the sender's mark; or a new sender, and no room to remember it
};

/// Octets of trailer behind the advert, trailer_size or 0 (bare), or why it is refused.
using Verdict = Result<std::size_t, Refusal>;

class Verifier {
public:
    struct Settings {
        Mode mode{Mode::enforce};
        Senders::Settings replay; ///< window: default_window() where the operator names none
        std::string marks_path; ///< a file of this virtual router alone, in a directory that survives a boot
    };

    /// Opens the marks file, or makes it. Fails where that does (MarksFile::open). `user` is who the daemon
    /// runs as.
    [[nodiscard]] static Result<Verifier, Error> open(Settings settings, KeyRing keys,
                                                      uid_t user = ::geteuid());

    [[nodiscard]] bool signs() const { return settings_.mode != Mode::receive_only; }
    [[nodiscard]] Mode mode() const { return settings_.mode; }

    /// The key that signs, where signs().
    [[nodiscard]] KeyId active_key() const { return keys_.active(); }

    /// It signs and verifies with these already.
    [[nodiscard]] bool uses(const KeyRing& keys) const { return keys_.same_as(keys); }

    /// From now on it signs and verifies with these. Numbers and marks stay as they are.
    void use(KeyRing keys) { keys_ = std::move(keys); }

    /// And by these rules.
    void use(Mode mode, const Senders::Settings& replay);

    /// The trailer for a message about to be sent, where signs(); its checksum may be anything. Each call
    /// takes a number of its own. An error when libcrypto fails: then the advert must not be sent.
    [[nodiscard]] Result<TrailerBytes, Error> sign(std::span<const std::uint8_t> message,
                                                   std::uint8_t version, std::uint8_t vrid,
                                                   const IpAddress& source, WallTime now);

    /// To be asked last, of an advert in which nothing else is wrong: the sender's mark moves when it is
    /// accepted, and hop limit, destination and checksum are not under the MAC. `payload` is all that IP
    /// carried.
    [[nodiscard]] Verdict verify(std::span<const std::uint8_t> payload, std::uint8_t version,
                                 std::uint8_t vrid, const IpAddress& source, WallTime now);

    /// For so long after open() a true advert may be refused as a replay: zero, unless the last end was a
    /// crash. A router that starts only then takes nobody for dead who is not.
    [[nodiscard]] Duration hold_off() const { return hold_off_; }

    /// How far the next number is ahead of the clock; zero as long as the clock goes forward. Beyond a peer's
    /// window that peer refuses us as stale.
    [[nodiscard]] Duration lead(WallTime now) const;

    /// Why peers may refuse us, or forget us in a crash: the marks file cannot be written, or lead() is
    /// beyond our own window. Nothing while all is well.
    [[nodiscard]] std::optional<Error> trouble(WallTime now) const;

    /// The orderly end, after the last advert: the next start goes on exactly from here.
    [[nodiscard]] Result<void, Error> close();

private:
    Verifier(Settings settings, KeyRing keys, Marks marks);

    [[nodiscard]] Verdict verify_trailer(const Statement& statement,
                                         std::span<const std::uint8_t, trailer_size> octets, WallTime now);

    Settings settings_;
    KeyRing keys_;
    Marks marks_;
    Outgoing outgoing_;
    Senders senders_;
    Duration hold_off_;
};

} // namespace baton::auth
