#include "config/config.h"

#include <iterator>

namespace baton::config {

std::string type_of(const Check& check) {
    constexpr const char* words[] = {"script", "haproxy", "smtp",    "tcp",  "http",
                                     "ping",   "dns",     "process", "file", "systemd"};
    static_assert(std::size(words) == std::variant_size_v<CheckWork>);
    return words[check.work.index()];
}

} // namespace baton::config
