// Makes the reply of one call, for the endpoint and the way the client asked. This is what the gateway includes; the
// interface itself is in abstract_reply.hpp.
#pragma once

#include "ocx/translate/abstract_reply.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/util/config.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace ocx::translate {

/// The right model for `plan`, which must outlive the reply. `now` is the wall time in seconds, used when upstream
/// gives no created_at. While progress is `opening` the caller may hold back, or throw away, what was appended to
/// `out`: a failure is then answered with an HTTP status instead.
[[nodiscard]] OCX_DECL std::unique_ptr<reply> make_reply(call_plan const& plan, std::int64_t now);

class chat_choices;

/// The replies of one run: one for each upstream call that the plan needs, which is one for each choice. They tell one
/// completion together, so all of them append to the same `out`; the client's document comes from the first.
class reply_maker {
public:
    /// As make_reply().
    OCX_DECL reply_maker(call_plan const& plan, std::int64_t now);

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// The reply of one call. Asked for again when the call is made anew; the reply before it must have said nothing.
    [[nodiscard]] OCX_DECL std::unique_ptr<reply> make(std::size_t index) const;

private:
    call_plan const& plan_;
    std::int64_t now_;
    std::size_t count_;
    std::shared_ptr<chat_choices> choices_; ///< when there are several
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/reply.ipp"
#endif
