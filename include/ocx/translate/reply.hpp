// Makes the reply of one call, for the endpoint and the way the client asked. This is what the gateway includes; the
// interface itself is in abstract_reply.hpp.
#pragma once

#include "ocx/translate/abstract_reply.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/util/config.hpp"

#include <cstdint>
#include <memory>

namespace ocx::translate {

/// The right model for `plan`, which must outlive the reply. `now` is the wall time in seconds, used when upstream
/// gives no created_at. While progress is `opening` the caller may hold back, or throw away, what was appended to
/// `out`: a failure is then answered with an HTTP status instead.
[[nodiscard]] OCX_DECL std::unique_ptr<reply> make_reply(call_plan const& plan, std::int64_t now);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/reply.ipp"
#endif
