// The log as a file: standard output and error are pointed at it, and it can be opened again after somebody moved it
// away (log rotation). What is written, and how, is the logger's business.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <string>

namespace ocx::daemon {

/// Points standard output and error at the file, appending; made with mode 0600. After a failure (io) they are as
/// before.
[[nodiscard]] OCX_DECL outcome<> log_to_file(std::string const& path);

/// The file's size now; 0 when it is not there.
[[nodiscard]] OCX_DECL std::uint64_t log_size(std::string const& path);

/// The last lines, at most `lines`, that were written behind `from`. Control characters other than line ends are
/// replaced: the text goes to a terminal.
[[nodiscard]] OCX_DECL std::string log_tail(std::string const& path, std::uint64_t from, unsigned lines);

} // namespace ocx::daemon

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/daemon/impl/log_file.ipp"
#endif
