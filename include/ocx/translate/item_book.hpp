// The output of one response while it streams. Upstream may announce items late, twice, under two ids or not at all;
// the book turns what came into the one order that every client accepts: item announced, part announced, deltas, whole
// text, part done, item done, with dense indices and unique ids. It writes nothing: the repliers get the steps.
#pragma once

#include "ocx/translate/abstract_reply.hpp"
#include "ocx/translate/event_kind.hpp"
#include "ocx/translate/output_item.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/json.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

enum class step_kind : std::uint8_t {
    item_added,
    part_added,
    delta,
    annotation,
    text_done,
    part_done,
    item_done,
    notice ///< an event that passes and changes nothing here
};

/// Who an item is written for. The archive has the encrypted reasoning that the client did not ask for.
enum class audience : std::uint8_t { client, archive };

/// One thing the client learns about an item. Everything in it is valid during on_step() only.
struct item_step {
    step_kind kind;
    output_item& item;
    item_part* part = nullptr;      ///< set for parts and texts
    std::string_view text = {};     ///< escaped: the delta, or the whole text of text_done
    std::string_view logprobs = {}; ///< inside of the JSON array of a text delta, may be empty
    json::view source = {};         ///< upstream's event, absent when the step was missing upstream
    std::string_view type = {};     ///< the event type of `source`
};

class step_sink {
public:
    step_sink() = default;
    step_sink(step_sink const&) = delete;
    step_sink& operator=(step_sink const&) = delete;
    virtual void on_step(item_step const& step) = 0;

protected:
    ~step_sink() = default;
};

class item_book {
public:
    item_book(call_plan const& plan, step_sink& sink) : plan_(plan), sink_(sink)
    {
        if (plan.max_output_tokens)
            budget_.emplace(*plan.max_output_tokens);
    }

    /// Ids that must be made up are derived from `seed`, so that they differ between responses.
    void set_seed(std::string_view seed) { seed_ = seed; }

    /// Takes any event about an item and calls the sink for what it means. Returns false for an event that means
    /// nothing: about an item that is unknown or over, or a second announcement.
    OCX_DECL bool apply(event_row const& row, json::view event);

    /// The terminal event's own list: items that never streamed are announced and finished now.
    OCX_DECL void adopt_output(json::view output);
    /// Finishes what is still open, as "incomplete".
    OCX_DECL void close_all();

    /// The plan's token limit is passed: the texts end where it was reached, no steps come any more, and what is open
    /// waits for close_all(). The steps of the event in which this happens stop in the middle.
    [[nodiscard]] bool is_full() const noexcept { return budget_ && budget_->is_exceeded(); }
    /// The tokens of all that counts against a limit: message texts, refusals, arguments and input of calls. Reasoning
    /// does not: the client limits what it gets.
    [[nodiscard]] OCX_DECL std::int64_t output_tokens() const;

    /// Finds the open part that a delta belongs to; nullptr when apply() must look at the event. For the hot path.
    [[nodiscard]] OCX_DECL item_part* open_part(channel c, std::optional<std::int64_t> output_index,
                                                std::string_view escaped_item_id, std::int64_t part_index);
    /// The item of the last open_part().
    [[nodiscard]] output_item& last_item() noexcept { return *last_; }

    /// Books a delta. Returns what the client gets now: half of a surrogate pair waits for the other half. The view
    /// points into `delta` or the book and is valid until the next call. When is_full(), it ends at the limit.
    OCX_DECL std::string_view take(item_part& part, std::string_view delta);

    /// The announced items in the order of their output_index.
    [[nodiscard]] std::vector<output_item*> const& items() const noexcept { return announced_; }
    [[nodiscard]] std::size_t calls() const noexcept { return calls_; }
    /// The items that upstream finished, as it said them. What they were is moved out.
    [[nodiscard]] OCX_DECL std::vector<finished_item> take_finished();
    /// Copies of the same, and of messages that were cut short, as far as they came.
    [[nodiscard]] OCX_DECL std::vector<std::string> said_items() const;
    /// The `output` array: finished items, and the others as far as they came.
    OCX_DECL void append_output(std::string& out, audience who = audience::client) const;

private:
    // Finding and making items: impl/item_book_lookup.ipp.
    /// What an event says about the item it belongs to; anything may be missing.
    struct item_names {
        std::optional<std::int64_t> index;
        std::string id;
        std::string call_id;
        std::string type;                                      ///< of an item event
        translate::channel channel = translate::channel::none; ///< of a text event
    };
    [[nodiscard]] OCX_DECL static bool may_be(output_item const& item, item_names const& names);
    [[nodiscard]] OCX_DECL output_item* find(item_names const& names);
    [[nodiscard]] OCX_DECL output_item* find_for(json::view event, channel c);
    /// Minimal streams name nothing: the newest open item of `type`, with any name or with neither index nor id.
    enum class naming { any, none };
    [[nodiscard]] OCX_DECL output_item* find_open(std::string_view type, naming which);
    OCX_DECL output_item& create(std::string_view type, std::optional<std::int64_t> index, std::string_view id);
    OCX_DECL output_item* item_for_text(channel c, json::view event);
    OCX_DECL item_part& make_part(output_item& item, channel c, std::int64_t upstream_index);
    OCX_DECL void learn(output_item& item, json::view source);
    [[nodiscard]] OCX_DECL std::string unique_id(std::string_view type, std::string_view wanted) const;
    [[nodiscard]] OCX_DECL bool is_taken(std::string_view id) const;
    [[nodiscard]] OCX_DECL std::string client_name(std::string name) const;

    // Events: impl/item_book.ipp.
    OCX_DECL bool on_item_added(json::view event);
    OCX_DECL bool on_item_done(json::view event);
    OCX_DECL bool on_part_added(channel c, json::view event);
    OCX_DECL bool on_part_done(channel c, json::view event);
    OCX_DECL bool on_delta(channel c, json::view event);
    OCX_DECL bool on_text_done(channel c, json::view event);
    OCX_DECL bool on_annotation(json::view event);
    OCX_DECL bool on_notice(json::view event, std::string_view type);

    OCX_DECL std::string_view keep(item_part& part, std::string_view text);
    OCX_DECL void adopt_id(output_item& item, std::string_view id);
    OCX_DECL void announce(output_item& item, json::view source);
    OCX_DECL item_part& open(output_item& item, channel c, std::int64_t upstream_index, json::view source);

    // Endings: impl/item_book_finish.ipp.
    OCX_DECL void finish(output_item& item, json::view final_item, json::view source);
    OCX_DECL void settle_texts(output_item& item, json::view final_item);
    OCX_DECL void settle_list(output_item& item, json::view list);
    OCX_DECL void complete_text(output_item& item, item_part& part, std::string_view final_text, json::view source);
    OCX_DECL void finish_part(output_item& item, item_part& part, json::view source);
    /// Whether steps must stop until close_all().
    [[nodiscard]] bool is_halted() const noexcept { return is_full() && !is_closing_; }
    OCX_DECL void add_missing_text(output_item& item, item_part& part, std::string_view final_text);

    call_plan const& plan_;
    step_sink& sink_;
    std::string seed_;
    std::deque<output_item> items_; ///< in the order of first sight; addresses stay valid
    std::vector<output_item*> announced_;
    output_item* last_ = nullptr;
    std::size_t calls_ = 0;
    std::optional<token_budget> budget_;
    bool is_closing_ = false;
    std::string joined_; ///< a delta with the half that waited before it
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/item_book.ipp"
#include "ocx/translate/impl/item_book_finish.ipp"
#include "ocx/translate/impl/item_book_lookup.ipp"
#endif
