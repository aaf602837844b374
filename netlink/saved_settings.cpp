#include "netlink/saved_settings.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <net/if.h>
#include <utility>

namespace baton::netlink {

namespace {

bool is_gone(IfIndex interface) {
    std::array<char, IF_NAMESIZE> name{};
    return interface != all_interfaces && ::if_indextoname(interface.value, name.data()) == nullptr;
}

} // namespace

SavedSettings::~SavedSettings() { (void)restore(); }

Result<void, Error> SavedSettings::set(IfIndex interface, Setting setting, int value) {
    const auto before = settings_.read(interface, setting);
    if (!before)
        return before.error();
    if (*before == value)
        return {};
    if (auto written = settings_.write(interface, setting, value); !written)
        return written;
    const auto same = std::find_if(changes_.begin(), changes_.end(), [&](const Change& change) {
        return change.interface == interface && change.setting == setting;
    });
    if (same == changes_.end())
        changes_.push_back({interface, setting, *before, value});
    else
        same->ours = value;
    return {};
}

Result<void, Error> SavedSettings::restore() { return put_back_all(std::exchange(changes_, {})); }

Result<void, Error> SavedSettings::restore(IfIndex interface) {
    std::vector<Change> changes;
    std::copy_if(changes_.begin(), changes_.end(), std::back_inserter(changes),
                 [&](const Change& change) { return change.interface == interface; });
    std::erase_if(changes_, [&](const Change& change) { return change.interface == interface; });
    return put_back_all(std::move(changes));
}

Result<void, Error> SavedSettings::put_back_all(std::vector<Change> changes) {
    std::reverse(changes.begin(), changes.end());
    std::string failures;
    for (const Change& change : changes)
        if (const auto done = put_back(change); !done)
            failures += (failures.empty() ? "" : "; ") + done.error().text;
    if (!failures.empty())
        return Error{failures};
    return {};
}

Result<void, Error> SavedSettings::put_back(const Change& change) {
    if (is_gone(change.interface))
        return {};
    const auto now = settings_.read(change.interface, change.setting);
    if (!now)
        return now.error();
    if (*now != change.ours)
        return {};
    return settings_.write(change.interface, change.setting, change.before);
}

} // namespace baton::netlink
