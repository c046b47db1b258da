// The server's counters as text for /metrics.
#pragma once

#include "ocx/server/counters.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/metric_text.hpp"

#include <string_view>

namespace ocx::server {

/// The name of an endpoint as a label, such as `responses`; `other` for none.
[[nodiscard]] OCX_DECL std::string_view route_label(std::optional<endpoint> id) noexcept;

OCX_DECL void append_metrics(metric_text& to, server_counters const& from);

} // namespace ocx::server

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/metrics.ipp"
#endif
