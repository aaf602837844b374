#include "config/read_signature.h"

#include "config/members.h"

#include <algorithm>

namespace baton::config {
namespace {

auth::Mode mode_of(const std::string& word) {
    if (word == "permissive")
        return auth::Mode::permissive;
    return word == "receive_only" ? auth::Mode::receive_only : auth::Mode::enforce;
}

} // namespace

std::optional<SignedInstance> read_signature(vrrp::InstanceId id, const vrrp::InstanceSettings& instance,
                                             const Json& json, Findings& findings) {
    const auto& authentication = part(json, "authentication");
    if (text(authentication, "type") != "hmac")
        return std::nullopt;
    SignedInstance settings{id, text(authentication, "keys"), mode_of(text(authentication, "mode"))};
    settings.window = auth::default_window(instance.advert_interval);
    const bool given = find(authentication, "window") != nullptr;
    if (text(authentication, "freshness") == "monotonic")
        settings.freshness = auth::Freshness::monotonic;
    if (given && settings.freshness == auth::Freshness::monotonic)
        findings.push_back(
            {.pointer = (Pointer{} / "instances" / instance.name / "authentication" / "window").text(),
             .message = "with \"freshness\": \"monotonic\" no clock is looked at; leave this out",
             .about = Finding::About::key});
    const auto window = std::chrono::floor<std::chrono::seconds>(duration(authentication, "window"));
    if (window >= auth::min_window && window <= auth::max_window) // else it was refused, or is not there
        settings.window = window;
    return settings;
}

} // namespace baton::config
