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
    std::string file{}; ///< what it names, and what stands in it is other than what is in use; or empty
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

/// By the name of who uses it: a file in which something other stands than what is in use. What files hold is
/// no part of a configuration, so somebody else has to look.
using FilesByName = std::map<std::string, std::string>;

struct RenewedFiles {
    FilesByName keys{};         ///< of instances
    FilesByName certificates{}; ///< of checks
};

/// Of configurations whose editions are carried on.
[[nodiscard]] Difference difference(const Config& before, const Config& after,
                                    const RenewedFiles& renewed = {});

/// One line: "instance VI_1 is restarted (interface, vrid)".
[[nodiscard]] std::string describe(const Change& change);

/// "2 instances, 1 check unchanged"
[[nodiscard]] std::string describe_unchanged(const Difference& difference);

} // namespace baton::config
