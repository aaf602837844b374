#include "config/program.h"

#include "config/json.h"

#include <cerrno>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace baton::config {

std::string program_fault(const std::string& path) {
    const auto shown = quote(path);
    if (!path.starts_with('/'))
        return "must be an absolute path, such as \"/usr/local/bin/check\", not " + shown;
    struct stat status {};
    if (stat(path.c_str(), &status) != 0)
        return shown + " cannot be run: " + std::generic_category().message(errno);
    if (!S_ISREG(status.st_mode))
        return shown + (S_ISDIR(status.st_mode) ? " is a directory" : " is not a regular file") +
               "; name the program in full";
    if (access(path.c_str(), X_OK) != 0)
        return shown + " cannot be run: " + std::generic_category().message(errno) + "; try chmod a+x";
    if ((status.st_mode & S_IWOTH) != 0)
        return shown + " may be changed by every user, and runs with the rights of batond; try chmod o-w";
    return "";
}

} // namespace baton::config
