#include "control/table.h"

#include "base/printable.h"
#include "control/times.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace baton::control {
namespace {

using Row = std::vector<std::string>;

/// Characters, not octets: a UTF-8 sequence is as wide as its first octet.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

/// Columns as wide as their widest cell; the last is left as it is.
std::string aligned(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows)
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], width(row[column]));
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t column = 0; column + 1 < row.size(); ++column)
            text += row[column] + std::string(widths[column] - width(row[column]) + 2, ' ');
        text += row.back() + '\n';
    }
    return text;
}

std::string or_dash(const Json& value) { return value.is_null() ? "-" : value.get<std::string>(); }

/// "2025-03-01T12:00:00.123456Z" to the second, which is all a table needs.
std::string to_the_second(const std::string& time) { return time.substr(0, time.find('.')) + "Z"; }

std::string joined(const Json& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ",") + word.get<std::string>();
    return text;
}

/// Those that stand in no advert have a plus before them.
std::string addresses(const Json& instance) {
    auto text = joined(instance.at("addresses"));
    for (const auto& address : instance.at("excluded_addresses"))
        text += ",+" + address.get<std::string>();
    return text;
}

std::string priority(const Json& value) {
    const int effective = value.at("effective").get<int>();
    const int configured = value.at("configured").get<int>();
    return std::to_string(effective) + "/" + std::to_string(configured);
}

std::string state(const Json& instance) {
    const auto is = [&](const char* key) { return instance.at(key).get<bool>(); };
    return instance.at("state").get<std::string>() + (is("handing_over")   ? " (handing over)"
                                                      : is("released")     ? " (released)"
                                                      : is("gate_running") ? " (at its gate)"
                                                                           : "");
}

std::string active_router(const Json& instance) {
    return or_dash(instance.at("active_router")) +
           (instance.at("preempting").get<bool>() ? " (being preempted)" : "");
}

Row instance_row(const Json& instance) {
    return {instance.at("name"),
            state(instance),
            priority(instance.at("priority")),
            active_router(instance),
            instance.at("interface"),
            std::to_string(instance.at("vrid").get<int>()),
            addresses(instance),
            to_the_second(instance.at("since")),
            instance.at("reason")};
}

std::string state_of_check(const Json& check) {
    const auto state = check.at("state").get<std::string>();
    if (!check.at("set_by_hand").is_null())
        return state + " (set by hand)";
    if (!check.at("forgotten_at").is_null())
        return state + " (until " + to_the_second(check.at("forgotten_at")) + ")";
    return check.at("runs").get<bool>() ? state : "not running";
}

Row check_row(const Json& check) {
    const auto& last = check.at("last");
    return {check.at("name"), state_of_check(check), to_the_second(check.at("since")),
            last.is_null() ? "no result yet" : last.at("detail").get<std::string>()};
}

std::string headline(const Json& status) {
    const auto uptime = std::chrono::duration<double>(status.at("uptime_s").get<double>());
    return status.at("node").get<std::string>() + ", batond " + status.at("version").get<std::string>() +
           ", up " + rough(std::chrono::duration_cast<Duration>(uptime)) + "\n";
}

/// Who is refused is not heard: there may be two Active, and nothing else in the table would show it.
std::string refused_line(const Json& instance) {
    const auto& last = instance.at("last_refused");
    if (last.is_null() || last.at("ago_ms").get<double>() >= milliseconds(refused_lately))
        return "";
    const auto ago = std::chrono::duration<double, std::milli>(last.at("ago_ms").get<double>());
    return instance.at("name").get<std::string>() + " refuses adverts: the last came from " +
           last.at("source").get<std::string>() + " " + rough(std::chrono::duration_cast<Duration>(ago)) +
           " ago: " + last.at("reason").get<std::string>() + "\n";
}

std::string rival_line(const Json& instance) {
    const auto& rival = instance.at("rival");
    if (rival.is_null() || !rival.at("lasts").get<bool>())
        return "";
    return instance.at("name").get<std::string>() + ": " + rival.at("address").get<std::string>() +
           " is Active beside this node, with priority " + std::to_string(rival.at("priority").get<int>()) +
           "\n";
}

std::string fault_lines(const Json& instances) {
    std::string text;
    for (const auto& instance : instances)
        for (const auto& fault : instance.at("faults"))
            text += "fault of " + instance.at("name").get<std::string>() + ": " +
                    fault.at("text").get<std::string>() + "\n";
    for (const auto& instance : instances)
        if (const auto& trouble = instance.at("authentication_trouble"); !trouble.is_null())
            text += "trouble of " + instance.at("name").get<std::string>() + ": " +
                    trouble.get<std::string>() + "\n";
    for (const auto& instance : instances)
        text += rival_line(instance) + refused_line(instance);
    return text.empty() ? text : "\n" + text;
}

/// A run may have words that its convention added.
bool starts_alike(const Json& run, const Json& configured) {
    return run.size() >= configured.size() && std::equal(configured.begin(), configured.end(), run.begin());
}

} // namespace

std::string status_table(const Json& status) {
    std::vector<Row> instances{{"INSTANCE", "STATE", "PRIORITY", "ACTIVE ROUTER", "INTERFACE", "VRID",
                                "ADDRESSES", "SINCE", "REASON"}};
    for (const auto& instance : status.at("instances"))
        instances.push_back(instance_row(instance));
    auto text = headline(status) + "\n" + aligned(instances) + fault_lines(status.at("instances"));
    if (status.at("checks").empty())
        return text;
    std::vector<Row> checks{{"CHECK", "STATE", "SINCE", "LAST RESULT"}};
    for (const auto& check : status.at("checks"))
        checks.push_back(check_row(check));
    return text + "\n" + aligned(checks);
}

namespace {

/// The last run of this hook: "ok 2025-03-01T12:00:00Z: exit status 0".
std::string last_run(const Json& hooks, const Json& hook) {
    const auto& runs = hooks.at("runs");
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        const bool same =
            run->at("event") == hook.at("event") && starts_alike(run->at("run"), hook.at("run"));
        if (!same)
            continue;
        return run->at("state").get<std::string>() + " " + to_the_second(run->at("at").get<std::string>()) +
               (run->at("detail").is_null() ? "" : ": " + run->at("detail").get<std::string>());
    }
    constexpr std::size_t kept = 10; // scripts::runs_kept
    return runs.size() < kept ? "not run yet" : "not among the last 10 runs";
}

void add_hook_rows(const std::string& owner, const Json& hooks, std::vector<Row>& rows) {
    for (const auto& hook : hooks.at("configured")) {
        std::string words;
        for (const auto& word : hook.at("run"))
            words += (words.empty() ? "" : " ") + word.get<std::string>();
        const auto timeout = std::chrono::duration<double, std::milli>(hook.at("timeout_ms").get<double>());
        rows.push_back({owner, hook.at("event").get<std::string>(), or_dash(hook.at("user")),
                        rough(std::chrono::duration_cast<Duration>(timeout)), printable(words),
                        last_run(hooks, hook)});
    }
}

} // namespace

std::string hooks_table(const Json& status) {
    std::vector<Row> rows{{"OF", "EVENT", "USER", "TIMEOUT", "COMMAND", "LAST RUN"}};
    for (const auto& instance : status.at("instances"))
        add_hook_rows(instance.at("name").get<std::string>(), instance.at("hooks"), rows);
    for (const auto& group : status.at("sync_groups"))
        add_hook_rows("group " + group.at("name").get<std::string>(), group.at("hooks"), rows);
    return rows.size() == 1 ? "there are no hooks\n" : aligned(rows);
}

} // namespace baton::control
