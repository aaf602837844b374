#include "daemon/signatures.h"

#include "daemon/state_directory.h"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace baton::daemon {
namespace {

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

NewFile::~NewFile() {
    if (!path_.empty())
        (void)::unlink(path_.c_str()); // it may never have been made
}

std::string marks_name(const vrrp::InstanceSettings& instance) {
    return "marks-" + instance.interface + (instance.family() == Family::ipv4 ? "-ipv4-" : "-ipv6-") +
           std::to_string(instance.vrid.value);
}

Result<Signatures, Error> Signatures::open(const config::Config& config) {
    Signatures signatures;
    auto prepared = signatures.read_keys(config);
    if (!prepared)
        return prepared.error();
    if (auto opened = signatures.open_marks(*prepared, config); !opened)
        return opened.error();
    signatures.take(std::move(*prepared));
    signatures.news_.clear(); // at the start they are not read again
    signatures.used_by_.resize(config.settings.instances.size());
    for (const auto& signature : config.signatures) {
        const auto& instance = config.settings.instances[signature.instance.value];
        signatures.used_by_[signature.instance.value] = &signatures.entries_.at(marks_name(instance));
    }
    return signatures;
}

Result<Signatures::Prepared, Error> Signatures::read_keys(const config::Config& config) const {
    Prepared prepared;
    for (const auto& signature : config.signatures) {
        auto keys = auth::KeyRing::read(signature.keys);
        if (!keys)
            return keys.error();
        const auto& instance = config.settings.instances[signature.instance.value];
        const auto marks = marks_name(instance);
        const auto* entry = entry_of(marks, instance.name);
        if (entry != nullptr && !entry->verifier.uses(*keys))
            prepared.renewed.emplace(instance.name, signature.keys);
        prepared.all.emplace(marks, Prepared::One{instance.name,
                                                  signature.mode,
                                                  {signature.freshness, signature.window},
                                                  std::move(*keys),
                                                  std::nullopt,
                                                  std::nullopt});
    }
    return prepared;
}

/// What the instance goes by now: on another interface, or with another VRID, it has another marks file.
const Signatures::Entry* Signatures::entry_of(const std::string& marks, const std::string& instance) const {
    const auto known = entries_.find(marks);
    if (known != entries_.end())
        return &known->second;
    const auto named = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const auto& entry) { return entry.second.instance == instance; });
    return named == entries_.end() ? nullptr : &named->second;
}

Result<void, Error> Signatures::open_marks(Prepared& prepared, const config::Config& config) const {
    if (prepared.all.empty())
        return {};
    if (auto made = make_state_directory(config.state_dir); !made)
        return made;
    for (auto& [name, one] : prepared.all) {
        if (entries_.contains(name))
            continue;
        const auto path = config.state_dir + "/" + name;
        if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT)
            one.made.emplace(path);
        auto verifier = auth::Verifier::open({one.mode, one.replay, path}, one.keys);
        if (!verifier)
            return verifier.error();
        one.opened.emplace(std::move(*verifier));
    }
    return {};
}

void Signatures::take(Prepared&& prepared) {
    for (auto& [name, one] : prepared.all) {
        if (one.made)
            one.made->keep();
        if (one.opened) {
            entries_.emplace(name, Entry{std::move(*one.opened), one.instance, std::nullopt, false});
            continue;
        }
        auto& entry = entries_.at(name);
        entry.verifier.use(std::move(one.keys));
        entry.verifier.use(one.mode, one.replay);
        entry.instance = one.instance;
        const auto* others = prepared.renewed.contains(one.instance) ? "there are other keys in it: " : "";
        news_.push_back({one.instance, News::Kind::keys_read, others + key_in_words(entry.verifier)});
    }
}

void Signatures::assign(const vrrp::Node& node, const config::Config& config) {
    std::map<std::string, std::string> wanted; // the marks file, by the instance's name
    for (const auto& signature : config.signatures) {
        const auto& instance = config.settings.instances[signature.instance.value];
        wanted.emplace(instance.name, marks_name(instance));
    }
    const auto before = std::exchange(used_by_, {});
    for (const auto& occupant : node.occupants()) {
        const auto place = occupant.id.value;
        if (occupant.left || occupant.waiting)
            continue;
        used_by_.resize(std::max<std::size_t>(used_by_.size(), place + 1));
        const auto found = wanted.find(occupant.settings->name);
        if (occupant.leaving)
            used_by_[place] = place < before.size() ? before[place] : nullptr;
        else if (found != wanted.end())
            used_by_[place] = &entries_.at(marks_name(*occupant.settings));
    }
    close_unused(wanted);
}

void Signatures::close_unused(const std::map<std::string, std::string>& wanted) {
    for (auto named = entries_.begin(); named != entries_.end();) {
        const auto& name = named->first;
        auto& entry = named->second;
        const bool used = std::find(used_by_.begin(), used_by_.end(), &entry) != used_by_.end();
        const bool to_be_used =
            std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) { return one.second == name; });
        if (used || to_be_used) {
            ++named;
            continue;
        }
        close(entry);
        named = entries_.erase(named);
    }
}

Signatures::Entry* Signatures::find(vrrp::InstanceId instance) const {
    return instance.value < used_by_.size() ? used_by_[instance.value] : nullptr;
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
    watch(*entry, now);
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
        watch(*entry, now);
        if (!trailer)
            return trailer.error();
        entry->last = *trailer;
    }
    return vrrp::append_trailer(*entry->last, message.size(), effect.source, effect.destination, buffer);
}

Duration Signatures::hold_off() const {
    Duration longest{};
    for (const auto& [name, entry] : entries_)
        longest = std::max(longest, entry.verifier.hold_off());
    return longest;
}

std::optional<control::Authentication> Signatures::view(vrrp::InstanceId instance, auth::WallTime now) const {
    const auto* entry = find(instance);
    if (entry == nullptr)
        return std::nullopt;
    const auto& verifier = entry->verifier;
    control::Authentication view;
    view.kind = std::string("hmac-sha256 (") + to_string(verifier.mode()) + ")";
    if (verifier.signs())
        view.signing_key = verifier.active_key().value;
    if (const auto trouble = verifier.trouble(now))
        view.trouble = trouble->text;
    return view;
}

void Signatures::close() {
    for (auto& [name, entry] : entries_)
        close(entry);
}

void Signatures::close(Entry& entry) {
    if (const auto closed = entry.verifier.close(); !closed)
        news_.push_back({entry.instance, News::Kind::trouble, closed.error().text});
}

/// Trouble is told when it begins and when it ends.
void Signatures::watch(Entry& entry, auth::WallTime now) {
    const auto trouble = entry.verifier.trouble(now);
    if (trouble.has_value() == entry.in_trouble)
        return;
    entry.in_trouble = trouble.has_value();
    news_.push_back({entry.instance, trouble ? News::Kind::trouble : News::Kind::trouble_ended,
                     trouble ? trouble->text : ""});
}

} // namespace baton::daemon
