// Opens files that hold secrets or guard them, and no file that somebody else could read or put in its place.
//
// Wanted is a regular file (no link) of root or of the daemon's user that nobody else may read or write, in a
// directory that nobody else may write to; nor may anybody else put another directory in that one's place.
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <string>
#include <sys/types.h>

namespace baton::auth {

/// `what` is what the file is to people ("key file"); `access` is O_RDONLY or O_RDWR; `user` is the daemon's.
/// An error says what is wrong with which file, and what to do. Never waits (a named pipe is an error).
[[nodiscard]] Result<Descriptor, Error> open_private(const std::string& what, const std::string& path,
                                                     int access, uid_t user);

/// The part about directories alone, for a file that is still to be made.
[[nodiscard]] Result<void, Error> check_directory_of(const std::string& what, const std::string& path,
                                                     uid_t user);

/// What the kernel says of the last call that failed: "WHAT: No such file or directory".
[[nodiscard]] Error last_error(const std::string& what);

} // namespace baton::auth
