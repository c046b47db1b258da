#include "ocx/protocol/codex_account.hpp"

#include "support/catch.hpp"

TEST_CASE("codex_account: one account, free to go anywhere", "[protocol]")
{
    CHECK(ocx::protocol::account_document("a-1") ==
          R"({"accounts":[{"id":"a-1","workspace_backend_origin":"NO_CONSTRAINT",)"
          R"("account_routing_override":"NO_CONSTRAINT"}],"account_ordering":["a-1"],"default_account_id":"a-1"})");
}
