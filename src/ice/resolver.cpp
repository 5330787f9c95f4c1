#include "ice/resolver.hpp"

#include <gio/gio.h>

#include "ice/glib_driver.hpp"

namespace parley::ice {

/// Lives until the last lookup has been answered or cancelled: GLib's threads wake its context.
class Resolver::Lookups {
 public:
  explicit Lookups(Reactor& reactor) : reactor_(reactor), driver_(reactor), cancel_(g_cancellable_new()) {}
  ~Lookups() { g_object_unref(cancel_); }
  Lookups(const Lookups&) = delete;
  Lookups& operator=(const Lookups&) = delete;

  static void begin(const std::shared_ptr<Lookups>& self, const std::string& name, Answer answer) {
    GResolver* resolver = g_resolver_get_default();
    const ThreadDefaultContext here(self->driver_.context());
    g_resolver_lookup_by_name_async(resolver, name.c_str(), self->cancel_, finished, new Call{self, std::move(answer)});
    g_object_unref(resolver);
    self->driver_.sync();
  }
  void cancel() {
    cancelled_ = true;
    g_cancellable_cancel(cancel_);
    driver_.sync();
  }

 private:
  struct Call {
    std::shared_ptr<Lookups> self;
    Answer answer;
  };

  static void finished(GObject* source, GAsyncResult* result, gpointer data) {
    std::unique_ptr<Call> call(static_cast<Call*>(data));
    GList* found = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, nullptr);
    std::vector<std::string> addresses;
    for (const GList* entry = found; entry != nullptr; entry = entry->next) {
      char* text = g_inet_address_to_string(static_cast<GInetAddress*>(entry->data));
      addresses.emplace_back(text);
      g_free(text);
    }
    g_resolver_free_addresses(found);
    if (!call->self->cancelled_) call->answer(std::move(addresses));
    // We are inside the driver, which must not end here.
    Reactor& reactor = call->self->reactor_;
    reactor.post([call = std::move(call)] {});
  }

  Reactor& reactor_;
  GlibDriver driver_;
  GCancellable* cancel_;
  bool cancelled_ = false;
};

Resolver::Resolver(Reactor& reactor) : lookups_(std::make_shared<Lookups>(reactor)) {}
Resolver::~Resolver() { lookups_->cancel(); }
void Resolver::look_up(const std::string& name, Answer answer) { Lookups::begin(lookups_, name, std::move(answer)); }

}  // namespace parley::ice
