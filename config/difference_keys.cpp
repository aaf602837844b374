#include "config/difference_keys.h"

#include <algorithm>
#include <tuple>

namespace baton::config {
namespace {

using vrrp::InstanceSettings;

/// An instance with what stands beside the core's settings.
struct Whole {
    const InstanceSettings& core;
    const SignedInstance* signature;
    const HostSettings& host;
};

bool names(const std::vector<Prefix>& addresses, const Prefix& prefix) {
    return std::find(addresses.begin(), addresses.end(), prefix) != addresses.end();
}

struct Key {
    const char* name;
    bool (*same)(const Whole&, const Whole&);
};

template <auto member>
bool same(const Whole& a, const Whole& b) {
    return a.core.*member == b.core.*member;
}

bool same_authentication(const Whole& a, const Whole& b) {
    if (a.core.password != b.core.password || (a.signature == nullptr) != (b.signature == nullptr))
        return false;
    const auto values = [](const SignedInstance& one) {
        return std::tie(one.keys, one.mode, one.freshness, one.window);
    };
    return a.signature == nullptr || values(*a.signature) == values(*b.signature);
}

/// Its default name follows from other keys, and is not told twice.
bool same_holder(const Whole& a, const Whole& b) {
    return a.core.holder == b.core.holder || a.core.virtual_mac != b.core.virtual_mac ||
           a.core.vrid != b.core.vrid;
}

/// An address with where it stands and how it is shown; those of one list.
bool same_addresses(const Whole& a, const Whole& b, std::vector<Prefix> InstanceSettings::*list) {
    const auto places = [&](const Whole& whole) {
        auto entries = whole.core.elsewhere;
        std::erase_if(entries, [&](const auto& one) { return !names(whole.core.*list, one.address); });
        return entries;
    };
    const auto looks = [&](const Whole& whole) {
        auto entries = whole.host.looks;
        std::erase_if(entries, [&](const auto& one) { return !names(whole.core.*list, one.address); });
        return entries;
    };
    return a.core.*list == b.core.*list && places(a) == places(b) && looks(a) == looks(b);
}

bool same_advertised(const Whole& a, const Whole& b) {
    return same_addresses(a, b, &InstanceSettings::addresses);
}

bool same_excluded(const Whole& a, const Whole& b) {
    return same_addresses(a, b, &InstanceSettings::excluded);
}

/// Its default follows from other keys, and is not told twice.
bool same_lease(const Whole& a, const Whole& b) {
    return a.host.lease == b.host.lease || a.core.advert_interval != b.core.advert_interval ||
           a.core.adopts_addresses() != b.core.adopts_addresses();
}

template <auto member>
bool same_for_host(const Whole& a, const Whole& b) {
    return a.host.*member == b.host.*member;
}

constexpr Key keys[] = {
    {"interface", same<&InstanceSettings::interface>},
    {"vrid", same<&InstanceSettings::vrid>},
    {"vrrp_version", same<&InstanceSettings::version>},
    {"priority", same<&InstanceSettings::priority>},
    {"advert_interval", same<&InstanceSettings::advert_interval>},
    {"preempt", same<&InstanceSettings::preempt>},
    {"preempt_delay", same<&InstanceSettings::preempt_delay>},
    {"addresses", same_advertised},
    {"excluded_addresses", same_excluded},
    {"lease", same_lease},
    {"accept", same_for_host<&HostSettings::accept>},
    {"routes", same_for_host<&HostSettings::routes>},
    {"rules", same_for_host<&HostSettings::rules>},
    {"track", same<&InstanceSettings::track>},
    {"announce", same<&InstanceSettings::announce>},
    {"authentication", same_authentication},
    {"unicast", same<&InstanceSettings::unicast>},
    {"multicast_group", same<&InstanceSettings::group>},
    {"source_address", same<&InstanceSettings::source>},
    {"virtual_mac", same<&InstanceSettings::virtual_mac>},
    {"virtual_mac_interface", same_holder},
    {"checksum", same<&InstanceSettings::checksum>},
    {"address_list", same<&InstanceSettings::address_list>},
    {"require_link_local_first", same<&InstanceSettings::require_link_local_first>},
    {"answer_lower_priority", same<&InstanceSettings::answer_lower_priority>},
    {"prompt_takeover", same<&InstanceSettings::prompt_takeover>},
};

Whole whole(const Config& config, const InstanceSettings& instance) {
    const auto& all = config.settings.instances;
    const auto place = static_cast<std::uint32_t>(&instance - all.data());
    const auto signature =
        std::find_if(config.signatures.begin(), config.signatures.end(),
                     [&](const SignedInstance& one) { return one.instance == vrrp::InstanceId{place}; });
    return {instance, signature == config.signatures.end() ? nullptr : &*signature, config.host[place]};
}

/// The keys under which two pieces of work of one kind differ.
class WorkKeys {
public:
    explicit WorkKeys(std::vector<std::string>& different) : different_(different) {}

