#include "netlink/rule.h"

#include <array>
#include <cstdio>

namespace baton::netlink {

namespace {

std::string hexadecimal(std::uint32_t value) {
    std::array<char, 11> text{};
    std::snprintf(text.data(), text.size(), "0x%x", value);
    return text.data();
}

void drop_if_all(std::optional<Prefix>& prefix) {
    if (prefix && prefix->length == 0)
        prefix.reset();
}

} // namespace

Rule normal(Rule rule) {
    drop_if_all(rule.from);
    drop_if_all(rule.to);
    if (rule.table == 0) // the kernel would look for an empty one
        rule.table = main_table;
    if (rule.mark && rule.mark->value == 0 && rule.mark->mask == 0)
        rule.mark.reset();
    return rule;
}

std::string describe(const Rule& rule) {
    std::string text = "from " + (rule.from ? rule.from->to_string() : "all");
    if (rule.to)
        text += " to " + rule.to->to_string();
    if (rule.mark)
        text += " fwmark " + hexadecimal(rule.mark->value) + "/" + hexadecimal(rule.mark->mask);
    if (!rule.iif.empty())
        text += " iif " + rule.iif;
    if (!rule.oif.empty())
        text += " oif " + rule.oif;
    return text + " table " + std::to_string(rule.table) + " priority " + std::to_string(rule.priority);
}

} // namespace baton::netlink
