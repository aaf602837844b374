// Whom checks trust by TLS: each set of certificates is read once, for all checks that name it.
//
// OpenSSL's contexts, which hold what was read. A file is read again only when it is asked for and has
// changed; who has a context keeps what it holds. Reads files, so it is asked when the configuration is read,
// never while checks run. RFC 8446.
#pragma once

#include "base/result.h"
#include "health/file_mark.h"
#include "health/settings.h"

#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <string>

namespace baton::health {

class Trust {
public:
    using Context = std::shared_ptr<boost::asio::ssl::context>;

    /// The one for all that trust the same. An error names the file.
    [[nodiscard]] Result<Context, Error> context_for(const TlsSettings& settings);

    /// Lets go of files whose certificates nobody has; the system's are kept.
    void forget_unused();

private:
    struct Read {
        FileMark file{};
        FileMark directory{}; ///< of the system's
        Context context{};
    };

    Context unverified_;
    std::map<std::string, Read> read_; ///< by path; the system's under the empty one
};

} // namespace baton::health
