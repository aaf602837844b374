// What is different between two configurations, by name: what a reload would do, in words.
//
// Pure. Which instance goes on and which begins anew is the core's rule (InstanceSettings::becomes); here it
// is only foretold.
#pragma once

#include "config/config.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace baton::config {

struct Change {
    enum class Kind : std::uint8_t { setting, check, instance, sync_group };
    enum class What : std::uint8_t {
        added,
        removed,
        changed,  ///< in place: nothing of it stops
        restarted ///< hands over and begins anew
    };
    Kind kind{};
    What what{};
    std::string name;              ///< of a setting: its key
    std::vector<std::string> keys; ///< that differ, as in the file; none for a setting
    std::string key_file{};        ///< whose keys are others now; empty if they are the same
};

[[nodiscard]] const char* to_string(Change::Kind kind);
[[nodiscard]] const char* to_string(Change::What what);

struct Difference {
    std::vector<Change>
        changes; ///< settings, checks, instances, sync groups; each as in the file, removed ones last
    std::size_t unchanged_instances{0};
    std::size_t unchanged_checks{0};
    std::size_t unchanged_sync_groups{0};
    /// The keys that only a new start reads: with one of these nothing can be taken over.
    std::vector<std::string> needs_restart;
};

/// What the host does for an instance is no business of the core: it is told by the number of the edition.
/// Those that are the same get the number they had, the others the next.
void carry_editions(const Config& before, Config& after);

/// By the name of the instance: its key file, where other keys stand in it than those in use. The keys are no
/// part of a configuration, so somebody else has to look.
using RenewedKeys = std::map<std::string, std::string>;

/// Of configurations whose editions are carried on.
[[nodiscard]] Difference difference(const Config& before, const Config& after,
                                    const RenewedKeys& renewed = {});

/// One line: "instance VI_1 is restarted (interface, vrid)".
[[nodiscard]] std::string describe(const Change& change);

/// "2 instances, 1 check unchanged"
[[nodiscard]] std::string describe_unchanged(const Difference& difference);

} // namespace baton::config
