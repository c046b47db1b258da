// net/peer_stream: what a server learns of the other side.
#include "ocx/net/peer_stream.hpp"

#include "support/catch.hpp"

namespace {

using namespace ocx::net;

struct fixed_peer final : peer_stream {
    fixed_peer(std::string text, bool local) : text_(std::move(text)), local_(local) {}
    ocx::task<ocx::outcome<std::size_t>> read_some(char*, std::size_t) override { co_return std::size_t{0}; }
    ocx::task<ocx::outcome<>> write_all(std::string_view) override { co_return ocx::outcome<>(); }
    void shutdown_write() noexcept override {}
    void close() noexcept override {}
    std::string const& peer() const noexcept override { return text_; }
    bool is_loopback() const noexcept override { return local_; }
    std::string text_;
    bool local_;
};

TEST_CASE("peer: the address without its port, so that connections of one machine count together", "[net]")
{
    CHECK(info_of(fixed_peer("192.0.2.7:4711", false)).host == "192.0.2.7");
    CHECK(info_of(fixed_peer("[2001:db8::1]:80", false)).host == "[2001:db8::1]");
    CHECK(info_of(fixed_peer("unix", true)).host == "unix");
    CHECK_FALSE(info_of(fixed_peer("192.0.2.7:4711", false)).is_local);
    CHECK(info_of(fixed_peer("unix", true)).is_local);
}

} // namespace
