#include "netfilter/accept_filter.h"

#include <algorithm>
#include <cerrno>
#include <linux/netfilter/nf_tables.h>
#include <system_error>
#include <vector>

namespace baton::netfilter {

namespace {

// Some 70 kB: a netlink message may have 200 kB on every Linux without asking.
constexpr std::size_t in_one_transaction = 2000;

const std::string table = std::string("inet ") + table_name;

std::string error_text(int code) { return std::generic_category().message(code); }

// A table of that name which another program owns is refused as if we were not allowed to make any.
std::string taken() {
    return "there is a table \"" + table + "\" already that is not ours; remove it (nft delete table " +
           table + ") and whatever makes it";
}

std::string remedy(int code, bool opened) {
    switch (code) {
    case EPERM:
        return opened ? taken() : "batond needs CAP_NET_ADMIN: run it as root or grant the capability";
    case EEXIST:
        return taken();
    case EPROTONOSUPPORT:
    case EINVAL:
    case EOPNOTSUPP:
    case EAFNOSUPPORT:
    case ENOENT:
        return "this kernel lacks nf_tables with tables of family inet (CONFIG_NF_TABLES_INET), or is older "
               "than "
               "Linux 5.12; load the module nf_tables, or accept packets to the virtual addresses";
    default:
        return {};
    }
}

} // namespace

std::string explain_absence(int code, bool opened) {
    const std::string advice = remedy(code, opened);
    return "packets to virtual addresses cannot be dropped: " + error_text(code) +
           (advice.empty() ? "" : "; " + advice);
}

Result<AcceptFilter, Error> AcceptFilter::open() {
    auto socket = Socket::open();
    if (!socket)
        return Error{explain_absence(socket.error(), false)};
    Batch batch;
    append_table(batch);
    if (const int code = socket->perform(batch.finish()); code != 0)
        return Error{explain_absence(code, true)};
    return AcceptFilter(std::move(*socket));
}

Result<void, Error> AcceptFilter::hold(std::span<const Unaccepted> addresses) {
    std::set<Unaccepted> missing(addresses.begin(), addresses.end());
    std::erase_if(missing, [&](const Unaccepted& each) { return held_.contains(each); });
    return change(NFT_MSG_NEWSETELEM, std::vector(missing.begin(), missing.end()));
}

Result<void, Error> AcceptFilter::release(std::span<const Unaccepted> addresses) {
    std::set<Unaccepted> there(addresses.begin(), addresses.end());
    std::erase_if(there, [&](const Unaccepted& each) { return !held_.contains(each); });
    return change(NFT_MSG_DELSETELEM, std::vector(there.begin(), there.end()));
}

Result<void, Error> AcceptFilter::change(std::uint16_t type, std::span<const Unaccepted> addresses) {
    const bool add = type == NFT_MSG_NEWSETELEM;
    while (!addresses.empty()) {
        const auto part = addresses.first(std::min(in_one_transaction, addresses.size()));
        Batch batch;
        append_elements(batch, type, part);
        if (const int code = socket_.perform(batch.finish()); code != 0)
            return Error{
                "packets to " + part.front().address.to_string() +
                (part.size() == 1 ? "" : " and " + std::to_string(part.size() - 1) + " more addresses") +
                (add ? " cannot be dropped: " : " cannot be let in again: ") + error_text(code)};
        for (const Unaccepted& each : part) {
            if (add)
                held_.insert(each);
            else
                held_.erase(each);
        }
        addresses = addresses.subspan(part.size());
    }
    return {};
}

} // namespace baton::netfilter
