#include "config/validate_hooks.h"

#include "config/json.h"
#include "config/program.h"
#include "config/validate_instance.h"

#include <algorithm>
#include <sys/stat.h>

namespace baton::config {
namespace {

/// A NUL would end the argument early, unseen (execve(2) takes C strings).
bool has_nul(const std::string& word) { return word.find('\0') != std::string::npos; }

void find_run_faults(const std::vector<std::string>& argv, const Pointer& run, Findings& findings) {
    const auto nul = std::find_if(argv.begin(), argv.end(), has_nul);
    if (nul != argv.end())
        findings.push_back({.pointer = (run / static_cast<std::size_t>(nul - argv.begin())).text(),
                            .message = "no argument of a program can hold a NUL character"});
    else if (!argv.empty())
        if (const auto fault = hook_program_fault(argv.front()); !fault.empty())
            findings.push_back({.pointer = (run / std::size_t{0}).text(), .message = fault});
    if (const auto program = program_of_line(argv); !program.empty())
        if (const auto fault = hook_program_fault(program); !fault.empty())
            findings.push_back({.pointer = run.text(), .message = fault});
}

void find_directory_fault(const std::string& directory, const Pointer& at, Findings& findings) {
    struct stat status {};
    if (!directory.empty() && (stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)))
        findings.push_back(
            {.pointer = (at / "directory").text(), .message = "there is no directory " + quote(directory)});
}

void find_faults_of(const scripts::HookSettings& hooks, const Pointer& at, Findings& findings) {
    for (const auto& [event, entries] : hooks.events)
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto place = at / "hooks" / to_string(event) / i;
            find_run_faults(entries[i].command.argv, place / "run", findings);
            find_directory_fault(entries[i].command.directory, place, findings);
        }
}

} // namespace

void find_hook_faults(const Config& config, Findings& findings) {
    for (std::size_t i = 0; i < config.host.size(); ++i)
        find_faults_of(config.host[i].hooks, place_of(config.settings.instances[i]), findings);
    for (std::size_t i = 0; i < config.group_hooks.size(); ++i)
        find_faults_of(config.group_hooks[i], Pointer{} / "sync_groups" / config.settings.sync_groups[i].name,
                       findings);
}

} // namespace baton::config
