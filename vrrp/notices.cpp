#include "vrrp/notices.h"

#include "base/duration.h"

#include <algorithm>
#include <utility>

namespace baton::vrrp {
namespace {

/// Something is wrong on the wire: as long as it lasts, a line a minute.
constexpr Duration trouble_pause = std::chrono::minutes(1);

/// Somebody set two nodes up differently: that does not change by the minute.
constexpr Duration difference_pause = std::chrono::hours(1);

/// Whose adverts are refused for want of the right key, and who refuses ours in turn, is Active beside us.
bool may_hide_a_peer(Reject reason) {
    return reason == Reject::authentication_type || reason == Reject::authentication ||
           reason >= Reject::authentication_missing;
}

const char* words_of(ChecksumForm form) {
    switch (form) {
    case ChecksumForm::message_only:
        return "without a pseudo-header (RFC 9568)";
    case ChecksumForm::pseudo_header:
        return "with a pseudo-header (RFC 5798, as keepalived and FRR do)";
    case ChecksumForm::group_pseudo_header:
        return "with a pseudo-header to the multicast group (as keepalived before 1.3.7 does)";
    }
    return "";
}

std::string words_of(const Notice& notice) {
    const auto peer = notice.source.to_string();
    switch (notice.kind) {
    case NoticeKind::interval_differs:
        return peer + " advertises every " + format_milliseconds(notice.interval) +
               ", which is not our interval; its own counts while it is Active";
    case NoticeKind::addresses_differ:
        return peer + " advertises other virtual addresses than ours";
    case NoticeKind::owner_hears_advert:
        return "this node is the owner of the addresses (priority 255), and yet " + peer +
               " advertises with priority " + std::to_string(notice.priority.value);
    case NoticeKind::equal_priority:
        return peer + " has our priority " + std::to_string(notice.priority.value) +
               "; the greater address decides between us";
    case NoticeKind::second_active:
        return peer + " is Active beside us, with priority " + std::to_string(notice.priority.value);
    case NoticeKind::checksum_form:
        return peer + " sums its adverts " + words_of(notice.form);
    case NoticeKind::foreign_address:
        return peer + " is on this host and was not put there by baton: it is answered for here, whoever is "
                      "Active; remove it, and whatever configures it";
    case NoticeKind::address_claimed:
        return "another host, with the MAC address " + notice.mac->to_string() + ", says that it has " +
               peer + ", which this node holds: who hears it sends there; find out whose MAC address that is";
    }
    return "";
}

} // namespace

std::string describe(Reject reason) {
    switch (reason) {
    case Reject::hop_limit:
        return "its TTL or hop limit is too low, so it may have passed a router";
    case Reject::too_short:
        return "it is shorter than any advert";
    case Reject::version:
        return "it is not of the VRRP version used here";
    case Reject::type:
        return "it is not of type 1 (ADVERTISEMENT)";
    case Reject::length:
        return "its length is not what its address count says";
    case Reject::checksum:
        return "its checksum is wrong";
    case Reject::count_zero:
        return "it names no address";
    case Reject::interval_zero:
        return "its advertisement interval is zero";
    case Reject::own_source:
        return "it comes from our own address: a reflection, or another host that uses it";
    case Reject::source:
        return "it comes from an address that no host has";
    case Reject::destination:
        return "it was not sent to where this instance listens (unicast or group)";
    case Reject::unicast_source:
        return "its sender is none of the unicast peers";
    case Reject::unknown_vrid:
        return "no instance here has its VRID";
    case Reject::first_address:
        return "its first address is not link-local (RFC 9568 section 5.2.9)";
    case Reject::authentication_type:
        return "it uses another kind of authentication";
    case Reject::authentication:
        return "its password is wrong";
    case Reject::interval_mismatch:
        return "its advertisement interval is not ours, which VRRPv2 forbids";
    case Reject::address_list:
        return "it names other addresses than ours";
    case Reject::authentication_missing:
        return "it is not signed";
    case Reject::authentication_malformed:
        return "its authentication trailer is not one of ours (HMAC-SHA256 of keepalived's form)";
    case Reject::authentication_unknown_key:
        return "it is signed with a key that is not in the key file";
    case Reject::authentication_invalid:
        return "its signature is wrong: the sender has another key under that number, or it is forged";
    case Reject::authentication_stale:
        return "it was signed too long ago or ahead of our time: compare the clocks of both hosts";
    case Reject::authentication_replay:
        return "its number is not above the last from there: it was sent before, or the sender's clock went "
               "back";
    }
    return "";
}

const char* to_string(NoticeKind kind) {
    switch (kind) {
    case NoticeKind::interval_differs:
        return "interval_differs";
    case NoticeKind::addresses_differ:
        return "addresses_differ";
    case NoticeKind::owner_hears_advert:
        return "owner_hears_advert";
    case NoticeKind::equal_priority:
        return "equal_priority";
    case NoticeKind::second_active:
        return "second_active";
    case NoticeKind::checksum_form:
        return "checksum_form";
    case NoticeKind::foreign_address:
        return "foreign_address";
    case NoticeKind::address_claimed:
        return "address_claimed";
    }
    return "";
}

std::string describe(const Notice& notice) {
    auto text = notice.rejected ? "refused an advert from " + notice.source.to_string() + ": " +
                                      describe(*notice.rejected)
                                : words_of(notice);
    if (notice.rejected && notice.while_active && may_hide_a_peer(*notice.rejected))
        text += "; this node is Active, so if that is one of its peers, there are two";
    if (notice.untold != 0)
        text += " (and " + std::to_string(notice.untold) + " more since this was last told)";
    return text;
}

Notice refusal(Reject reason, const IpAddress& source) {
    Notice notice;
    notice.rejected = reason;
    notice.source = source;
    return notice;
}

/// One whose pause is over makes place for another; what is left untold of it counts with the others.
NoticeLimit::Gate& NoticeLimit::gate_of(const IpAddress& source, Gates& gates, Time now) {
    auto& known = gates.of_senders;
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.first == source; });
    if (found != known.end())
        return found->second;
    if (known.size() < senders)
        return known.emplace_back(source, Gate{}).second;
    const auto over =
        std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.second.next <= now; });
    if (over == known.end())
        return gates.of_others;
    gates.of_others.untold += over->second.untold;
    *over = {source, {}};
    return over->second;
}

std::optional<Notice> NoticeLimit::admit(Notice notice, Time now) {
    auto& gate = notice.rejected ? rejects_[static_cast<std::size_t>(*notice.rejected)]
                                 : gate_of(notice.source, kinds_[static_cast<std::size_t>(notice.kind)], now);
    if (gate.next && now < *gate.next) {
        ++gate.untold;
        return std::nullopt;
    }
    gate.next = now + (notice.is_trouble() ? trouble_pause : difference_pause);
    notice.untold = std::exchange(gate.untold, 0);
    return notice;
}

} // namespace baton::vrrp
