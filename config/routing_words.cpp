#include "config/routing_words.h"

#include "config/members.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace baton::config {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 5> scopes{
    {{"global", 0}, {"site", 200}, {"link", scope_link}, {"host", 254}, {"nowhere", scope_nowhere}}};

/// "0x10"; the schema has looked at its form.
std::uint32_t hexadecimal(std::string_view text) {
    std::uint32_t value = 0;
    text.remove_prefix(2);
    (void)std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

} // namespace

std::optional<std::uint8_t> read_scope(const Json& object) {
    const auto* value = find(object, "scope");
    if (value != nullptr && value->is_number())
        return static_cast<std::uint8_t>(large_number(object, "scope"));
    const auto word = text(object, "scope");
    for (const auto& [name, scope] : scopes)
        if (name == word)
            return scope;
    return std::nullopt;
}

std::uint32_t read_table(const Json& object) {
    const auto number = large_number(object, "table");
    return number == 0 ? netlink::main_table : number;
}

std::string name_of_table(std::uint32_t table) {
    return table == netlink::main_table ? "table main" : "table " + std::to_string(table);
}

Result<netlink::FirewallMark, Error> read_mark(const Json& value) {
    if (value.is_number())
        return netlink::FirewallMark{static_cast<std::uint32_t>(value.get<double>())};
    const auto& text = value.get_ref<const std::string&>();
    const auto slash = text.find('/');
    netlink::FirewallMark mark{hexadecimal(std::string_view(text).substr(0, slash))};
    if (slash != std::string::npos)
        mark.mask = hexadecimal(std::string_view(text).substr(slash + 1));
    if ((mark.value & ~mark.mask) != 0)
        return Error{"no mark is " + text.substr(0, slash) + " under the mask " + text.substr(slash + 1) +
                     "; set these bits in the mask, too"};
    if (mark.mask == 0)
        return Error{"every mark matches under a mask of 0; leave this out"};
    return mark;
}

} // namespace baton::config
