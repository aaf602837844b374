// What is said where packets cannot be dropped.
#include "netfilter/accept_filter.h"

#include <cerrno>
#include <doctest/doctest.h>
#include <initializer_list>
#include <ostream>

using baton::netfilter::explain_absence;

TEST_CASE("a kernel without nf_tables is named as the cause, whichever of its parts is missing") {
    for (const int code : {EPROTONOSUPPORT, EINVAL, EOPNOTSUPP, EAFNOSUPPORT, ENOENT}) {
        CAPTURE(code);
        CHECK(explain_absence(code, false).find("this kernel lacks nf_tables") != std::string::npos);
    }
    CHECK(
        explain_absence(EPROTONOSUPPORT, false) ==
        "packets to virtual addresses cannot be dropped: Protocol not supported; this kernel lacks nf_tables "
        "with tables of family inet (CONFIG_NF_TABLES_INET), or is older than Linux 5.12; load the module "
        "nf_tables, or accept packets to the virtual addresses");
}

TEST_CASE("a missing capability and a foreign table are told apart") {
    CHECK(explain_absence(EPERM, false).ends_with("run it as root or grant the capability"));
    CHECK(explain_absence(EPERM, true).ends_with("(nft delete table inet baton) and whatever makes it"));
    CHECK(explain_absence(EEXIST, true) ==
          "packets to virtual addresses cannot be dropped: File exists; there is a table \"inet baton\" "
          "already "
          "that is not ours; remove it (nft delete table inet baton) and whatever makes it");
    CHECK(explain_absence(ENOMEM, true) ==
          "packets to virtual addresses cannot be dropped: Cannot allocate memory");
}
