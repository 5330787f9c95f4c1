#include "sdp/print.hpp"

#include "sdp/attributes.hpp"
#include "sdp/grammar.hpp"
#include "sdp/line_order.hpp"
#include "sdp/line_writer.hpp"

namespace parley::sdp {
namespace {

template <class Value>
void print_line(char type, const Value& value, LineWriter& out) {
  out.line(type, [&](std::string& text) { write(text, value); });
}

void print_field(char type, const Section& section, LineWriter& out) {
  if (type == 'c' && section.connection) print_line('c', *section.connection, out);
  if (type != 'b') return;
  for (const Bandwidth& bandwidth : section.bandwidths) print_line('b', bandwidth, out);
}

void print_field(char type, const Description& session, LineWriter& out) {
  switch (type) {
    case 'v':
      return print_line('v', 0U, out);
    case 'o':
      return print_line('o', session.origin, out);
    case 's':
      return print_line('s', session.name, out);
    case 't':
      return print_line('t', session.timing, out);
    default:
      return print_field(type, static_cast<const Section&>(session), out);
  }
}

/// All lines but the attributes: at each place the field, then what has no field.
template <class Owner>
void print_lines(const Owner& owner, std::string_view order, LineWriter& out) {
  for (std::size_t place = 0; place <= order.size(); ++place) {
    if (place < order.size()) print_field(order[place], owner, out);
    for (const Line& line : owner.lines)
      if (place_of(line.type, order) == place) print_line(line.type, line.value, out);
  }
}

template <class Owner>
void print_attributes(const Owner& owner, std::span<const Row<Owner>> rows, LineWriter& out) {
  for (const Row<Owner>& row : rows) row.print(owner, row.name, out);
  for (const Attribute& attribute : owner.attributes) print_line('a', attribute, out);
}

}  // namespace

std::string print(const Description& description) {
  LineWriter out;
  print_lines(description, kSessionOrder, out);
  print_attributes(description, session_attributes(), out);
  for (const MediaDescription& media : description.media) {
    print_line('m', media, out);
    print_lines(media, kMediaOrder, out);
    print_attributes(media, media_attributes(), out);
  }
  return std::move(out).take();
}

}  // namespace parley::sdp
