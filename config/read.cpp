#include "config/read.h"

#include "config/members.h"
#include "config/read_instance.h"

namespace baton::config {
namespace {

/// A list is the program and its arguments; one string is what the shell is to run.
std::vector<std::string> argv(const Json& check) {
    if (const auto line = text(check, "run"); !line.empty())
        return {"/bin/sh", "-c", line};
    std::vector<std::string> words;
    for (const auto& word : part(check, "run"))
        words.push_back(word.is_string() ? word.get<std::string>() : std::string{});
    return words;
}

void add_check(const std::string& name, const Json& json, Config& config) {
    const vrrp::CheckId id{static_cast<std::uint32_t>(config.settings.checks.size())};
    config.settings.checks.push_back(
        {name, static_cast<unsigned>(number(json, "rise")), static_cast<unsigned>(number(json, "fall"))});
    config.scripts.push_back({id, {argv(json), duration(json, "timeout")}, duration(json, "interval")});
}

} // namespace

Config read_config(const Json& root, Findings& findings) {
    Config config;
    config.node = text(root, "node");
    config.settings.startup_delay = duration(root, "startup_delay");
    for (const auto& [name, check] : part(root, "checks").items())
        add_check(name, check, config);
    for (const auto& [name, settings] : part(root, "instances").items())
        config.settings.instances.push_back(read_instance(name, settings, findings));
    return config;
}

} // namespace baton::config
