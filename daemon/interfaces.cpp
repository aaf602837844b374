#include "daemon/interfaces.h"

#include "base/nearest.h"

#include <net/if.h>
#include <vector>

namespace baton::daemon {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

} // namespace

std::map<std::string, IfIndex> interfaces_of_this_host() {
    std::map<std::string, IfIndex> present;
    struct if_nameindex* all = if_nameindex();
    if (all == nullptr)
        return present;
    for (const auto* entry = all; entry->if_index != 0; ++entry)
        present.emplace(entry->if_name, IfIndex{entry->if_index});
    if_freenameindex(all);
    return present;
}

config::Errors unknown_interfaces(const config::Loaded& loaded,
                                  const std::map<std::string, IfIndex>& present) {
    std::vector<std::string> names;
    names.reserve(present.size());
    for (const auto& [name, index] : present)
        names.push_back(name);

    config::Errors errors;
    const auto require = [&](const std::string& name, const std::string& pointer) {
        if (present.count(name) == 0)
            errors.push_back(loaded.problem(pointer, "there is no interface \"" + name + "\" on this host",
                                            nearest(name, names), joined(names)));
    };
    for (const auto& instance : loaded.config.settings.instances) {
        const auto at = "/instances/" + instance.name;
        require(instance.interface, at + "/interface");
        for (std::size_t i = 0; i < instance.track.size(); ++i)
            if (instance.track[i].kind == vrrp::TrackSettings::Kind::interface)
                require(instance.track[i].name, at + "/track/" + std::to_string(i) + "/interface");
    }
    return errors;
}

} // namespace baton::daemon
