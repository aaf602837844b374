#include "daemon/reload_words.h"

namespace baton::daemon {

control::Reload planned(const config::Difference& difference) {
    if (!difference.needs_restart.empty())
        return refused("\"" + difference.needs_restart.front() +
                       "\" is read at the start only: restart batond to change it, or take it back; nothing "
                       "was changed");
    control::Reload reload;
    for (const auto& change : difference.changes)
        reload.changes.push_back(
            {to_string(change.kind), change.name, to_string(change.what), change.keys, describe(change)});
    reload.unchanged_instances = difference.unchanged_instances;
    reload.unchanged_checks = difference.unchanged_checks;
    reload.unchanged_sync_groups = difference.unchanged_sync_groups;
    reload.unchanged = describe_unchanged(difference);
    return reload;
}

control::Reload refused(const config::Errors& errors) {
    control::Reload reload;
    reload.outcome = control::Reload::Outcome::bad_configuration;
    reload.error = std::to_string(errors.size()) + (errors.size() == 1 ? " error" : " errors") +
                   " in the configuration; nothing was changed";
    for (const auto& error : errors)
        reload.problems.push_back({error.file, error.line, error.column, error.pointer, describe(error)});
    return reload;
}

control::Reload refused(const std::string& why) {
    control::Reload reload;
    reload.outcome = control::Reload::Outcome::refused;
    reload.error = why;
    return reload;
}

} // namespace baton::daemon
