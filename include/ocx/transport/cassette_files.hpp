// Cassettes from the disk: one file, or all `*.jsonl` of a directory. Read once, before anything is served.
#pragma once

#include "ocx/transport/cassette.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <string>
#include <vector>

namespace ocx::transport {

/// The cassettes at `path`, sorted by file name; at least one. Each failure says what is there instead: nothing, a
/// directory without cassettes, a file that cannot be read, or line N of a file that is not a cassette.
[[nodiscard]] OCX_DECL outcome<std::vector<cassette>> load_cassettes(std::string const& path);

} // namespace ocx::transport

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/transport/impl/cassette_files.ipp"
#endif
