#include "config/load.h"

#include "base/descriptor.h"
#include "config/document.h"
#include "config/read.h"
#include "config/schema.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <tuple>
#include <unistd.h>

namespace baton::config {
namespace {

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return gethostname(name.data(), name.size()) == 0 ? name.data() : "localhost";
}

void append(Findings& to, Findings more) { std::move(more.begin(), more.end(), std::back_inserter(to)); }

Errors locate_all(const Findings& findings, const Positions& positions, const std::string& file) {
    Errors errors;
    for (const auto& finding : findings)
        errors.push_back(locate(finding, positions, file));
    std::stable_sort(errors.begin(), errors.end(), [](const Problem& a, const Problem& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return errors;
}

Error cannot_read() { return Error{"cannot be read: " + std::generic_category().message(errno)}; }

/// Looks before it opens: opening a named pipe may wait for ever, opening a device may do things.
std::optional<Error> not_a_file(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return cannot_read();
    if (S_ISREG(status.st_mode))
        return std::nullopt;
    return Error{S_ISDIR(status.st_mode)
                     ? "is a directory; name the configuration file in it"
                     : "is not a regular file; write the configuration to a file and name that"};
}

Result<std::string, Error> contents(const std::string& path) {
    if (auto fault = not_a_file(path))
        return std::move(*fault);
    // Without blocking, in case somebody has put something else there since.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file)
        return cannot_read();
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
        const auto count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return cannot_read();
        if (count == 0)
            return Result<std::string, Error>(boost::system::in_place_value, std::move(text));
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > largest_file)
            return Error{"is larger than 4 MiB; is it the right file?"};
    }
}

} // namespace

Result<Config, Errors> load(std::string_view text, const std::string& file_name,
                            const std::optional<Host>& host) {
    auto document = parse_document(text);
    auto findings = std::move(document.findings);
    Config config;
    // Later steps pass over what earlier ones refused, so one run finds everything.
    if (document.complete) {
        append(findings, Schema(schema_text()).apply(document.value));
        config = read_config(document.value, findings);
        append(findings, validate(config, host));
    }
    if (!findings.empty())
        return locate_all(findings, document.positions, file_name);
    if (config.node.empty())
        config.node = host_name();
    return config;
}

Result<Config, Errors> load_file(const std::string& path, const std::optional<Host>& host) {
    const auto text = contents(path);
    if (!text)
        return Errors{{path, 0, 0, "", text.error().text, "", ""}};
    return load(*text, path, host);
}

} // namespace baton::config
