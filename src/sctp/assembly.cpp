#include "sctp/assembly.hpp"

#include <utility>

namespace parley::sctp {

bool Assembly::is_whole(const Piece& piece) const {
  return piece.last && !begun_.contains({piece.stream, piece.unordered}) &&
         (max_message_ == 0 || piece.bytes.size() <= max_message_);
}

void Assembly::drop(Messages::iterator message) {
  total_ -= message->second.bytes.size();
  begun_.erase(message);
}

Assembly::Outcome Assembly::add(const Piece& piece) {
  const Key key{piece.stream, piece.unordered};
  auto message = begun_.find(key);
  if (message != begun_.end() && message->second.sequence != piece.sequence) {
    drop(message);  // its sender gave it up
    message = begun_.end();
  }
  if (message == begun_.end()) message = begun_.emplace(key, Begun{.sequence = piece.sequence}).first;
  Begun& begun = message->second;
  const bool reported = begun.too_long;
  if (!reported && max_message_ != 0 && begun.bytes.size() + piece.bytes.size() > max_message_) {
    begun.too_long = true;
    total_ -= begun.bytes.size();
    begun.bytes = {};
  }
  if (begun.too_long) {
    if (piece.last) drop(message);
    return reported ? Outcome::More : Outcome::TooLong;
  }
  begun.bytes.insert(begun.bytes.end(), piece.bytes.begin(), piece.bytes.end());
  total_ += piece.bytes.size();
  if (!piece.last) return Outcome::More;
  total_ -= begun.bytes.size();
  whole_ = std::exchange(begun.bytes, {});
  begun_.erase(message);
  return Outcome::Whole;
}

void Assembly::abandon(dcep::StreamId stream, std::optional<std::uint16_t> sequence) {
  for (const bool unordered : {false, true}) {
    const auto message = begun_.find({stream, unordered});
    if (message != begun_.end() && (!sequence || message->second.sequence == *sequence)) drop(message);
  }
}

}  // namespace parley::sctp
