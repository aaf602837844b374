#include "config/account.h"

#include "config/json.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <unistd.h>

namespace baton::config {
namespace {

using Fields = std::vector<std::string>;

/// passwd(5), group(5): fields between colons.
Fields fields_of(const std::string& line) {
    Fields fields(1);
    for (const char c : line)
        if (c == ':')
            fields.emplace_back();
        else
            fields.back() += c;
    return fields;
}

std::optional<std::uint32_t> number_in(const std::string& text) {
    std::uint32_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end ||
        number == ~std::uint32_t{0}) // that means "no change"
        return std::nullopt;
    return number;
}

/// The lines of a file for which `wanted` is true; none where it cannot be read.
template <class Wanted>
std::vector<Fields> lines_where(const std::string& path, Wanted&& wanted) {
    std::vector<Fields> found;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (auto fields = fields_of(line); fields.size() >= 4 && wanted(fields))
            found.push_back(std::move(fields));
    return found;
}

/// Of a name or of a number.
std::optional<Fields> entry_of(const std::string& word, const std::string& path) {
    auto lines = lines_where(path, [&](const Fields& line) { return line[0] == word; });
    if (lines.empty())
        lines = lines_where(path, [&](const Fields& line) { return line[2] == word; });
    return lines.empty() ? std::nullopt : std::optional(std::move(lines.front()));
}

bool is_member(const std::string& list, const std::string& user) {
    return ("," + list + ",").find("," + user + ",") != std::string::npos;
}

std::vector<gid_t> groups_of(const std::string& user, gid_t first, const std::string& path) {
    std::vector<gid_t> groups{first};
    for (const auto& line :
         lines_where(path, [&](const Fields& fields) { return is_member(fields[3], user); }))
        if (const auto group = number_in(line[2]); group && *group != first)
            groups.push_back(*group);
    return groups;
}

} // namespace

Result<std::optional<scripts::Identity>, AccountFault>
identity_of(const std::string& user, const std::string& group, const AccountFiles& files) {
    if (user.empty() && group.empty())
        return std::optional<scripts::Identity>();
    const auto own = entry_of(user, files.users);
    const auto others = entry_of(group, files.groups);
    const auto uid = user.empty() ? std::optional(geteuid()) : number_in(own ? (*own)[2] : user);
    if (!uid)
        return AccountFault{false, "there is no user " + quote(user) + " in " + files.users};
    const auto gid = group.empty() ? (own ? number_in((*own)[3]) : std::nullopt)
                                   : number_in(others ? (*others)[2] : group);
    if (!gid && group.empty())
        return AccountFault{false, "user " + user + " is not in " + files.users +
                                       ", so nobody can tell its group; name a \"group\" beside it"};
    if (!gid)
        return AccountFault{true, "there is no group " + quote(group) + " in " + files.groups};
    scripts::Identity identity{*uid, *gid, {*gid}};
    if (own)
        identity.others = groups_of((*own)[0], *gid, files.groups);
    return std::optional(std::move(identity));
}

} // namespace baton::config
