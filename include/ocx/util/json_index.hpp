// The members of one object, found once: for requests, where a dozen names are asked of a document that may hold ten
// megabytes of images. Holds views only; the document must live on.
#pragma once

#include "ocx/util/json.hpp"

#include <string_view>
#include <vector>

namespace ocx::json {

class object_index {
public:
    /// Empty for anything but an object.
    explicit object_index(view object)
    {
        for (auto const& m : object.members())
            members_.push_back(m);
    }

    /// The last member of that name, as view::operator[]; absent when there is none.
    [[nodiscard]] view operator[](std::string_view name) const
    {
        for (auto m = members_.rbegin(); m != members_.rend(); ++m) {
            if (m->name_is(name))
                return m->value;
        }
        return {};
    }

    /// True when the name occurs more than once: what is ambiguous must not steer anything.
    [[nodiscard]] bool is_duplicated(std::string_view name) const
    {
        std::size_t count = 0;
        for (auto const& m : members_)
            count += m.name_is(name) ? 1 : 0;
        return count > 1;
    }

    [[nodiscard]] std::vector<member> const& members() const noexcept { return members_; }

private:
    std::vector<member> members_;
};

} // namespace ocx::json
