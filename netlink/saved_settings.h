// Changes settings of interfaces for a while, and puts back what was there.
//
// What is right already is not written, so a read-only /proc/sys with the right values is no trouble. What
// somebody else has changed since stays as they want it. Routers that share an interface share one of these,
// or the first to go would take from the others. Put back by a daemon that ends, not by one that is killed:
// the next takes the settings for those that were there.
#pragma once

#include "base/result.h"
#include "netlink/interface_settings.h"

#include <vector>

namespace baton::netlink {

class SavedSettings {
public:
    /// `socket` must outlive this.
    explicit SavedSettings(Socket& socket) : settings_(socket) {}

    /// Puts everything back. Failures are nobody's to hear: whoever wants them calls restore() before.
    ~SavedSettings();
    SavedSettings(const SavedSettings&) = delete;
    SavedSettings& operator=(const SavedSettings&) = delete;

    /// When this is done, the kernel has it so. The value before the first change is what is remembered.
    [[nodiscard]] Result<void, Error> set(IfIndex interface, Setting setting, int value);

    /// As InterfaceSettings has it.
    [[nodiscard]] bool does_ipv6(IfIndex interface) { return settings_.does_ipv6(interface); }

    /// Puts everything back, the last change first, and forgets it. An interface that is gone took its
    /// settings along. All are tried; the error names each that failed.
    [[nodiscard]] Result<void, Error> restore();

    /// The same for one interface alone.
    [[nodiscard]] Result<void, Error> restore(IfIndex interface);

private:
    struct Change {
        IfIndex interface;
        Setting setting;
        int before;
        int ours; ///< the value we gave it
    };

    [[nodiscard]] Result<void, Error> put_back(const Change& change);
    [[nodiscard]] Result<void, Error> put_back_all(std::vector<Change> changes);

    InterfaceSettings settings_;
    std::vector<Change> changes_;
};

} // namespace baton::netlink
