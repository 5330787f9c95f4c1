#include "sctp/stack.hpp"

#include <usrsctp.h>

#include <algorithm>

#include "sctp/packet.hpp"
#include "sctp/sack_pace.hpp"

namespace parley::sctp {
namespace {

struct Current {
  std::uint64_t id = 0;
  Endpoint* endpoint = nullptr;
};
/// The association for which this thread is inside the library.
thread_local Current current;

std::uint64_t id_of(void* address) { return reinterpret_cast<std::uintptr_t>(address); }

/// What holds for every association of the process. The library's own value in brackets.
void set_defaults() {
  usrsctp_enable_crc32c_offload();  // DTLS protects integrity: we fill the field in and do not check it
  // Not used over DTLS (RFC 8261 section 6), so not offered either.
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_asconf_enable(0);
  usrsctp_sysctl_set_sctp_auto_asconf(0);
  usrsctp_sysctl_set_sctp_auth_enable(0);
  usrsctp_sysctl_set_sctp_pr_enable(1);
  usrsctp_sysctl_set_sctp_reconfig_enable(1);
  usrsctp_sysctl_set_sctp_nrsack_enable(0);
  // Set-up packets that are lost cost 200 ms, not a second [3000, 60000, 1000].
  usrsctp_sysctl_set_sctp_rto_initial_default(200);
  usrsctp_sysctl_set_sctp_init_rto_max_default(5000);
  usrsctp_sysctl_set_sctp_rto_max_default(10000);
  usrsctp_sysctl_set_sctp_rto_min_default(200);
  // An acknowledgement at the latest after 20 ms [200], or after so many packets [2] until the association knows
  // better.
  usrsctp_sysctl_set_sctp_sack_freq_default(SackPace::kLeast);
  usrsctp_sysctl_set_sctp_delayed_sack_time_default(20);
  usrsctp_sysctl_set_sctp_initial_cwnd(10);            // [3]
  usrsctp_sysctl_set_sctp_max_burst_default(10);       // [4]
  usrsctp_sysctl_set_sctp_max_chunks_on_queue(10240);  // [512]
}

}  // namespace

Stack& Stack::get() {
  static Stack* one = new Stack;  // never destroyed: associations may outlive static objects
  return *one;
}

Stack::Stack() : last_tick_(Clock::now().time_since_epoch().count()) {
  usrsctp_tunable_set_sctp_pcbtblsize(1);  // associations of a socket, which is a table of pointers for each [256]
  usrsctp_init_nothreads(0, &Stack::output, nullptr);
  set_defaults();
}

std::uint64_t Stack::add(std::shared_ptr<Mailbox> box) {
  const std::lock_guard lock(mutex_);
  boxes_.emplace(++last_id_, std::move(box));
  return last_id_;
}

void Stack::remove(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  boxes_.erase(id);
}

std::shared_ptr<Mailbox> Stack::find(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = boxes_.find(id);
  return found == boxes_.end() ? nullptr : found->second;
}

void Stack::tick(TimePoint now) {
  if (!due(now) || !gate_.try_lock()) return;
  using std::chrono::milliseconds;
  const TimePoint last{Duration(last_tick_.load(std::memory_order_relaxed))};
  const auto elapsed = std::chrono::duration_cast<milliseconds>(now - last);
  if (elapsed.count() > 0) {
    last_tick_.store((last + elapsed).time_since_epoch().count(), std::memory_order_relaxed);
    // After a pause of weeks the exact number does not matter, but the library's clock must not seem to run backwards.
    usrsctp_handle_timers(static_cast<std::uint32_t>(std::min<milliseconds::rep>(elapsed.count(), 1 << 30)));
  }
  gate_.unlock();
}

/// Called with the library's locks held: seals or queues the packet and calls nothing of the library.
int Stack::output(void* address, void* packet, std::size_t length, std::uint8_t, std::uint8_t) {
  const std::uint64_t id = id_of(address);
  const std::span bytes(static_cast<std::uint8_t*>(packet), length);
  write_checksum(bytes);
  if (current.id == id) {
    current.endpoint->output(bytes);
  } else if (const auto box = get().find(id)) {
    Mailbox::output(box, bytes);
  }
  return 0;
}

/// From the timers this means that the association has failed. For the call that is just running we look anyway.
void Stack::upcall(struct ::socket*, void* address, int) {
  if (current.id == id_of(address)) return;
  if (const auto box = get().find(id_of(address))) Mailbox::look(box);
}

Call::Call(std::uint64_t id, Endpoint& endpoint, Kind kind) : kind_(kind) {
  if (kind == Kind::Shared) {
    Stack::get().gate().lock_shared();
  } else {
    Stack::get().gate().lock();
  }
  current = {id, &endpoint};
}

Call::~Call() {
  current = {};
  if (kind_ == Kind::Shared) {
    Stack::get().gate().unlock_shared();
  } else {
    Stack::get().gate().unlock();
  }
}

}  // namespace parley::sctp
