// "show stat" of the real thing in its states, and what is no such answer.
#include "health/haproxy_stat.h"

#include "samples.h"

#include <algorithm>

using namespace baton::health;
using baton::testing::haproxy_said;

namespace {

HaproxyStat stat_of(const std::string& file) {
    auto stat = parse_haproxy_stat(haproxy_said(file));
    REQUIRE_MESSAGE(stat.has_value(), file);
    return *stat;
}

StatRow row(const HaproxyStat& stat, const std::string& proxy, const std::string& server) {
    const auto found = std::find_if(stat.begin(), stat.end(), [&](const StatRow& candidate) {
        return candidate.proxy == proxy && candidate.server == server;
    });
    REQUIRE_MESSAGE(found != stat.end(), proxy << "/" << server);
    return *found;
}

std::string refusal(std::string_view answer) {
    const auto stat = parse_haproxy_stat(answer);
    return stat ? "none" : stat.error().text;
}

/// An answer with the columns that are needed, and these lines.
std::string answer(const std::string& lines) {
    return "# pxname,svname,status,type,weight,act,bck,scur,slim,qcur,qlimit\n" + lines + "\n";
}

} // namespace

TEST_CASE("frontends, listeners, servers and backends, each with its numbers") {
    const auto stat = stat_of("busy.csv");
    CHECK(stat.size() == 18);
    const auto frontend = row(stat, "smtp", "FRONTEND");
    CHECK(frontend.type == StatType::frontend);
    CHECK(frontend.status == "OPEN");
    CHECK(frontend.sessions == 45U);
    CHECK(frontend.session_limit == 50U);
    CHECK_FALSE(frontend.weight.has_value());
    CHECK(row(stat, "submission", "sock-1").type == StatType::listener);
    const auto server = row(stat, "mail_backend", "mta1");
    CHECK(server.type == StatType::server);
    CHECK(server.status == "UP");
    CHECK(server.weight == 1U);
    CHECK(server.active == 1U);
    CHECK(server.backup == 0U);
    CHECK(server.sessions == 4U);
    CHECK(server.session_limit == 4U);
    CHECK(server.check_status == "L4OK");
    const auto backend = row(stat, "mail_backend", "BACKEND");
    CHECK(backend.type == StatType::backend);
    CHECK(backend.queued == 41U);
    CHECK_FALSE(backend.queue_limit.has_value());
}

TEST_CASE("the states of servers, in HAProxy's words") {
    struct Seen {
        std::string file, proxy, server, status;
    };
    for (const auto& seen :
         std::vector<Seen>{{"up.csv", "mail_backend", "mta2", "UP"},
                           {"all_down.csv", "mail_backend", "mta1", "DOWN"},
                           {"going_down.csv", "slow_backend", "slow1", "UP 1/3"},
                           {"going_up.csv", "slow_backend", "slow1", "DOWN 1/3"},
                           {"by_hand.csv", "mail_backend", "mta1", "MAINT"},
                           {"by_hand.csv", "mail_backend", "mta2", "DRAIN"},
                           {"by_hand.csv", "agent_backend", "agent1", "DRAIN (agent)"},
                           {"by_hand.csv", "agent_backend", "via1", "MAINT (via mail_backend/mta1)"},
                           {"by_hand.csv", "http_backend", "web1", "NOLB"},
                           {"by_hand.csv", "submission", "FRONTEND", "PAUSED"},
                           {"agent_down.csv", "agent_backend", "agent1", "DOWN (agent)"},
                           {"agent_down.csv", "agent_backend", "plain1", "no check"},
                           {"agent_down.csv", "submission", "FRONTEND", "STOP"},
                           {"stopping.csv", "smtp", "FRONTEND", "STOP"}})
        CHECK(row(stat_of(seen.file), seen.proxy, seen.server).status == seen.status);
}

