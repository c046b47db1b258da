// A chain costs the sum of its turns, weighs for as long as any of them is held, and ends without recursion.
#include "ocx/store/chain.hpp"

#include "support/catch.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

using namespace ocx;

namespace {

struct said {
    std::string text;

    [[nodiscard]] std::size_t bytes() const { return text.size(); }
};

using link = store::chain_link<said>;
constexpr auto own = sizeof(link);

link::pointer after(link::pointer parent, store::chain_scale const& scale, std::size_t size)
{
    return std::make_shared<link const>(said{std::string(size, 'x')}, std::move(parent), scale);
}

} // namespace

TEST_CASE("chain: a turn weighs what is its own, and knows what it stands on", "[store]")
{
    store::chain_scale const scale;
    auto const first = after(nullptr, scale, 10);
    auto const second = after(first, scale, 5);
    auto const other = after(first, scale, 7);

    CHECK(second->bytes() == own + 5);
    CHECK(second->chain_bytes() == 2 * own + 15);
    CHECK(other->chain_bytes() == 2 * own + 17);
    CHECK(scale.bytes() == 3 * own + 22);
}

TEST_CASE("chain: a turn weighs until its last descendant is gone", "[store]")
{
    store::chain_scale const scale;
    auto first = after(nullptr, scale, 10);
    auto second = after(first, scale, 5);
    auto other = after(first, scale, 7);

    first.reset();
    CHECK(scale.bytes() == 3 * own + 22);
    second.reset();
    CHECK(scale.bytes() == 2 * own + 17);
    other.reset();
    CHECK(scale.bytes() == 0);
}

TEST_CASE("chain: the end of a very long chain needs no stack", "[store]")
{
    store::chain_scale const scale;
    link::pointer last;
    for (int i = 0; i < 300'000; ++i)
        last = after(std::move(last), scale, 1);
    CHECK(scale.bytes() == 300'000 * (own + 1));

    last.reset();

    CHECK(scale.bytes() == 0);
}

TEST_CASE("chain: what is held in the middle of a chain keeps what is before it", "[store]")
{
    store::chain_scale const scale;
    auto middle = after(after(nullptr, scale, 1), scale, 2);
    auto last = after(middle, scale, 3);

    last.reset();

    CHECK(middle->parent()->value().text.size() == 1);
    CHECK(scale.bytes() == 2 * own + 3);
}
