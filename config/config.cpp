#include "config/config.h"

#include <algorithm>
#include <iterator>

namespace baton::config {

std::string type_of_check(const Config& config, const std::string& name) {
    const auto& all = config.settings.checks;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& check) { return check.name == name; });
    if (found == all.end())
        return {};
    constexpr const char* words[] = {"script", "haproxy", "smtp",    "tcp",  "http",
                                     "ping",   "dns",     "process", "file", "systemd"};
    static_assert(std::size(words) == std::variant_size_v<CheckWork>);
    return words[config.checks[static_cast<std::size_t>(found - all.begin())].work.index()];
}

} // namespace baton::config
