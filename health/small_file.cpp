#include "health/small_file.h"

#include "base/descriptor.h"

#include <boost/system/error_code.hpp>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace baton::health {
namespace {

Error error_about(const std::string& path) {
    return {path + ": " + boost::system::error_code(errno, boost::system::system_category()).message()};
}

bool is_regular(int file) {
    struct stat about {};
    return ::fstat(file, &about) == 0 && S_ISREG(about.st_mode);
}

} // namespace

Result<std::string, Error> read_small_file(const std::string& path, std::size_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return error_about(path);
    if (!is_regular(file.get()))
        return Error{path + ": is no regular file"};
    std::string text(limit + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto read = ::read(file.get(), text.data() + size, text.size() - size);
        if (read < 0)
            return error_about(path);
        if (read == 0)
            break;
        size += static_cast<std::size_t>(read);
    }
    if (size > limit)
        return Error{path + ": is larger than " + std::to_string(limit) + " octets"};
    text.resize(size);
    return {boost::system::in_place_value, std::move(text)};
}

} // namespace baton::health
