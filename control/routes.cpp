#include "control/routes.h"

#include "control/status.h"
#include "control/why.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace baton::control {
namespace {

Answer ok(const Json& json) { return {200, to_text(json) + "\n"}; }

std::optional<unsigned> hex_digit(char c) {
    const auto at =
        std::string_view("0123456789abcdef").find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

/// RFC 3986 section 2.1. A stray % stands for itself.
std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto high = i + 2 < text.size() && text[i] == '%' ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
        if (low) {
            result += static_cast<char>(*high << 4 | *low);
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

/// What follows `prefix`, if anything does.
std::optional<std::string> name_after(std::string_view prefix, std::string_view path) {
    if (!path.starts_with(prefix) || path.size() == prefix.size())
        return std::nullopt;
    return percent_decoded(path.substr(prefix.size()));
}

using InstanceView = Json (*)(const Report&, std::size_t);

Answer about_instance(const Report& report, const std::string& name, InstanceView view) {
    const auto index = find_instance(report, name);
    return index ? ok(view(report, *index)) : refusal(404, index.error().text);
}

} // namespace

Answer refusal(unsigned status, const std::string& text) {
    return {status, to_text({{"error", text}}) + "\n"};
}

Answer answer(std::string_view method, std::string_view target, const std::function<Report()>& report) {
    const auto path = target.substr(0, target.find('?'));
    if (method != "GET")
        return refusal(405, "only GET is answered here");
    if (path == "/healthz")
        return ok({{"status", "ok"}});
    if (path == "/v1/status")
        return ok(status_json(report()));
    if (const auto name = name_after("/v1/instances/", path))
        return about_instance(report(), *name, instance_json);
    if (const auto name = name_after("/v1/why/", path))
        return about_instance(report(), *name, why_json);
    return refusal(404, "there is no " + std::string(path) +
                            " (there are: /v1/status, /v1/instances/{name}, /v1/why/{name}, /healthz)");
}

} // namespace baton::control
