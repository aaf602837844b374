// Which adverts a router takes, beyond what decode() has seen to, and what it tells of the others (RFC 9568
// section 7.1 with errata 8298 and 8300; RFC 3768 section 7.1; the table of docs/conformance.md).
#include "vrrp/router.h"

#include "vrrp/timing.h"

#include <algorithm>
#include <utility>

namespace baton::vrrp {
namespace {

/// In the same time whatever the difference, so that the time tells nothing of the password.
bool equal_in_constant_time(const Password& a, const Password& b) {
    std::uint8_t difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<std::uint8_t>(a[i] ^ b[i]);
    return difference == 0;
}

} // namespace

std::optional<Reject> Router::reason_to_refuse(const AdvertReceived& received) const {
    if (conditions_.primary && received.source == *conditions_.primary)
        return Reject::own_source;
    if (!received.source.is_of_a_host())
        return Reject::source; // the greater address decides between equals: this is nobody to yield to
    if (const auto reason = wrong_path(received))
        return reason;
    if (received.advert.version != settings_.version)
        return Reject::version;
    if (settings_.version == Version::v2)
        if (const auto reason = wrong_for_version_2(received.advert))
            return reason;
    const auto& addresses = received.advert.addresses;
    if (addresses.family() == Family::ipv6 && settings_.require_link_local_first &&
        !addresses[0].is_link_local())
        return Reject::first_address;
    if (settings_.address_list == AddressListCheck::refuse && received.advert.priority != owner &&
        !same_addresses(addresses))
        return Reject::address_list;
    return std::nullopt;
}

/// Unicast where the group is meant, or the other way round; from whom, and from how far.
std::optional<Reject> Router::wrong_path(const AdvertReceived& received) const {
    const auto& unicast = settings_.unicast;
    if (unicast.peers.empty())
        return received.destination == group() ? std::nullopt : std::optional(Reject::destination);
    if (received.destination.is_multicast())
        return Reject::destination;
    if (unicast.check_source &&
        std::find(unicast.peers.begin(), unicast.peers.end(), received.source) == unicast.peers.end())
        return Reject::unicast_source;
    if (received.hop_limit < unicast.minimum_hop_limit)
        return Reject::hop_limit;
    return std::nullopt;
}

std::optional<Reject> Router::wrong_for_version_2(const Advert& advert) const {
    const auto wanted = settings_.password ? simple_password : no_authentication;
    if (advert.authentication.type != wanted)
        return Reject::authentication_type;
    if (settings_.password && !equal_in_constant_time(advert.authentication.data, *settings_.password))
        return Reject::authentication;
    if (advert.interval != settings_.advert_interval)
        return Reject::interval_mismatch;
    return std::nullopt;
}

IpAddress Router::group() const { return settings_.group.value_or(multicast_group(settings_.family())); }

/// Of another version, it was read by the wrong rules: then nothing but that is wrong with it.
void Router::refuse(const AdvertRejected& rejected, Time now, Effects& out) {
    const bool other_version = rejected.says.version && *rejected.says.version != settings_.version;
    const bool read_by_version = rejected.reason != Reject::hop_limit && rejected.reason != Reject::too_short;
    refuse(other_version && read_by_version ? Reject::version : rejected.reason, rejected.source, now, out);
}

void Router::refuse(Reject reason, const IpAddress& source, Time now, Effects& out) {
    counters_.rejected.count(reason);
    last_refused_ = Refused{reason, source, now};
    auto refused = refusal(reason, source);
    refused.while_active = state_ == State::active;
    if (const auto notice = notices_.admit(refused, now))
        out.emplace_back(Noticed{id_, conditions_.interface, *notice});
}

void Router::note_accepted(const AdvertReceived& received, Time now, Effects& out) {
    const auto& advert = received.advert;
    ++counters_.adverts_received;
    if (advert.priority == resigning)
        ++counters_.priority_zero_received;
    if (advert.interval != settings_.advert_interval) {
        ++counters_.interval_mismatch;
        tell(NoticeKind::interval_differs, received, now, out);
    }
    if (!same_addresses(advert.addresses)) {
        ++counters_.address_list_mismatch;
        tell(NoticeKind::addresses_differ, received, now, out);
    }
    if (conditions_.priority == owner)
        tell(NoticeKind::owner_hears_advert, received, now, out);
    else if (advert.priority == conditions_.priority)
        tell(NoticeKind::equal_priority, received, now, out);
    if (sums_in_forms())
        count_checksum_form(advert.checksum_form);
}

/// Only VRRPv3 over IPv4 has more than one form.
bool Router::sums_in_forms() const {
    return settings_.version == Version::v3 && settings_.family() == Family::ipv4;
}

void Router::count_checksum_form(ChecksumForm form) {
    switch (form) {
    case ChecksumForm::message_only:
        ++counters_.checksum_message_only;
        break;
    case ChecksumForm::pseudo_header:
        ++counters_.checksum_pseudo_header;
        break;
    case ChecksumForm::group_pseudo_header:
        ++counters_.checksum_group_pseudo_header;
        break;
    }
}

/// From one that we do not yield to: an Active router that speaks once more before another is heard, perhaps
/// after it has yielded to an answer in its form, and waited in vain for our regular adverts. A single
/// advert, stray or forged, must not make us unheard by the peers we have (decision 005).
void Router::consider_checksum_form(const AdvertReceived& received, Time now, Effects& out) {
    const auto& advert = received.advert;
    const Speaker speaker{received.source, advert.checksum_form, now};
    const auto before = std::exchange(last_speaker_, speaker);
    const auto interval = std::max(advert.interval, settings_.advert_interval);
    const auto longest_pause = active_down_interval(advert.priority, interval, settings_.version);
    if (before && before->address == speaker.address && before->form == speaker.form &&
        now - before->heard <= 2 * longest_pause) {
        adopt_checksum_form(received, now, out);
        proved_form_ = heard_form_;
    }
}

/// Beside the one we yield to, which leaves the pseudo-header out, somebody is Active who does not: it takes
/// no advert without one, and when that other one has gone it would take none of ours.
void Router::note_form_beside(const AdvertReceived& received) {
    if (sums_in_forms() && heard_form_ == ChecksumForm::message_only &&
        received.advert.checksum_form == ChecksumForm::pseudo_header)
        unreached_ = received.source;
}

/// To take over with: whoever we yielded to is heard no more.
void Router::choose_checksum_form() {
    if (std::exchange(unreached_, std::nullopt))
        proved_form_.reset();
    heard_form_ = proved_form_;
}

/// From one that we yield to: at once, as it is to understand us. But its only advert may have been a stray
/// one: when we take over, the form counts that was heard more than once.
void Router::yield_to_checksum_form(const AdvertReceived& received, Time now, Effects& out) {
    if (heard_form_ == received.advert.checksum_form)
        proved_form_ = heard_form_;
    adopt_checksum_form(received, now, out);
}

void Router::adopt_checksum_form(const AdvertReceived& received, Time now, Effects& out) {
    last_speaker_.reset();
    if (!sums_in_forms() || heard_form_ == received.advert.checksum_form)
        return;
    tell(NoticeKind::checksum_form, received, now, out);
    heard_form_ = received.advert.checksum_form;
}

void Router::tell(NoticeKind kind, const AdvertReceived& received, Time now, Effects& out) {
    const auto& advert = received.advert;
    const auto notice = notices_.admit(
        {std::nullopt, kind, received.source, advert.priority, advert.interval, advert.checksum_form}, now);
    if (notice)
        out.emplace_back(Noticed{id_, conditions_.interface, *notice});
}

/// Equal as sets, in any order; an address named twice is a difference (RFC 9568 section 7.1).
bool Router::same_addresses(const AddressView& addresses) const {
    if (addresses.size() != settings_.addresses.size())
        return false;
    // The usual case, the same list in the same order, costs one comparison of memory.
    if (std::equal(octets_.begin(), octets_.end(), addresses.octets().begin(), addresses.octets().end()))
        return true;
    return std::all_of(settings_.addresses.begin(), settings_.addresses.end(), [&](const Prefix& ours) {
        for (std::size_t i = 0; i < addresses.size(); ++i)
            if (addresses[i] == ours.address)
                return true;
        return false;
    });
}

} // namespace baton::vrrp
