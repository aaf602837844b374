// Which answers of a real HAProxy are good enough, and how it is told when they are not.
#include "health/haproxy_judge.h"

#include "samples.h"

using namespace baton::health;
using baton::testing::haproxy_said;

namespace {

HaproxyInfo info_of(const std::string& file) { return *parse_haproxy_info(haproxy_said(file)); }

HaproxyJudgement judged(const HaproxySettings& settings, const std::string& stat,
                        const std::string& info = "up.info") {
    return judge(settings, info_of(info), *parse_haproxy_stat(haproxy_said(stat)));
}

HaproxySettings backend(const std::string& name, std::uint64_t min_up = 1) {
    HaproxySettings settings;
    settings.backend = name;
    settings.min_up = min_up;
    return settings;
}

HaproxySettings active_only(HaproxySettings settings) {
    settings.count_backup = false;
    return settings;
}

HaproxySettings frontends(std::vector<std::string> names) {
    HaproxySettings settings;
    settings.frontends = std::move(names);
    return settings;
}

/// A backend "b" with one server "s".
HaproxyJudgement judged(const std::string& status, std::uint64_t weight) {
    const HaproxyStat stat{{StatType::server, "b", "s", status, weight, 1, 0, 0, {}, 0, {}, "", "", ""},
                           {StatType::backend, "b", "BACKEND", "UP", 1, 1, 0, 0, 10, 0, {}, "", "", ""}};
    return judge(backend("b"), HaproxyInfo{}, stat);
}

} // namespace

TEST_CASE("nothing asked: it answers and is not stopping") {
    CHECK(judged({}, "all_down.csv") == HaproxyJudgement{true, "haproxy answers, 0 of 200 connections", 1});
    CHECK(judged({}, "stopping.csv", "stopping.info") == HaproxyJudgement{false, "haproxy is stopping", 0});
}

TEST_CASE("servers up are counted, the backup among them or not") {
    CHECK(judged(backend("mail_backend"), "up.csv") ==
          HaproxyJudgement{true, "backend mail_backend: 2 of 2 servers up", 1});
    CHECK(judged(backend("mail_backend"), "one_down.csv") ==
          HaproxyJudgement{
              true, "backend mail_backend: 1 of 2 servers up (mta1: DOWN, L4CON Connection refused)", 0.5});
    CHECK(judged(backend("mail_backend", 2), "one_down.csv") ==
          HaproxyJudgement{
              false,
              "backend mail_backend: 1 of 2 servers up, 2 needed (mta1: DOWN, L4CON Connection refused)",
              0.5});
    CHECK(judged(active_only(backend("mail_backend")), "up.csv") ==
          HaproxyJudgement{true, "backend mail_backend: 1 of 1 active servers up", 1});
    CHECK(judged(active_only(backend("mail_backend")), "one_down.csv") ==
          HaproxyJudgement{
              false, "backend mail_backend: 0 of 1 active servers up (mta1: DOWN, L4CON Connection refused)",
              0});
    CHECK(judged(backend("mail_backend"), "all_down.csv") ==
          HaproxyJudgement{false,
                           "backend mail_backend: 0 of 2 servers up (mta1: DOWN, L4CON Connection refused; "
                           "mta2: DOWN, L4CON Connection refused)",
                           0});
}

TEST_CASE("a server on its way down still works, one on its way up does not yet") {
    CHECK(judged(backend("slow_backend"), "going_down.csv") ==
          HaproxyJudgement{true, "backend slow_backend: 1 of 1 servers up", 1});
    CHECK(judged(backend("slow_backend"), "going_up.csv") ==
          HaproxyJudgement{false, "backend slow_backend: 0 of 1 servers up (slow1: DOWN 1/3, L4OK)", 0});
}

TEST_CASE("servers that are to get no new traffic are not up") {
    CHECK(judged(backend("mail_backend"), "by_hand.csv").detail ==
          "backend mail_backend: 0 of 2 servers up (mta1: MAINT; mta2: DRAIN, L4OK)");
    CHECK(judged(backend("http_backend"), "by_hand.csv").detail ==
          "backend http_backend: 0 of 1 servers up (web1: NOLB, L7OKC)");
    CHECK(
        judged(backend("agent_backend"), "by_hand.csv") ==
        HaproxyJudgement{true,
                         "backend agent_backend: 1 of 4 servers up (agent1: DRAIN (agent); zero1: no check, "
                         "weight 0; via1: MAINT (via mail_backend/mta1))",
                         0.25});
    CHECK(judged(backend("agent_backend", 3), "agent_down.csv").detail ==
          "backend agent_backend: 2 of 4 servers up, 3 needed (agent1: DOWN (agent), via agent : down (disk "
          "full); zero1: no check, weight 0)");
}

TEST_CASE("each state of a server, and states that are not known") {
    for (const std::string status : {"UP", "UP 1/3", "UP 2/3", "no check"})
        CHECK_MESSAGE(judged(status, 1).ok, status);
    for (const std::string status :
         {"DOWN", "DOWN 1/3", "DOWN (agent)", "MAINT", "MAINT (resolution)", "DRAIN", "DRAIN 1/2",
          "DRAIN (agent)", "NOLB", "NOLB 1/2", "", "UPSIDE DOWN", "up", "no checks"})
        CHECK_MESSAGE(!judged(status, 1).ok, status);
    CHECK_FALSE(judged("UP", 0).ok);
    CHECK(judged("UP", 0).detail == "backend b: 0 of 1 servers up (s: UP, weight 0)");
}

