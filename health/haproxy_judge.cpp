#include "health/haproxy_judge.h"

#include "health/excerpt.h"
#include "health/list.h"

#include <algorithm>
#include <limits>

namespace baton::health {
namespace {

using Words = std::vector<std::string>;

bool would_get_traffic(const StatRow& server) {
    const bool up = server.status == "UP" || server.status.starts_with("UP ") || server.status == "no check";
    return up && server.weight.value_or(0) > 0;
}

/// "L4CON Connection refused", as far as HAProxy tells; behind a "* " a check is under way.
std::string last_result(const StatRow& server) {
    if (server.status.ends_with("(agent)"))
        return server.last_agent;
    auto code = std::string_view(server.check_status);
    if (code.starts_with("* "))
        code.remove_prefix(2);
    std::string result(code);
    if (!result.empty() && !server.last_check.empty())
        result += ' ';
    return result + server.last_check;
}

/// "mta1: DOWN, L4CON Connection refused"
std::string why_not_up(const StatRow& server) {
    auto why = excerpt(server.server) + ": " + excerpt(server.status);
    if (server.weight == 0U)
        why += ", weight 0";
    const auto result = last_result(server);
    return result.empty() ? why : why + ", " + excerpt(result);
}

/// The rows of one type and proxy.
std::vector<const StatRow*> rows_of(const HaproxyStat& stat, StatType type, std::string_view proxy) {
    std::vector<const StatRow*> rows;
    for (const auto& row : stat)
        if (row.type == type && row.proxy == proxy)
            rows.push_back(&row);
    return rows;
}

/// HAProxy shows no proxy that its configuration disables.
std::string not_there(const HaproxyStat& stat, StatType type, const std::string& proxy) {
    const std::string kind = type == StatType::frontend ? "frontend" : "backend";
    Words others;
    for (const auto& row : stat)
        if (row.type == type)
            others.push_back(excerpt(row.proxy));
    return "there is no " + kind + " " + proxy + ", or it is disabled; " +
           (others.empty() ? "there is none" : "there are: " + first_of(others, ", "));
}

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    const auto most = std::numeric_limits<std::uint64_t>::max();
    return a > most - b ? most : a + b;
}

/// One judgement on its way: what is well, and what is not.
class Judge {
public:
    Judge(const HaproxySettings& settings, const HaproxyStat& stat) : settings_(settings), stat_(stat) {}

    void frontend(const std::string& name);
    void backend(const std::string& name);
    void sessions(const std::string& whose, std::uint64_t used, std::uint64_t limit);
    [[nodiscard]] HaproxyJudgement result() const;

private:
    void servers(const std::string& backend);
    void queue(const std::string& backend, const StatRow& total);
    [[nodiscard]] std::vector<const StatRow*> counted(const std::string& backend) const;
    [[nodiscard]] std::string told_of(std::size_t servers, const Words& lacking) const;

    const HaproxySettings& settings_;
    const HaproxyStat& stat_;
    Words well_;
    Words wrong_;
    bool reachable_{true}; ///< the servers, through this HAProxy
    double share_{1};
};

void Judge::frontend(const std::string& name) {
    const auto rows = rows_of(stat_, StatType::frontend, name);
    if (rows.empty())
        wrong_.push_back(not_there(stat_, StatType::frontend, name));
    const bool open = !rows.empty() && std::all_of(rows.begin(), rows.end(),
                                                   [](const auto* row) { return row->status == "OPEN"; });
    reachable_ = reachable_ && open;
    for (const auto* row : rows) {
        auto& words = row->status == "OPEN" ? well_ : wrong_;
        words.push_back("frontend " + name + " is " + excerpt(row->status));
        sessions("frontend " + name, row->sessions.value_or(0), row->session_limit.value_or(0));
    }
}

/// A limit of 0 is none.
void Judge::sessions(const std::string& whose, std::uint64_t used, std::uint64_t limit) {
    if (!settings_.session_limit || limit == 0)
        return;
    // Of numbers that no arithmetic of 64 bits would hold, nobody asks for the last digit.
    if (static_cast<double>(used) * 100 < static_cast<double>(limit) * *settings_.session_limit)
        return;
    wrong_.push_back(whose + " has " + std::to_string(used) + " of " + std::to_string(limit) +
                     " sessions, the limit is " + std::to_string(*settings_.session_limit) + "%");
}

void Judge::backend(const std::string& name) {
    const auto rows = rows_of(stat_, StatType::backend, name);
    if (rows.empty()) {
        wrong_.push_back(not_there(stat_, StatType::backend, name));
        share_ = 0;
        return;
    }
    servers(name);
    queue(name, *rows.front());
}

std::vector<const StatRow*> Judge::counted(const std::string& backend) const {
    auto rows = rows_of(stat_, StatType::server, backend);
    if (!settings_.count_backup)
        std::erase_if(rows, [](const auto* row) { return row->backup.value_or(0) > 0; });
    return rows;
}

void Judge::servers(const std::string& backend) {
    const auto rows = counted(backend);
    Words lacking;
    for (const auto* row : rows)
        if (!would_get_traffic(*row))
            lacking.push_back(why_not_up(*row));
    const auto up = rows.size() - lacking.size();
    share_ = rows.empty() ? 0 : static_cast<double>(up) / static_cast<double>(rows.size());
    (up < settings_.min_up ? wrong_ : well_).push_back("backend " + backend + told_of(rows.size(), lacking));
}

/// ": 1 of 2 servers up (mta1: DOWN, L4CON Connection refused)"
std::string Judge::told_of(std::size_t servers, const Words& lacking) const {
    const std::string kind = settings_.count_backup ? " servers" : " active servers";
    if (servers == 0)
        return " has no" + kind;
    const auto up = servers - lacking.size();
    auto told = ": " + std::to_string(up) + " of " + std::to_string(servers) + kind + " up";
    if (up < settings_.min_up && settings_.min_up > 1)
        told += ", " + std::to_string(settings_.min_up) + " needed";
    return lacking.empty() ? told : told + " (" + first_of(lacking, "; ") + ")";
}

void Judge::queue(const std::string& backend, const StatRow& total) {
    if (!settings_.queue_limit)
        return;
    auto queued = total.queued.value_or(0);
    for (const auto* row : rows_of(stat_, StatType::server, backend))
        queued = sum(queued, row->queued.value_or(0));
    if (queued > *settings_.queue_limit)
        wrong_.push_back("backend " + backend + ": " + std::to_string(queued) +
                         " requests queued, the limit is " + std::to_string(*settings_.queue_limit));
}

HaproxyJudgement Judge::result() const {
    const bool ok = wrong_.empty();
    const bool none = !reachable_ || (!settings_.backend && !ok);
    return {ok, first_of(ok ? well_ : wrong_, "; "), none ? 0 : share_};
}

} // namespace

HaproxyJudgement judge(const HaproxySettings& settings, const HaproxyInfo& info, const HaproxyStat& stat) {
    if (info.stopping)
        return {false, "haproxy is stopping", 0};
    Judge judge(settings, stat);
    for (const auto& frontend : settings.frontends)
        judge.frontend(frontend);
    if (settings.backend)
        judge.backend(*settings.backend);
    judge.sessions("haproxy", info.connections, info.connection_limit);
    auto result = judge.result();
    if (result.detail.empty())
        result.detail = "haproxy answers, " + std::to_string(info.connections) + " of " +
                        std::to_string(info.connection_limit) + " connections";
    return result;
}

} // namespace baton::health
