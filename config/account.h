// Users and groups by name, from /etc/passwd and /etc/group alone: another source (LDAP) could keep the loop
// waiting at a reload. A number needs no source.
#pragma once

#include "base/result.h"
#include "scripts/command.h"

#include <optional>
#include <string>

namespace baton::config {

struct AccountFiles {
    std::string users{"/etc/passwd"};
    std::string groups{"/etc/group"};
};

struct AccountFault {
    bool of_group{false}; ///< else of the user
    std::string text;
};

/// Whom to run as: `user` a name or a number, and `group` likewise, instead of the user's own; empty: ours.
/// With a user come all the groups that it is a member of. Nothing where both are empty.
[[nodiscard]] Result<std::optional<scripts::Identity>, AccountFault>
identity_of(const std::string& user, const std::string& group, const AccountFiles& files = {});

} // namespace baton::config