TEST_CASE("why a server is down, quoted or not") {
    const auto stat = stat_of("all_down.csv");
    CHECK(row(stat, "mail_backend", "mta1").check_status == "L4CON");
    CHECK(row(stat, "mail_backend", "mta1").last_check == "Connection refused");
    CHECK(row(stat, "quoting_backend", "odd1").last_check ==
          "TCPCHK did not match content '220 ,' at step 1 comment: wants a \"220 ,\"");
    CHECK(row(stat_of("agent_down.csv"), "agent_backend", "agent1").last_agent ==
          "via agent : down (disk full)");
}

TEST_CASE("columns are found by name: they may move, come and go") {
    const std::string_view moved = "# new,qlimit,qcur,slim,scur,bck,act,weight,type,status,svname,pxname\n"
                                   "?,7,6,5,4,3,2,1,2,UP,mta1,mail\n\n";
    const auto stat = parse_haproxy_stat(moved);
    REQUIRE(stat.has_value());
    CHECK(*stat == HaproxyStat{{StatType::server, "mail", "mta1", "UP", 1, 2, 3, 4, 5, 6, 7, "", "", ""}});
    for (const std::string column :
         {"pxname", "svname", "status", "type", "weight", "act", "bck", "scur", "slim", "qcur", "qlimit"}) {
        auto lacking = answer("");
        lacking.replace(lacking.find(column), column.size(), "other");
        CHECK(refusal(lacking) == "show stat has no column \"" + column + "\"");
    }
}

TEST_CASE("an HAProxy without proxies has an answer of one line") {
    CHECK(parse_haproxy_stat(answer(""))->empty());
}

TEST_CASE("an answer that is cut off anywhere is refused") {
    const auto all = haproxy_said("all_down.csv");
    for (std::size_t size = 2; size < all.size(); ++size)
        CHECK(refusal(all.substr(0, size)) == "the answer to show stat is cut off");
}

TEST_CASE("other answers are quoted") {
    CHECK(refusal("Permission denied\n\n") == "this does not answer show stat: Permission denied");
    CHECK(refusal("") == "this does not answer show stat: ");
    CHECK(refusal(haproxy_said("up.info")) == "this does not answer show stat: Name: HAProxy");
    CHECK(refusal(std::string(200, 'x')) ==
          "this does not answer show stat: " + std::string(80, 'x') + "...");
}

TEST_CASE("lines that are not what they should be are refused") {
    CHECK(refusal(answer("a,b,UP,2,1,1,0,0,0,0\n")) == "show stat: a line has 10 fields, not 11");
    CHECK(refusal(answer("a,b,UP,2,1,1,0,0,0,0,0,0\n")) == "show stat: a line has 12 fields, not 11");
    CHECK(refusal(answer("a,b,UP,2,1,1,0,0,0,0,0\n\na,b,UP,2,1,1,0,0,0,0,0\n")) ==
          "show stat: a line has 1 fields, not 11");
    CHECK(refusal(answer("a,b,UP,4,1,1,0,0,0,0,0\n")) == "show stat: unknown type of line: 4");
    CHECK(refusal(answer("a,b,UP,,1,1,0,0,0,0,0\n")) == "show stat: unknown type of line: ");
    CHECK(refusal(answer("a,b,UP,2,+1,1,0,0,0,0,0\n")) == "show stat: column weight is no number: +1");
    CHECK(refusal(answer("a,b,UP,2,1,1,0,0,0,0 ,0\n")) == "show stat: column qcur is no number: 0 ");
    CHECK(refusal(answer("a,\"b,UP,2,1,1,0,0,0,0,0\n")) == "show stat: a quote is not closed");
}

TEST_CASE("lines beyond those of a large site are refused") {
    std::string lines;
    for (std::size_t i = 0; i < max_stat_rows; ++i)
        lines += "a,b,UP,2,1,1,0,0,0,0,0\n";
    CHECK(parse_haproxy_stat(answer(lines))->size() == max_stat_rows);
    CHECK(refusal(answer(lines + "a,b,UP,2,1,1,0,0,0,0,0\n")) == "show stat: more than 20000 lines");
}
