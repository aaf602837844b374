#include "daemon/released_file.h"

#include "daemon/state_directory.h"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace baton::daemon {
namespace {

using nlohmann::json;

Error failed(const std::string& path, const std::string& what) {
    return Error{path + " cannot be " + what + ": " + std::generic_category().message(errno)};
}

/// Seconds since 1970: for batond to read again, not for people.
json until_json(const std::optional<control::WallTime>& until) {
    return until ? json(std::chrono::floor<std::chrono::seconds>(until->time_since_epoch()).count()) : json();
}

std::optional<control::WallTime> until_of(const json& value) {
    if (value.is_null())
        return std::nullopt;
    return control::WallTime(std::chrono::seconds(value.get<std::int64_t>()));
}

} // namespace

std::string released_file(const std::string& state_dir, const std::string& node) {
    std::string name;
    for (const char c : node)
        name += c == '/' ? '_' : c;
    return state_dir + "/released-" + name + ".json";
}

Result<Released, Error> read_released(const std::string& path) {
    std::ifstream file(path);
    if (!file)
        return errno == ENOENT ? Result<Released, Error>(Released{}) : failed(path, "read");
    const Error strange{path + " is not what batond wrote"};
    try {
        Released released;
        const auto content = json::parse(file);
        if (!content.is_object())
            return strange;
        for (const auto& [name, until] : content.items())
            released[name] = until_of(until);
        return released;
    } catch (const json::exception&) {
        return strange;
    }
}

Result<void, Error> write_released(const std::string& state_dir, const std::string& path,
                                   const Released& released) {
    if (released.empty()) {
        if (std::remove(path.c_str()) != 0 && errno != ENOENT)
            return failed(path, "removed");
        return {};
    }
    if (auto made = make_state_directory(state_dir); !made)
        return made;
    auto content = json::object();
    for (const auto& [name, until] : released)
        content[name] = until_json(until);
    const auto fresh = path + ".new";
    std::ofstream file(fresh, std::ios::trunc);
    file << content.dump() << '\n';
    file.close();
    if (!file || std::rename(fresh.c_str(), path.c_str()) != 0)
        return failed(path, "written");
    return {};
}

} // namespace baton::daemon
