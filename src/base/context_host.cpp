#include <glib.h>

#include <algorithm>

#include "base/loop_host.hpp"

namespace parley {
namespace {

/// The loop as one source of a foreign context. It watches what the poller names and wakes for the next timer.
struct LoopSource {
  GSource base;
  struct State {
    std::shared_ptr<Reactor> reactor;  // the context may still call the source while the loop is being destroyed
    std::vector<std::pair<pollfd, gpointer>> registered;
  };
  State* state;  // a GSource is allocated by GLib, as zeroes
};

LoopSource::State& state_of(GSource* source) { return *reinterpret_cast<LoopSource*>(source)->state; }

void sync_descriptors(GSource* source) {
  auto& [reactor, have] = state_of(source);
  const std::vector<pollfd> wanted = reactor->poller().outside();
  const bool same =
      std::equal(wanted.begin(), wanted.end(), have.begin(), have.end(),
                 [](const pollfd& a, const auto& b) { return a.fd == b.first.fd && a.events == b.first.events; });
  if (same) return;
  for (const auto& [fd, tag] : have) g_source_remove_unix_fd(source, tag);
  have.clear();
  for (const pollfd& fd : wanted)
    have.emplace_back(fd, g_source_add_unix_fd(source, fd.fd, static_cast<GIOCondition>(fd.events)));
}

gint milliseconds(std::optional<Duration> wait) {
  if (!wait) return -1;
  return static_cast<gint>(std::min<long long>(std::chrono::ceil<std::chrono::milliseconds>(*wait).count(), G_MAXINT));
}

gboolean loop_prepare(GSource* source, gint* timeout) {
  const Reactor::Inside inside(*state_of(source).reactor);
  *timeout = -1;
  if (!inside) return FALSE;
  sync_descriptors(source);
  *timeout = milliseconds(state_of(source).reactor->timeout());
  return *timeout == 0;
}

gboolean loop_check(GSource* source) {
  const auto& [reactor, registered] = state_of(source);
  const Reactor::Inside inside(*reactor);
  if (!inside) return FALSE;
  return std::any_of(registered.begin(), registered.end(),
                     [source](const auto& entry) { return g_source_query_unix_fd(source, entry.second) != 0; }) ||
         milliseconds(reactor->timeout()) == 0;
}

gboolean loop_dispatch(GSource* source, GSourceFunc, gpointer) {
  // GLib blocks a source while it is dispatched: a handler that iterates the context itself does not come here again.
  const auto reactor = state_of(source).reactor;
  const Reactor::Inside inside(*reactor);
  if (!inside) return G_SOURCE_REMOVE;
  const CurrentLoop current(reactor->owner);
  reactor->turn(false);
  return G_SOURCE_CONTINUE;
}

void loop_finalize(GSource* source) { delete reinterpret_cast<LoopSource*>(source)->state; }

GSourceFuncs loop_functions = {loop_prepare, loop_check, loop_dispatch, loop_finalize, nullptr, nullptr};

class ContextHost final : public LoopHost {
 public:
  ContextHost(const std::shared_ptr<Reactor>& reactor, GMainContext* context)
      : reactor_(reactor),
        context_(g_main_context_ref(context)),
        source_(g_source_new(&loop_functions, sizeof(LoopSource))) {
    reinterpret_cast<LoopSource*>(source_)->state = new LoopSource::State{reactor, {}};
    g_source_set_static_name(source_, "parley");
    sync_descriptors(source_);
    g_source_attach(source_, context_);
  }
  ~ContextHost() override {
    reactor_->stop();
    g_source_destroy(source_);
    reactor_->finish();
    g_source_unref(source_);
    g_main_context_unref(context_);
  }
  [[nodiscard]] bool is_here() const override { return g_main_context_is_owner(context_) != FALSE; }
  bool enter() override { return g_main_context_acquire(context_) != FALSE; }
  void leave() override { g_main_context_release(context_); }

 private:
  std::shared_ptr<Reactor> reactor_;
  GMainContext* context_;
  GSource* source_;
};

}  // namespace

std::unique_ptr<LoopHost> make_context_host(const std::shared_ptr<Reactor>& reactor, GMainContext* context) {
  return std::make_unique<ContextHost>(reactor, context);
}

}  // namespace parley
