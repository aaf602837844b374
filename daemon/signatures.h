// The keys and numbers of those instances whose adverts are signed, and what becomes of adverts by them.
//
// Opened before the daemon takes part or goes by another configuration, and never falls back to no
// authentication: without its keys or its marks file nothing starts. Decides nothing of the protocol: what is
// refused goes to the Node as a value. Decision 013.
#pragma once

#include "auth/verifier.h"
#include "config/config.h"
#include "config/difference.h"
#include "control/report.h"
#include "vrrp/node.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baton::daemon {

class Signatures {
public:
    /// What an operator should hear of, about one instance.
    struct News {
        enum class Kind : std::uint8_t { trouble, trouble_ended, keys_read };
        std::string instance; ///< its name
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

    /// All that another configuration needs of files: its keys, read again, and marks files not yet open.
    struct Prepared;

    /// Reads the key files. Changes nothing, here or in any file; an error names the first that is in the
    /// way.
    [[nodiscard]] Result<Prepared, Error> read_keys(const config::Config& config) const;

    /// Opens the marks files that are not open yet. Changes nothing here; an error as above. Those that are
    /// new go again with `prepared`, unless that is taken.
    [[nodiscard]] Result<void, Error> open_marks(Prepared& prepared, const config::Config& config) const;

    /// Goes by these from now on. assign() is to be called once the node has the configuration too.
    void take(Prepared&& prepared);

    /// Which instance has which keys: to be called when the node's occupants may be others. Who leaves keeps
    /// its keys to the end; what nobody needs any more is closed.
    void assign(const vrrp::Node& node, const config::Config& config);

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
        std::string instance;                   ///< its name
        std::optional<auth::TrailerBytes> last; ///< of the advert that goes to several peers
        bool in_trouble{false};
    };

    [[nodiscard]] Entry* find(vrrp::InstanceId instance) const;
    [[nodiscard]] const Entry* entry_of(const std::string& marks, const std::string& instance) const;
    [[nodiscard]] std::optional<vrrp::Reject> refusal(Entry& entry, const Datagram& datagram,
                                                      const vrrp::Advert& advert, auth::WallTime now);
    void watch(Entry& entry, auth::WallTime now);
    void close(Entry& entry);
    /// `wanted` is the marks file of each instance, by name.
    void close_unused(const std::map<std::string, std::string>& wanted);

    std::map<std::string, Entry> entries_; ///< by the name of the marks file
    std::vector<Entry*> used_by_;          ///< by InstanceId; null: it signs and verifies nothing
    std::vector<News> news_;
};

/// A file that goes again with this, unless it is kept.
class NewFile {
public:
    NewFile() = default;
    explicit NewFile(std::string path) : path_(std::move(path)) {}
    ~NewFile();
    NewFile(NewFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    NewFile& operator=(NewFile&&) = delete;
    void keep() { path_.clear(); }

private:
    std::string path_;
};

struct Signatures::Prepared {
    struct One {
        std::string instance; ///< its name
        auth::Mode mode{};
        auth::Senders::Settings replay;
        auth::KeyRing keys;
        std::optional<NewFile> made;          ///< the marks file, if there was none: ends after `opened`
        std::optional<auth::Verifier> opened; ///< where there is none yet
    };
    std::map<std::string, One> all; ///< by the name of the marks file
    config::FilesByName renewed;    ///< of those that have keys already
};

/// How a refused signature is counted.
[[nodiscard]] vrrp::Reject reject_of(auth::Refusal refusal);

/// "marks-eth0-ipv4-51": the marks file of a virtual router, in the state directory.
[[nodiscard]] std::string marks_name(const vrrp::InstanceSettings& instance);

} // namespace baton::daemon
