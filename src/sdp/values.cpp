#include "sdp/values.hpp"

namespace parley::sdp {

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::SendRecv:
      return "sendrecv";
    case Direction::SendOnly:
      return "sendonly";
    case Direction::RecvOnly:
      return "recvonly";
    case Direction::Inactive:
      return "inactive";
  }
  return "";
}

Direction make_direction(bool sends, bool receives) {
  if (sends) return receives ? Direction::SendRecv : Direction::SendOnly;
  return receives ? Direction::RecvOnly : Direction::Inactive;
}

Direction intersection(Direction one, Direction other) {
  return make_direction(sends(one) && sends(other), receives(one) && receives(other));
}

Direction reversed(Direction direction) { return make_direction(receives(direction), sends(direction)); }

std::string_view to_string(Setup setup) {
  switch (setup) {
    case Setup::ActPass:
      return "actpass";
    case Setup::Active:
      return "active";
    case Setup::Passive:
      return "passive";
    case Setup::HoldConn:
      return "holdconn";
  }
  return "";
}

}  // namespace parley::sdp
