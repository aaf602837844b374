#include "vrrp/listeners.h"

#include <algorithm>

namespace baton::vrrp {

void Listeners::index(const Settings& settings, const Interfaces& interfaces) {
    listeners_.clear();
    for (std::size_t i = 0; i < settings.instances.size(); ++i) {
        const auto& instance = settings.instances[i];
        const auto& interface = interfaces.named(instance.interface);
        if (interface.index != IfIndex{})
            listeners_.push_back({interface.index, instance.vrid, instance.family(), i});
    }
    std::sort(listeners_.begin(), listeners_.end(),
              [](const Listener& a, const Listener& b) { return a.key() < b.key(); });
}

std::optional<std::size_t> Listeners::find(IfIndex interface, Vrid vrid, Family family) const {
    const Listener wanted{interface, vrid, family, 0};
    const auto found =
        std::lower_bound(listeners_.begin(), listeners_.end(), wanted,
                         [](const Listener& a, const Listener& b) { return a.key() < b.key(); });
    if (found == listeners_.end() || found->key() != wanted.key())
        return std::nullopt;
    return found->router;
}

} // namespace baton::vrrp