TEST_CASE("while the next check is under way its star is not told") {
    HaproxyStat stat{{StatType::server, "b", "s", "DOWN", 1, 1, 0, 0, {}, 0, {}, "* L4TOUT", "", ""},
                     {StatType::backend, "b", "BACKEND", "DOWN", 0, 0, 0, 0, 10, 0, {}, "", "", ""}};
    CHECK(judge(backend("b"), HaproxyInfo{}, stat).detail ==
          "backend b: 0 of 1 servers up (s: DOWN, L4TOUT)");
}

TEST_CASE("a backend without servers is none, though HAProxy calls it UP") {
    CHECK(judged(backend("empty_backend"), "up.csv") ==
          HaproxyJudgement{false, "backend empty_backend has no servers", 0});
    CHECK(judged(backend("empty_backend", 0), "up.csv") ==
          HaproxyJudgement{true, "backend empty_backend has no servers", 0});
}

TEST_CASE("a name that is not there is told with those that are") {
    CHECK(judged(backend("mailbackend"), "up.csv") ==
          HaproxyJudgement{false,
                           "there is no backend mailbackend, or it is disabled; there are: mail_backend, "
                           "slow_backend, agent_backend, http_backend, quoting_backend, empty_backend",
                           0});
    CHECK(judged(frontends({"mail_backend"}), "up.csv") ==
          HaproxyJudgement{
              false, "there is no frontend mail_backend, or it is disabled; there are: smtp, submission", 0});
    CHECK(judge(backend("b"), HaproxyInfo{}, {}).detail ==
          "there is no backend b, or it is disabled; there is none");
}

TEST_CASE("frontends must be open") {
    CHECK(judged(frontends({"smtp", "submission"}), "up.csv") ==
          HaproxyJudgement{true, "frontend smtp is OPEN; frontend submission is OPEN", 1});
    CHECK(judged(frontends({"smtp", "submission"}), "by_hand.csv") ==
          HaproxyJudgement{false, "frontend submission is PAUSED", 0});
    CHECK(judged(frontends({"submission"}), "agent_down.csv").detail == "frontend submission is STOP");
}

TEST_CASE("all that is wrong is told; servers behind a closed frontend have no share") {
    auto settings = backend("mail_backend");
    settings.frontends = {"submission"};
    CHECK(judged(settings, "by_hand.csv").detail == "frontend submission is PAUSED; backend mail_backend: 0 "
                                                    "of 2 servers up (mta1: MAINT; mta2: DRAIN, L4OK)");
    CHECK(judged(settings, "agent_down.csv") == HaproxyJudgement{false, "frontend submission is STOP", 0});
    CHECK(judged(settings, "up.csv") ==
          HaproxyJudgement{true, "frontend submission is OPEN; backend mail_backend: 2 of 2 servers up", 1});
}

TEST_CASE("sessions: those of the process and of each frontend asked for, never a backend's fullconn") {
    auto settings = frontends({"smtp"});
    settings.session_limit = 90;
    CHECK(judged(settings, "busy.csv", "busy.info") ==
          HaproxyJudgement{false, "frontend smtp has 45 of 50 sessions, the limit is 90%", 0});
    settings.session_limit = 91;
    CHECK(judged(settings, "busy.csv", "busy.info").ok);
    auto process = backend("mail_backend"); // its 45 of 25 are no fault
    process.session_limit = 23;             // 22.5% of 200
    CHECK(judged(process, "busy.csv", "busy.info").ok);
    process.session_limit = 22;
    CHECK(judged(process, "busy.csv", "busy.info") ==
          HaproxyJudgement{false, "haproxy has 45 of 200 sessions, the limit is 22%", 0.5});
}

TEST_CASE("a limit that is not there is not reached, and numbers too large for arithmetic are") {
    HaproxySettings settings;
    settings.session_limit = 100;
    HaproxyInfo info;
    info.connections = 10;
    CHECK(judge(settings, info, {}).ok);
    info.connections = info.connection_limit = ~std::uint64_t{0};
    CHECK_FALSE(judge(settings, info, {}).ok);
}

TEST_CASE("the queue of a backend is its own and its servers'") {
    auto settings = backend("mail_backend");
    settings.queue_limit = 41;
    CHECK(judged(settings, "busy.csv", "busy.info").ok);
    settings.queue_limit = 40;
    CHECK(judged(settings, "busy.csv", "busy.info") ==
          HaproxyJudgement{false, "backend mail_backend: 41 requests queued, the limit is 40", 0.5});
    HaproxyStat stat{
        {StatType::server, "mail_backend", "s", "UP", 1, 1, 0, 0, {}, 3, {}, "", "", ""},
        {StatType::backend, "mail_backend", "BACKEND", "UP", 1, 1, 0, 0, 10, 40, {}, "", "", ""}};
    CHECK(judge(settings, HaproxyInfo{}, stat).detail ==
          "backend mail_backend: 43 requests queued, the limit is 40");
    stat[0].queued = ~std::uint64_t{0};
    CHECK_FALSE(judge(settings, HaproxyInfo{}, stat).ok);
}

TEST_CASE("of many servers the first are named") {
    HaproxyStat stat{{StatType::backend, "b", "BACKEND", "DOWN", 0, 0, 0, 0, 10, 0, {}, "", "", ""}};
    for (int i = 1; i <= 10; ++i)
        stat.push_back(
            {StatType::server, "b", "s" + std::to_string(i), "MAINT", 1, 1, 0, 0, {}, 0, {}, "", "", ""});
    CHECK(judge(backend("b"), HaproxyInfo{}, stat).detail ==
          "backend b: 0 of 10 servers up (s1: MAINT; s2: MAINT; s3: MAINT; s4: MAINT; s5: MAINT; s6: MAINT; "
          "s7: "
          "MAINT; s8: MAINT; and 2 more)");
}
