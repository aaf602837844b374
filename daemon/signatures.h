// The keys and numbers of those instances whose adverts are signed, and what becomes of adverts by them.
//
// Opened before the daemon takes part, and never falls back to no authentication: without its keys or its
// marks file nothing starts. Decides nothing of the protocol: what is refused goes to the Node as a value.
// Decision 013.
#pragma once

#include "auth/verifier.h"
#include "config/config.h"
#include "control/report.h"
#include "vrrp/node.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace baton::daemon {

class Signatures {
public:
    /// What an operator should hear of, about one instance.
    struct News {
        enum class Kind : std::uint8_t { trouble, trouble_ended, keys_read, keys_refused };
        vrrp::InstanceId instance;
        Kind kind{};
        std::string text; ///< why, or which key signs now
    };

    Signatures() = default; ///< nothing is signed

    /// Reads the key files, and opens the marks files in config.state_dir, which is made where there is none.
    [[nodiscard]] static Result<Signatures, Error> open(const config::Config& config);

    /// The event that a datagram is. A signature is looked at last, of an advert that the node would take.
    [[nodiscard]] vrrp::Event hear(const vrrp::Node& node, const Datagram& datagram, auth::WallTime now);

    /// The message with its trailer, in `buffer`, where encode() has written it; unchanged where nothing is
    /// signed. An error: it must not be sent.
    [[nodiscard]] Result<std::span<const std::uint8_t>, Error>
    sealed(const vrrp::SendAdvert& effect, std::span<const std::uint8_t> message,
           std::span<std::uint8_t, vrrp::max_advert_size> buffer, auth::WallTime now);

    /// Reads the key files again. Where one is wrong, the keys of its instance stay as they are. False when
    /// there is none.
    [[nodiscard]] bool read_keys_again();

    /// For so long after open() true adverts may be refused as replays (auth::Verifier::hold_off()).
    [[nodiscard]] Duration hold_off() const;

    /// What has not been asked for yet.
    [[nodiscard]] std::vector<News> news() { return std::exchange(news_, {}); }

    /// For the status; nothing when the instance signs and verifies nothing.
    [[nodiscard]] std::optional<control::Authentication> view(vrrp::InstanceId instance,
                                                              auth::WallTime now) const;

    /// The orderly end, after the last advert. What could not be written is in news().
    void close();

private:
    struct Entry {
        auth::Verifier verifier;
        std::string keys;
        std::optional<auth::TrailerBytes> last; ///< of the advert that goes to several peers
        bool in_trouble{false};
    };

    [[nodiscard]] Entry* find(vrrp::InstanceId instance);
    [[nodiscard]] std::optional<vrrp::Reject> refusal(Entry& entry, const Datagram& datagram,
                                                      const vrrp::Advert& advert, auth::WallTime now);
    void watch(vrrp::InstanceId instance, Entry& entry, auth::WallTime now);

    std::vector<std::optional<Entry>> entries_; ///< by InstanceId
    std::vector<News> news_;
};

/// How a refused signature is counted.
[[nodiscard]] vrrp::Reject reject_of(auth::Refusal refusal);

/// "marks-eth0-ipv4-51": the marks file of a virtual router, in the state directory.
[[nodiscard]] std::string marks_name(const vrrp::InstanceSettings& instance);

} // namespace baton::daemon
