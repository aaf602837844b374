#include "daemon/state_directory.h"

#include <cerrno>
#include <sys/stat.h>
#include <system_error>

namespace baton::daemon {

Result<void, Error> make_state_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST)
        return {};
    return Error{"the state directory " + path + " cannot be made: " +
                 std::generic_category().message(errno) + "; make it, or name another as \"state_dir\""};
}

} // namespace baton::daemon