    void compare(const scripts::Command& a, const scripts::Command& b) {
        tell("run", a.argv == b.argv);
        tell("timeout", a.timeout == b.timeout);
    }
    void compare(const health::HaproxyCheck& a, const health::HaproxyCheck& b) {
        tell("socket", a.target == b.target);
        tell("frontends", a.settings.frontends == b.settings.frontends);
        tell("backend", a.settings.backend == b.settings.backend);
        tell("min_up", a.settings.min_up == b.settings.min_up);
        tell("count_backup", a.settings.count_backup == b.settings.count_backup);
        tell("session_limit", a.settings.session_limit == b.settings.session_limit);
        tell("queue_limit", a.settings.queue_limit == b.settings.queue_limit);
    }
    void compare(const health::SmtpCheck& a, const health::SmtpCheck& b) {
        compare(a.target, b.target);
        tell("helo", a.settings.helo == b.settings.helo);
        tell("starttls", a.settings.starttls == b.settings.starttls);
        tell("smtps", a.settings.smtps == b.settings.smtps);
        tell("mail_from", a.settings.mail_from == b.settings.mail_from);
        tell("rcpt_to", a.settings.rcpt_to == b.settings.rcpt_to);
        compare(a.tls, b.tls);
    }
    void compare(const health::TcpCheck& a, const health::TcpCheck& b) {
        compare(a.target, b.target);
        tell("tls", a.settings.tls == b.settings.tls);
        tell("send", a.settings.send == b.settings.send);
        tell("expect", a.settings.expect == b.settings.expect);
        compare(a.tls, b.tls);
    }
    void compare(const health::HttpCheck& a, const health::HttpCheck& b) {
        compare(a.target, b.target);
        tell("tls", a.settings.tls == b.settings.tls);
        tell("method", a.settings.method == b.settings.method);
        tell("path", a.settings.path == b.settings.path);
        tell("host", a.settings.host == b.settings.host);
        tell("status", a.settings.status == b.settings.status);
        tell("body", a.settings.body == b.settings.body);
        compare(a.tls, b.tls);
    }
    void tell(const char* key, bool same) {
        if (!same)
            different_.emplace_back(key);
    }

private:
    void compare(const health::StreamTarget& a, const health::StreamTarget& b) {
        tell("address", a.address == b.address);
        tell("port", a.port == b.port);
        tell("source_address", a.source == b.source);
    }
    void compare(const health::TlsSettings& a, const health::TlsSettings& b) {
        tell("verify", a.verify == b.verify);
        tell("ca_file", a.ca_file == b.ca_file);
        tell("server_name", a.server_name == b.server_name);
    }

    std::vector<std::string>& different_;
};

} // namespace

std::vector<std::string> different_keys(const Config& before, const InstanceSettings& was,
                                        const Config& after, const InstanceSettings& is) {
    std::vector<std::string> different;
    const auto a = whole(before, was);
    const auto b = whole(after, is);
    for (const auto& key : keys)
        if (!key.same(a, b))
            different.emplace_back(key.name);
    return different;
}

std::vector<std::string> different_check_keys(const Config& before, std::size_t was, const Config& after,
                                              std::size_t is) {
    std::vector<std::string> different;
    WorkKeys keys_of_work(different);
    const auto& a = before.checks[was];
    const auto& b = after.checks[is];
    keys_of_work.tell("type", a.work.index() == b.work.index());
    if (a.work.index() == b.work.index())
        std::visit(
            [&](const auto& work) {
                keys_of_work.compare(work, std::get<std::decay_t<decltype(work)>>(b.work));
            },
            a.work);
    keys_of_work.tell("interval", a.rhythm.interval == b.rhythm.interval);
    keys_of_work.tell("timeout", a.rhythm.timeout == b.rhythm.timeout || a.work.index() != b.work.index());
    keys_of_work.tell("jitter", a.rhythm.jitter == b.rhythm.jitter);
    const auto& counts = before.settings.checks[was];
    const auto& new_counts = after.settings.checks[is];
    keys_of_work.tell("rise", counts.rise == new_counts.rise);
    keys_of_work.tell("fall", counts.fall == new_counts.fall);
    keys_of_work.tell("initial", counts.initial == new_counts.initial);
    return different;
}

std::vector<std::string> instance_keys() {
    std::vector<std::string> names;
    for (const auto& key : keys)
        names.emplace_back(key.name);
    return names;
}

} // namespace baton::config
