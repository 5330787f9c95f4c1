#include "support/link_options.hpp"

#include <charconv>

namespace parley::test {
namespace {

Duration milliseconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(value));
}

struct RuleOption {
  std::string_view name;
  std::string_view help;
  void (*set)(LinkRules&, double);
};

constexpr RuleOption kRuleOptions[] = {
    {"delay", "one-way delay, ms", [](LinkRules& rules, double value) { rules.delay = milliseconds(value); }},
    {"jitter", "up to so much more, ms", [](LinkRules& rules, double value) { rules.jitter = milliseconds(value); }},
    {"loss", "percent", [](LinkRules& rules, double value) { rules.loss = value / 100; }},
    {"duplicate", "percent", [](LinkRules& rules, double value) { rules.duplicate = value / 100; }},
    {"reorder", "percent of packets held back", [](LinkRules& rules, double value) { rules.reorder = value / 100; }},
    {"reorder-hold", "held back for, ms",
     [](LinkRules& rules, double value) { rules.reorder_hold = milliseconds(value); }},
    {"rate", "Mbit/s, 0 for no limit",
     [](LinkRules& rules, double value) { rules.bits_per_second = static_cast<std::uint64_t>(value * 1e6); }},
    {"queue", "bytes that may wait for the rate",
     [](LinkRules& rules, double value) { rules.queue_bytes = static_cast<std::size_t>(value); }},
    {"seed", "of the random decisions",
     [](LinkRules& rules, double value) { rules.seed = static_cast<std::uint64_t>(value); }},
};

const RuleOption* find_rule(std::string_view name) {
  for (const RuleOption& option : kRuleOptions)
    if (option.name == name) return &option;
  return nullptr;
}

Unexpected<Error> refuse(std::string_view option, std::string_view value) {
  return fail(ErrorKind::TypeError, "not understood: --" + std::string(option) + ' ' + std::string(value));
}

Result<void> set_endpoint(LinkOptions& options, std::string_view name, std::string_view value) {
  const auto endpoint = Endpoint::parse(value);
  if (!endpoint) return refuse(name, value);
  if (name == "listen") options.config.face_to_a = *endpoint;
  if (name == "back") options.config.face_to_b = *endpoint;
  if (name == "to") options.to = *endpoint;
  return {};
}

Result<void> set_rule(LinkEmulatorConfig& config, std::string_view name, std::string_view value) {
  std::string_view rule = name;
  const bool there = rule.starts_with("there-");
  const bool back = rule.starts_with("back-");
  if (there || back) rule.remove_prefix(rule.find('-') + 1);
  const RuleOption* option = find_rule(rule);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (option == nullptr || error != std::errc{} || end != value.data() + value.size() || number < 0)
    return refuse(name, value);
  if (!back) option->set(config.a_to_b, number);
  if (!there) option->set(config.b_to_a, number);
  return {};
}

}  // namespace

Result<LinkOptions> parse_link_options(std::span<const char* const> arguments) {
  LinkOptions options;
  // Both directions with the same seed would lose the same packets.
  options.config.b_to_a.seed = options.config.a_to_b.seed + 1;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    std::string_view name = arguments[i];
    const std::string_view value = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (!name.starts_with("--")) return refuse(name, value);
    name.remove_prefix(2);
    const bool endpoint = name == "listen" || name == "back" || name == "to";
    auto done = endpoint ? set_endpoint(options, name, value) : set_rule(options.config, name, value);
    if (!done) return Unexpected(std::move(done).error());
    if (name == "seed") options.config.b_to_a.seed = options.config.a_to_b.seed + 1;
  }
  return options;
}

std::string link_options_help() {
  std::string help =
      "link_emulator [--listen ADDRESS:PORT] [--back ADDRESS:PORT] [--to ADDRESS:PORT] [rules]\n"
      "Side A sends to --listen and reaches side B at --to; side B answers to --back.\n"
      "Rules hold for both directions, or for one with --there-RULE or --back-RULE:\n";
  for (const RuleOption& option : kRuleOptions)
    help.append("  --").append(option.name).append(" N  ").append(option.help).append("\n");
  return help +
         "Prints both addresses as a line of JSON. Commands on standard input, each answered by a line of JSON:\n"
         "  a ADDRESS:PORT | b ADDRESS:PORT   where a side is    counters   what happened so far\n"
         "It ends when standard input ends.\n";
}

}  // namespace parley::test
