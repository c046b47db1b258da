// A file of API keys, one `name:sha256` a line, so that reading the file gives nobody a key. The name is what logs and
// metrics show of who called; it is never the key.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::server {

using key_digest = std::array<unsigned char, 32>;

struct api_key {
    api_key() = default;
    api_key(std::string n, key_digest d) : name(std::move(n)), digest(d) {}

    std::string name; ///< letters, digits, `-`, `_` and `.`; empty for the one key of the command line
    key_digest digest{};
};

/// SHA-256, which is enough for keys that are random; the README says how to make one.
[[nodiscard]] OCX_DECL key_digest digest_of(std::string_view key);

/// Reads the text of a file. Empty lines and lines that start with `#` do not count. Failures (invalid_request) name
/// `origin` and the line, and repeat nothing of it: somebody may have written a key where its hash belongs.
[[nodiscard]] OCX_DECL outcome<std::vector<api_key>> parse_keys(std::string_view text, std::string const& origin);

/// The same from a file. A file without any key is a failure: it would open the server to everybody.
[[nodiscard]] OCX_DECL outcome<std::vector<api_key>> load_keys(std::string const& path);

} // namespace ocx::server

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/key_file.ipp"
#endif
