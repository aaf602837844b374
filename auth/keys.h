// The keys of one virtual router, from a file of their own: never from the configuration, which is shown.
//
// One key a line, "ID VALUE": ID is 1..255; VALUE is text, or "hex:" and hexadecimal digits; 32 to 64 octets.
// Lines that begin with '#' and empty ones are left out. No error and no log ever quotes the file: whatever
// stands there may be a key, or most of one. Any error is an error: without its keys nothing is trusted.
// The first key signs; all of them verify.
#pragma once

#include "auth/key.h"
#include "base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <unistd.h>

namespace baton::auth {

class KeyRing {
public:
    /// Reads the file once. `user` is who the daemon runs as. An error names file and line, and what is wrong
    /// there.
    [[nodiscard]] static Result<KeyRing, Error> read(const std::string& path, uid_t user = ::geteuid());

    /// The same of a text that was read from `path`.
    [[nodiscard]] static Result<KeyRing, Error> parse(std::string_view text, const std::string& path);

    /// Null when there is none of that number.
    [[nodiscard]] const Key* find(KeyId id) const;

    /// The key to sign with: the first of the file. So keys are rotated in one file, and nowhere else.
    [[nodiscard]] KeyId active() const { return active_; }

    /// Signs and verifies as that one does. The order of keys that only verify is no difference.
    [[nodiscard]] bool same_as(const KeyRing& other) const;

private:
    [[nodiscard]] Result<void, std::string> add_line(std::string_view line);

    std::map<KeyId, Key> keys_;
    KeyId active_;
};

} // namespace baton::auth
