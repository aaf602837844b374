#include "health/haproxy_info.h"

#include "health/excerpt.h"
#include "health/number.h"

namespace baton::health {
namespace {

constexpr std::string_view first_name = "Name: ";
constexpr std::string_view between = ": ";

using Number = std::optional<std::uint64_t>;

/// What stands behind "name: " in its own line; the first such line counts.
std::optional<std::string_view> value_of(std::string_view name, std::string_view lines) {
    while (!lines.empty()) {
        auto line = first_line(lines);
        const auto end = lines.find('\n');
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
        if (!line.starts_with(name))
            continue;
        line.remove_prefix(name.size());
        if (line.starts_with(between))
            return line.substr(between.size());
    }
    return std::nullopt;
}

Result<Number, Error> number_of(std::string_view name, std::string_view lines) {
    const auto text = value_of(name, lines);
    if (!text)
        return Number{};
    const auto number = number_from(*text);
    if (!number)
        return Error{"show info: " + std::string(name) + " is no number: " + excerpt(*text)};
    return number;
}

Result<std::uint64_t, Error> needed_number(std::string_view name, std::string_view lines) {
    const auto number = number_of(name, lines);
    if (!number)
        return number.error();
    if (!*number)
        return Error{"show info does not tell " + std::string(name)};
    return **number;
}

Result<HaproxyInfo, Error> info_of(std::string_view lines) {
    const auto stopping = needed_number("Stopping", lines);
    const auto connections = needed_number("CurrConns", lines);
    const auto limit = needed_number("Maxconn", lines);
    const auto process = number_of("Process_num", lines);
    const auto uptime = number_of("Uptime_sec", lines);
    for (const auto* needed : {&stopping, &connections, &limit})
        if (!*needed)
            return needed->error();
    for (const auto* number : {&process, &uptime})
        if (!*number)
            return number->error();
    const auto version = value_of("Version", lines).value_or("");
    return HaproxyInfo{std::string(version), *stopping != 0, *connections, *limit, *process, *uptime};
}

} // namespace

Result<HaproxyInfo, Error> parse_haproxy_info(std::string_view answer) {
    if (!answer.starts_with(first_name))
        return Error{"this does not answer show info: " + excerpt(first_line(answer))};
    if (!answer.ends_with("\n\n"))
        return Error{"the answer to show info is cut off"};
    return info_of(answer);
}

} // namespace baton::health
