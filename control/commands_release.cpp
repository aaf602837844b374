#include "control/commands_release.h"

#include "control/client.h"

#include <nlohmann/json.hpp>
#include <ostream>

namespace baton::control {
namespace {

/// Release hooks may take an hour each; batond ends them at their timeouts.
constexpr Duration as_long_as_it_takes = std::chrono::hours(48);

std::string target(const ReleaseCommand& command, const std::string& verb) {
    if (command.instance.empty())
        return "/v1/" + verb;
    return "/v1/instances/" + percent_encoded(command.instance) + "/" + verb;
}

std::string query(const ReleaseCommand& command) {
    std::string query;
    if (!command.duration.empty())
        query = "?for=" + percent_encoded(command.duration);
    if (command.force)
        query += query.empty() ? "?force=1" : "&force=1";
    return query;
}

void print_result(const Json& result, const ReleaseCommand& command, std::ostream& out) {
    bool any = false;
    for (const auto& one : result.at("instances")) {
        const bool released = one.at("released").get<bool>();
        any = any || released;
        out << one.at("name").get<std::string>() << (released ? " is released: " : " is not released: ")
            << one.at("text").get<std::string>() << '\n';
    }
    if (!any)
        return;
    const auto& until = result.at("until");
    out << "out of the election until " << (until.is_null() ? "" : until.get<std::string>() + ", or ")
        << "`batonctl resume " << (command.instance.empty() ? "--all" : command.instance) << "`\n";
    if (const auto& trouble = result.at("trouble"); !trouble.is_null())
        out << "but not after a restart of batond: " << trouble.get<std::string>() << '\n';
}

} // namespace

Result<void, Error> release_instances(const ReleaseCommand& command, std::ostream& out) {
    const auto reply = post(command.socket, target(command, "release") + query(command), as_long_as_it_takes);
    if (!reply)
        return reply.error();
    const auto& result = reply->body;
    const auto error = result.value("error", std::string());
    if (!result.contains("instances"))
        return Error{error};
    if (command.json)
        out << to_text(result, 2) << '\n';
    else
        print_result(result, command, out);
    if (reply->status == 200)
        return {};
    return Error{error};
}

Result<void, Error> resume_instances(const ReleaseCommand& command, std::ostream& out) {
    const auto reply = post(command.socket, target(command, "resume"));
    if (!reply)
        return reply.error();
    if (reply->status != 200)
        return Error{reply->body.at("error").get<std::string>()};
    if (command.json) {
        out << to_text(reply->body, 2) << '\n';
        return {};
    }
    for (const auto& name : reply->body.at("resumed"))
        out << name.get<std::string>() << " takes part again\n";
    if (reply->body.at("resumed").empty())
        out << (command.instance.empty() ? "nothing was released\n"
                                         : command.instance + " was not released\n");
    return {};
}

} // namespace baton::control
