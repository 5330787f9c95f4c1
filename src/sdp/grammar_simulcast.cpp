// a=rid and a=simulcast.
#include "sdp/grammar.hpp"
#include "sdp/words.hpp"

namespace parley::sdp {
namespace {

bool is_rid(std::string_view id) { return !id.empty() && is_made_of(id, "-_"); }

/// "a" or "~a"
std::optional<SimulcastChoice> read_choice(std::string_view text) {
  const bool paused = text.starts_with('~');
  if (paused) text.remove_prefix(1);
  return is_rid(text) ? std::optional(SimulcastChoice{std::string(text), paused}) : std::nullopt;
}

/// "a,~b;c": layers between semicolons, each with alternatives between commas. Empty if it is not that.
std::vector<SimulcastLayer> read_layers(std::string_view text) {
  std::vector<SimulcastLayer> layers;
  while (!text.empty()) {
    std::string_view alternatives = take_until(text, ';');
    SimulcastLayer layer;
    do {
      const auto choice = read_choice(take_until(alternatives, ','));
      if (!choice) return {};
      layer.push_back(*choice);
    } while (!alternatives.empty());
    layers.push_back(std::move(layer));
  }
  return layers;
}

void write_layers(std::string& out, std::string_view direction, const std::vector<SimulcastLayer>& layers) {
  if (layers.empty()) return;
  out.append(direction);
  for (const SimulcastLayer& layer : layers) {
    out.append(&layer == layers.data() ? " " : ";");
    for (const SimulcastChoice& choice : layer)
      out.append(&choice == layer.data() ? "" : ",").append(choice.paused ? "~" : "").append(choice.rid);
  }
}

}  // namespace

template <>
std::optional<Rid> read(std::string_view text) {
  Words words(text);
  Rid rid{std::string(words.next())};
  const std::string_view direction = words.next();
  if (!is_rid(rid.id) || (direction != "send" && direction != "recv")) return std::nullopt;
  rid.direction = direction == "send" ? RidDirection::Send : RidDirection::Recv;
  for (std::string_view rest = words.rest(); !rest.empty();) {
    std::string_view entry = without_blanks_at_end(Words(take_until(rest, ';')).rest());
    if (entry.empty()) continue;
    const bool valued = entry.find('=') != std::string_view::npos;
    Attribute restriction{std::string(take_until(entry, '='))};
    if (valued) restriction.value = entry;
    rid.restrictions.push_back(std::move(restriction));
  }
  return rid;
}

void write(std::string& out, const Rid& value) {
  out.append(value.id).append(value.direction == RidDirection::Send ? " send" : " recv");
  for (const Attribute& restriction : value.restrictions) {
    out.append(&restriction == value.restrictions.data() ? " " : ";").append(restriction.name);
    if (restriction.value) out.append("=").append(*restriction.value);
  }
}

template <>
std::optional<Simulcast> read(std::string_view text) {
  Words words(text);
  Simulcast value;
  do {
    const std::string_view direction = words.next();
    if (direction != "send" && direction != "recv") return std::nullopt;
    auto& layers = direction == "send" ? value.send : value.recv;
    if (!layers.empty()) return std::nullopt;
    layers = read_layers(words.next());
    if (layers.empty()) return std::nullopt;
  } while (!words.done());
  return value;
}

void write(std::string& out, const Simulcast& value) {
  write_layers(out, "send", value.send);
  if (!value.send.empty() && !value.recv.empty()) out.append(" ");
  write_layers(out, "recv", value.recv);
}

}  // namespace parley::sdp
