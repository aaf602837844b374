// Checks that hold a conversation over TCP or a Unix socket: HAProxy, SMTP, HTTP, and whatever listens.
#pragma once

#include "config/json.h"
#include "config/problem.h"
#include "health/settings.h"

#include <string>

namespace baton::config {

[[nodiscard]] health::HaproxyCheck read_haproxy_check(const Json& json, const Pointer& at,
                                                      Findings& findings);
/// Says `node` to the server unless told otherwise.
[[nodiscard]] health::SmtpCheck read_smtp_check(const Json& json, const Pointer& at, const std::string& node,
                                                Findings& findings);
[[nodiscard]] health::TcpCheck read_tcp_check(const Json& json, const Pointer& at, Findings& findings);
[[nodiscard]] health::HttpCheck read_http_check(const Json& json, const Pointer& at, Findings& findings);

} // namespace baton::config
