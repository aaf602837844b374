#include "daemon/signatures.h"

#include <cerrno>
#include <sys/stat.h>
#include <system_error>

namespace baton::daemon {
namespace {

Result<void, Error> make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST)
        return {};
    return Error{"the state directory " + path + " cannot be made: " +
                 std::generic_category().message(errno) + "; make it, or name another as \"state_dir\""};
}

std::size_t trailer_in(const Datagram& datagram) {
    const auto version = vrrp::peek(datagram).version;
    return version ? auth::trailer_in(datagram.payload, static_cast<std::uint8_t>(*version),
                                      datagram.source.family())
                   : 0;
}

std::string key_in_words(const auth::Verifier& verifier) {
    const auto key = std::to_string(verifier.active_key().value);
    return verifier.signs() ? "key " + key + " signs" : "nothing is signed (receive_only)";
}

} // namespace

vrrp::Reject reject_of(auth::Refusal refusal) {
    switch (refusal) {
    case auth::Refusal::missing:
        return vrrp::Reject::authentication_missing;
    case auth::Refusal::malformed:
        return vrrp::Reject::authentication_malformed;
    case auth::Refusal::unknown_key:
        return vrrp::Reject::authentication_unknown_key;
    case auth::Refusal::stale:
        return vrrp::Reject::authentication_stale;
    case auth::Refusal::invalid:
        return vrrp::Reject::authentication_invalid;
    case auth::Refusal::replay:
        return vrrp::Reject::authentication_replay;
    }
    return vrrp::Reject::authentication_invalid;
}

std::string marks_name(const vrrp::InstanceSettings& instance) {
    return "marks-" + instance.interface + (instance.family() == Family::ipv4 ? "-ipv4-" : "-ipv6-") +
           std::to_string(instance.vrid.value);
}

Result<Signatures, Error> Signatures::open(const config::Config& config) {
    Signatures signatures;
    if (config.signatures.empty())
        return signatures;
    if (auto made = make_directory(config.state_dir); !made)
        return made.error();
    signatures.entries_.resize(config.settings.instances.size());
    for (const auto& signature : config.signatures) {
        auto keys = auth::KeyRing::read(signature.keys);
        if (!keys)
            return keys.error();
        const auto& instance = config.settings.instances[signature.instance.value];
        auto verifier = auth::Verifier::open({signature.mode,
                                              {signature.freshness, signature.window},
                                              config.state_dir + "/" + marks_name(instance)},
                                             std::move(*keys));
        if (!verifier)
            return verifier.error();
        signatures.entries_[signature.instance.value].emplace(
            Entry{std::move(*verifier), signature.keys, std::nullopt, false});
    }
    return signatures;
}

Signatures::Entry* Signatures::find(vrrp::InstanceId instance) {
    if (instance.value >= entries_.size() || !entries_[instance.value])
        return nullptr;
    return &*entries_[instance.value];
}

/// What is for nobody here may be signed all the same: then it is no more than that.
vrrp::Event Signatures::hear(const vrrp::Node& node, const Datagram& datagram, auth::WallTime now) {
    const auto instance = node.addressee(datagram);
    auto* entry = instance ? find(*instance) : nullptr;
    auto event = vrrp::heard(datagram, entry != nullptr || !instance ? trailer_in(datagram) : 0);
    const auto* received = std::get_if<vrrp::AdvertReceived>(&event);
    if (entry == nullptr || received == nullptr || node.objection(*received))
        return event;
    const auto reason = refusal(*entry, datagram, received->advert, now);
    watch(*instance, *entry, now);
    return reason ? vrrp::refused(datagram, *reason) : event;
}

std::optional<vrrp::Reject> Signatures::refusal(Entry& entry, const Datagram& datagram,
                                                const vrrp::Advert& advert, auth::WallTime now) {
    const auto verdict = entry.verifier.verify(datagram.payload, static_cast<std::uint8_t>(advert.version),
                                               advert.vrid.value, datagram.source, now);
    return verdict ? std::nullopt : std::optional(reject_of(verdict.error()));
}

Result<std::span<const std::uint8_t>, Error>
Signatures::sealed(const vrrp::SendAdvert& effect, std::span<const std::uint8_t> message,
                   std::span<std::uint8_t, vrrp::max_advert_size> buffer, auth::WallTime now) {
    auto* entry = find(effect.instance);
    if (entry == nullptr || !entry->verifier.signs())
        return message;
    // All unicast peers get one number: to them it is one advert.
    if (!effect.again || !entry->last) {
        entry->last.reset();
        const auto trailer = entry->verifier.sign(message, static_cast<std::uint8_t>(effect.advert.version),
                                                  effect.advert.vrid.value, effect.source, now);
        watch(effect.instance, *entry, now);
        if (!trailer)
            return trailer.error();
        entry->last = *trailer;
    }
    return vrrp::append_trailer(*entry->last, message.size(), effect.source, effect.destination, buffer);
}

bool Signatures::read_keys_again() {
    bool any = false;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (!entries_[i])
            continue;
        any = true;
        auto& entry = *entries_[i];
        const vrrp::InstanceId instance{static_cast<std::uint32_t>(i)};
        auto keys = auth::KeyRing::read(entry.keys);
        if (!keys) {
            news_.push_back({instance, News::Kind::keys_refused, keys.error().text});
            continue;
        }
        entry.verifier.use(std::move(*keys));
        news_.push_back({instance, News::Kind::keys_read, key_in_words(entry.verifier)});
    }
    return any;
}

Duration Signatures::hold_off() const {
    Duration longest{};
    for (const auto& entry : entries_)
        if (entry)
            longest = std::max(longest, entry->verifier.hold_off());
    return longest;
}

std::optional<control::Authentication> Signatures::view(vrrp::InstanceId instance, auth::WallTime now) const {
    if (instance.value >= entries_.size() || !entries_[instance.value])
        return std::nullopt;
    const auto& verifier = entries_[instance.value]->verifier;
    control::Authentication view;
    view.kind = std::string("hmac-sha256 (") + to_string(verifier.mode()) + ")";
    if (verifier.signs())
        view.signing_key = verifier.active_key().value;
    if (const auto trouble = verifier.trouble(now))
        view.trouble = trouble->text;
    return view;
}

void Signatures::close() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (!entries_[i])
            continue;
        if (const auto closed = entries_[i]->verifier.close(); !closed)
            news_.push_back(
                {vrrp::InstanceId{static_cast<std::uint32_t>(i)}, News::Kind::trouble, closed.error().text});
    }
}

/// Trouble is told when it begins and when it ends.
void Signatures::watch(vrrp::InstanceId instance, Entry& entry, auth::WallTime now) {
    const auto trouble = entry.verifier.trouble(now);
    if (trouble.has_value() == entry.in_trouble)
        return;
    entry.in_trouble = trouble.has_value();
    news_.push_back(
        {instance, trouble ? News::Kind::trouble : News::Kind::trouble_ended, trouble ? trouble->text : ""});
}

} // namespace baton::daemon
