// Every case of what is asked of the kernel: what is desired, what is there, whose it is.
#include "netlink/reconcile.h"

#include <doctest/doctest.h>
#include <ostream>
#include <string>
#include <vector>

using namespace baton;
using namespace baton::netlink;

namespace {

using Words = std::vector<std::string>;

std::vector<Prefix> prefixes(const Words& words) {
    std::vector<Prefix> all;
    for (const std::string& word : words)
        all.push_back(Prefix::parse(word).value());
    return all;
}

// "10.0.1.100/24 ours" carries our mark.
std::vector<HeldAddress> actual(const Words& words) {
    std::vector<HeldAddress> all;
    for (const std::string& word : words) {
        HeldAddress held;
        held.prefix = Prefix::parse(word.substr(0, word.find(' '))).value();
        held.ours = word.ends_with(" ours");
        all.push_back(held);
    }
    return all;
}

Words words(const std::vector<Prefix>& all) {
    Words texts;
    for (const Prefix& prefix : all)
        texts.push_back(prefix.to_string());
    return texts;
}

} // namespace

TEST_CASE("hold: what is desired and not there is added, what is there without our mark is a conflict") {
    struct Row {
        const char* what;
        Words desired;
        Words actual;
        bool adopt;
        Words add;
        Words foreign;
    };
    const std::vector<Row> rows{
        {"an empty interface", {"10.0.1.100/24"}, {}, false, {"10.0.1.100/24"}, {}},
        {"nothing desired", {}, {"10.0.1.2/24"}, false, {}, {}},
        {"beside other addresses", {"10.0.1.100/24"}, {"10.0.1.2/24"}, false, {"10.0.1.100/24"}, {}},
        {"there already", {"10.0.1.100/24"}, {"10.0.1.100/24 ours"}, false, {}, {}},
        {"in part there already",
         {"10.0.1.100/24", "10.0.1.101/24"},
         {"10.0.1.101/24 ours"},
         false,
         {"10.0.1.100/24"},
         {}},
        {"in the order desired",
         {"10.0.1.9/24", "10.0.1.3/24"},
         {},
         false,
         {"10.0.1.9/24", "10.0.1.3/24"},
         {}},
        {"foreign", {"10.0.1.100/24"}, {"10.0.1.100/24"}, false, {}, {"10.0.1.100/24"}},
        {"foreign with another length", {"10.0.1.100/24"}, {"10.0.1.100/32"}, false, {}, {"10.0.1.100/24"}},
        {"foreign and ours",
         {"10.0.1.100/24"},
         {"10.0.1.100/24 ours", "10.0.1.100/32"},
         false,
         {},
         {"10.0.1.100/24"}},
        {"ours with another length", {"10.0.1.100/24"}, {"10.0.1.100/32 ours"}, false, {"10.0.1.100/24"}, {}},
        {"foreign, adopted", {"10.0.1.100/24"}, {"10.0.1.100/24"}, true, {}, {}},
        {"one adopted, one added",
         {"10.0.1.100/24", "10.0.1.101/24"},
         {"10.0.1.100/24"},
         true,
         {"10.0.1.101/24"},
         {}},
        {"the same twice", {"10.0.1.100/24", "10.0.1.100/24"}, {}, false, {"10.0.1.100/24"}, {}},
        {"of another family", {"::1/128"}, {"0.0.0.1/32"}, false, {"::1/128"}, {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const auto plan = plan_hold(prefixes(row.desired), actual(row.actual), row.adopt);
        CHECK(words(plan.add) == row.add);
        CHECK(words(plan.foreign) == row.foreign);
        CHECK(plan.remove.empty());
    }
}

TEST_CASE("hold: an IPv6 address of ours makes room for itself with another length") {
    struct Row {
        const char* what;
        Words desired;
        Words actual;
        bool adopt;
        Words remove;
        Words add;
        Words foreign;
    };
    const std::vector<Row> rows{
        {"there already", {"fd00::1/64"}, {"fd00::1/64 ours"}, false, {}, {}, {}},
        {"another length", {"fd00::1/64"}, {"fd00::1/128 ours"}, false, {"fd00::1/128"}, {"fd00::1/64"}, {}},
        {"another address", {"fd00::1/64"}, {"fd00::2/128 ours"}, false, {}, {"fd00::1/64"}, {}},
        {"foreign", {"fd00::1/64"}, {"fd00::1/128"}, false, {}, {}, {"fd00::1/64"}},
        {"foreign, adopted", {"fd00::1/64"}, {"fd00::1/128"}, true, {}, {}, {}},
        {"the same twice",
         {"fd00::1/64", "fd00::1/64"},
         {"fd00::1/128 ours"},
         false,
         {"fd00::1/128"},
         {"fd00::1/64"},
         {}},
        {"beside IPv4",
         {"10.0.1.100/24", "fd00::1/64"},
         {"10.0.1.100/32 ours", "fd00::1/128 ours"},
         false,
         {"fd00::1/128"},
         {"10.0.1.100/24", "fd00::1/64"},
         {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const auto plan = plan_hold(prefixes(row.desired), actual(row.actual), row.adopt);
        CHECK(words(plan.remove) == row.remove);
        CHECK(words(plan.add) == row.add);
        CHECK(words(plan.foreign) == row.foreign);
    }
}

TEST_CASE("reclaim: what is desired and there just so, but without our mark") {
    const auto there = actual({"fd00::2/64", "fd00::1/64", "10.0.1.100/32", "10.0.1.101/24 ours"});
    CHECK(words(plan_reclaim(prefixes({"fd00::1/64", "10.0.1.100/24", "10.0.1.101/24"}), there)) ==
          Words{"fd00::1/64"});
}

TEST_CASE("release: only what is ours goes, whatever the length of its network, the last first") {
    struct Row {
        const char* what;
        Words unwanted;
        Words actual;
        Words remove;
    };
    const std::vector<Row> rows{
        {"ours", {"10.0.1.100/24"}, {"10.0.1.2/24", "10.0.1.100/24 ours"}, {"10.0.1.100/24"}},
        {"foreign", {"10.0.1.100/24"}, {"10.0.1.100/24"}, {}},
        {"gone", {"10.0.1.100/24"}, {"10.0.1.2/24"}, {}},
        {"ours of another router", {"10.0.1.100/24"}, {"10.0.1.101/24 ours"}, {}},
        {"ours with another length", {"10.0.1.100/24"}, {"10.0.1.100/32 ours"}, {"10.0.1.100/32"}},
        {"several",
         {"10.0.1.100/24", "10.0.1.101/24"},
         {"10.0.1.100/24 ours", "10.0.1.101/24 ours"},
         {"10.0.1.101/24", "10.0.1.100/24"}},
        {"IPv6, with another length",
         {"fd00::1/64"},
         {"fd00::1/128 ours", "fd00::2/64 ours"},
         {"fd00::1/128"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK(words(plan_release(prefixes(row.unwanted), actual(row.actual))) == row.remove);
    }
}

TEST_CASE("sweep: all of ours goes but what is to be kept") {
    const auto there =
        actual({"10.0.1.2/24", "10.0.1.100/24 ours", "10.0.1.101/24 ours", "10.0.1.100/32 ours"});
    CHECK(words(plan_sweep(prefixes({"10.0.1.100/24"}), there)) == Words{"10.0.1.100/32", "10.0.1.101/24"});
    CHECK(words(plan_sweep({}, there)) == Words{"10.0.1.100/32", "10.0.1.101/24", "10.0.1.100/24"});
    CHECK(plan_sweep({}, actual({"10.0.1.2/24"})).empty());
    CHECK(words(plan_sweep({}, actual({"10.0.1.100/24 ours", "fd00::2/64", "fe80::1/64 ours"}))) ==
          Words{"fe80::1/64", "10.0.1.100/24"});
}
