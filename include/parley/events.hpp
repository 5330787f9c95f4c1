#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/fixed_string.hpp"
#include "parley/promise.hpp"

namespace parley {

/// An event that says no more than that it happened.
struct Event {
  /// The name of the event.
  std::string_view type;
};

namespace detail {

template <class R>
concept EventHandlerResult = std::is_void_v<R> || std::is_same_v<R, Promise<void>>;

/// Something that takes `const E&` or nothing, and returns nothing or a Promise<void>.
template <class F, class E>
concept EventHandlerFor = requires(F& handler, const E& event) {
  { call_with(handler, event) } -> EventHandlerResult;
};

/// The listeners of one event of one object, in the order in which they were added. Any thread may add and remove.
template <class E>
class ListenerList : public std::enable_shared_from_this<ListenerList<E>> {
 public:
  struct Listener {
    UniqueFunction<std::optional<Promise<void>>(const E&)> call;
    /// It may be a coroutine, which uses the event after the call, too.
    bool may_go_on = false;
  };

  template <EventHandlerFor<E> F>
  static std::shared_ptr<Listener> wrap(F handler) {
    constexpr bool kReturnsNothing = std::is_void_v<decltype(call_with(std::declval<F&>(), std::declval<const E&>()))>;
    auto call = [handler = std::move(handler)](const E& event) mutable -> std::optional<Promise<void>> {
      if constexpr (kReturnsNothing) {
        call_with(handler, event);
        return std::nullopt;
      } else {
        return call_with(handler, event);
      }
    };
    return std::make_shared<Listener>(Listener{std::move(call), !kReturnsNothing});
  }

  std::uint64_t add(std::shared_ptr<Listener> listener) {
    std::function<void()> added;
    std::uint64_t id = 0;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return 0;
      id = ++last_id_;
      entries_.push_back({id, std::move(listener)});
      note_whether_empty();
      added = on_added_;
    }
    if (added) added();
    return id;
  }
  /// The `on…` attribute, nullptr to clear it: its place in the order is that of its first value, and a new one after
  /// it was cleared (HTML, event handlers, "activate" and "deactivate").
  void set_attribute(std::shared_ptr<Listener> listener) {
    std::shared_ptr<Listener> old;  // destroyed after the lock: what it captures may call back
    std::function<void()> added;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      if (listener) added = on_added_;
      const auto found = find(attribute_);
      if (found != entries_.end()) {
        old = std::exchange(found->listener, std::move(listener));
        if (!found->listener) entries_.erase(found);
      } else if (listener) {
        attribute_ = ++last_id_;
        entries_.push_back({attribute_, std::move(listener)});
      }
      note_whether_empty();
    }
    if (added) added();
  }
  [[nodiscard]] bool has_attribute() const {
    const std::lock_guard lock(mutex_);
    return find(attribute_) != entries_.end();
  }
  void remove(std::uint64_t id) {
    std::shared_ptr<Listener> dropped;  // as in set_attribute()
    const std::lock_guard lock(mutex_);
    const auto found = find(id);
    if (found == entries_.end()) return;
    dropped = std::move(found->listener);
    entries_.erase(found);
    note_whether_empty();
  }
  [[nodiscard]] bool empty() const { return empty_.load(std::memory_order_acquire); }
  /// Drops every listener, for good: the object has reached its final state.
  void close() {
    std::vector<Entry> dropped;  // as in set_attribute()
    std::function<void()> added;
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(entries_);
    note_whether_empty();
    added.swap(on_added_);
  }
  /// Called, on the adding thread, after each addition from now on.
  void on_added(std::function<void()> function) {
    const std::lock_guard lock(mutex_);
    if (!closed_) on_added_.swap(function);  // the old one is destroyed after the lock
  }

  /// Calls the listeners that are there now, except those removed meanwhile; an attribute is called with the value it
  /// has when its turn comes. A listener may destroy the object and this list. Loop thread only.
  void fire(E event) {
    fire_to_all(event, [&] { return std::make_shared<E>(std::move(event)); });
  }
  /// The same with an event that the caller keeps, whatever listeners do: it is copied for those only that may use it
  /// after the call.
  void fire_kept(const E& event) {
    fire_to_all(event, [&] { return std::make_shared<E>(event); });
  }

 private:
  struct Entry {
    std::uint64_t id = 0;
    std::shared_ptr<Listener> listener{};
  };

  template <class Share>
  void fire_to_all(const E& event, Share share) {
    const auto keep = this->weak_from_this().lock();
    const E* shown = &event;
    std::shared_ptr<E> shared;
    std::uint64_t last = 0;  // that is called; one that is added meanwhile is not
    for (Entry entry = first(last); entry.listener; entry = after(entry.id, last)) {
      if (entry.listener->may_go_on && !shared) {
        shared = share();
        shown = shared.get();
      }
      call(entry.listener, *shown, shared);
    }
    // An event that only borrows its content has to keep it if a handler is not done with it.
    if constexpr (requires { shared->retain(); }) {
      if (shared.use_count() > 1) shared->retain();
    }
  }

  // Under the lock.
  [[nodiscard]] auto find(std::uint64_t id) {
    return std::find_if(entries_.begin(), entries_.end(), [id](const Entry& entry) { return entry.id == id; });
  }
  [[nodiscard]] auto find(std::uint64_t id) const {
    return std::find_if(entries_.begin(), entries_.end(), [id](const Entry& entry) { return entry.id == id; });
  }

  void note_whether_empty() { empty_.store(entries_.empty(), std::memory_order_release); }

  /// Without a listener: there is none. `last`: the last one there is.
  Entry first(std::uint64_t& last) const {
    if (empty()) return {};
    const std::lock_guard lock(mutex_);
    last = last_id_;
    return entries_.empty() ? Entry{} : entries_.front();
  }
  /// The first entry behind the one with that id, whether that is still there or not, up to `last`. They are in the
  /// order of their ids. Without a listener: there is none.
  Entry after(std::uint64_t id, std::uint64_t last) const {
    if (id >= last) return {};
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : entries_)
      if (entry.id > id) return entry.id <= last ? entry : Entry{};
    return {};
  }
  static void call(const std::shared_ptr<Listener>& listener, const E& event, const std::shared_ptr<E>& shared) {
    try {
      const auto promise = listener->call(event);
      // A coroutine may use its closure and the event until it is done: both live as long as the promise is pending.
      if (promise)
        promise->then(
            [listener, shared] {},
            [listener, shared](const std::exception_ptr& error) { report_unhandled_error(error, "event handler"); });
    } catch (...) {
      report_unhandled_error(std::current_exception(), "event handler");
    }
  }

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::function<void()> on_added_;
  std::uint64_t last_id_ = 0;
  std::uint64_t attribute_ = 0;  // the id of the attribute's present or last entry
  bool closed_ = false;
  std::atomic<bool> empty_ = true;
};

}  // namespace detail

/// One listener that addEventListener added. Dropping it changes nothing; remove() takes the listener out. Copyable.
class EventListener {
 public:
  EventListener() = default;
  /// For EventTarget.
  template <class E>
  EventListener(const std::shared_ptr<detail::ListenerList<E>>& list, std::uint64_t id)
      : remove_([weak = std::weak_ptr(list), id] {
          if (const auto list = weak.lock()) list->remove(id);
        }) {}
  /// The listener is not called any more. Any thread; once is enough.
  void remove() {
    if (remove_) std::exchange(remove_, nullptr)();
  }

 private:
  std::function<void()> remove_;
};

/// An EventListener that is removed at the end of its scope.
class ScopedEventListener {
 public:
  ScopedEventListener() = default;
  /// Takes over what addEventListener returned.
  ScopedEventListener(EventListener listener) : listener_(std::move(listener)) {}  // NOLINT: implicit by design
  /// What was moved from removes nothing.
  ScopedEventListener(ScopedEventListener&& other) noexcept : listener_(std::exchange(other.listener_, {})) {}
  /// Removes the listener that it had.
  ScopedEventListener& operator=(ScopedEventListener&& other) noexcept {
    EventListener replaced = std::exchange(listener_, std::exchange(other.listener_, {}));
    if (this != &other) replaced.remove();
    return *this;
  }
  ~ScopedEventListener() { listener_.remove(); }

 private:
  EventListener listener_;
};

/// An event handler attribute: `pc.onicecandidate = [](const RTCPeerConnectionIceEvent& event) { … };`, `= nullptr` to
/// clear. The handler takes the event or nothing, and returns nothing or Promise<void>: it may be a coroutine, and its
/// captures and the event live until that has finished. What it throws goes to the unhandled-error hook.
template <class E>
class EventHandler {
 public:
  /// For the objects that have events.
  explicit EventHandler(std::shared_ptr<detail::ListenerList<E>> list) : list_(std::move(list)) {}
  EventHandler(const EventHandler&) = delete;
  EventHandler& operator=(const EventHandler&) = delete;

  /// Sets the handler, in place of the one before.
  template <detail::EventHandlerFor<E> F>
  EventHandler& operator=(F handler) {
    // An empty std::function or function pointer clears as well.
    if constexpr (detail::Nullable<F>) {
      if (handler == nullptr) return *this = nullptr;
    }
    list_->set_attribute(detail::ListenerList<E>::wrap(std::move(handler)));
    return *this;
  }
  /// Clears it.
  EventHandler& operator=(std::nullptr_t) {
    list_->set_attribute(nullptr);
    return *this;
  }
  /// Whether there is one.
  explicit operator bool() const { return list_->has_attribute(); }

 private:
  std::shared_ptr<detail::ListenerList<E>> list_;
};

/// Names one event of an EventTarget and the type it carries.
template <FixedString Name, class E>
struct EventType {
  /// The name of the event.
  static constexpr auto name = Name;
  /// What it carries.
  using event = E;
};

/// The listener lists of one object, one for each event it can fire.
template <class... Types>
class EventLists {
 public:
  /// Where the list of that name is. (Public for Clang 14, which asks for it from outside when it checks EventOf.)
  template <FixedString Name>
  static consteval std::size_t index_of() {
    std::size_t index = 0;
    (void)((Types::name == Name || (++index, false)) || ...);
    return index;
  }
  /// The object has an event of that name.
  template <FixedString Name>
  static constexpr bool has = ((Types::name == Name) || ...);

  /// What the event of that name carries.
  template <FixedString Name>
  requires has<Name>
  using EventOf = typename std::tuple_element_t<index_of<Name>(), std::tuple<Types...>>::event;

  /// The list of that name.
  template <FixedString Name>
  requires has<Name>
  const auto& get() const { return std::get<index_of<Name>()>(lists_); }
  /// Drops all listeners, for good.
  void close() const {
    std::apply([](const auto&... list) { (list->close(), ...); }, lists_);
  }

 private:
  std::tuple<std::shared_ptr<detail::ListenerList<typename Types::event>>...> lists_{
      std::make_shared<detail::ListenerList<typename Types::event>>()...};
};

/// DOM's EventTarget: `addEventListener<"icecandidate">(handler)`; the name and the handler's type are checked when
/// compiling. Handlers run on the object's event loop, each firing as a task of its own, never nested in one another.
template <class... Types>
class EventTarget {
 public:
  /// The lists of all events of the object.
  using Lists = EventLists<Types...>;

  /// Adds a listener behind those that are there. Any thread; the same handler may be added again. Drop what it returns
  /// or keep it: only EventListener::remove() takes the listener out.
  template <FixedString Name, class F>
  requires Lists::template has<Name>&& detail::EventHandlerFor<F, typename Lists::template EventOf<Name>> EventListener
  addEventListener(F handler) {
    const auto& list = lists_->template get<Name>();
    return {list, list->add(detail::ListenerList<typename Lists::template EventOf<Name>>::wrap(std::move(handler)))};
  }

  EventTarget(const EventTarget&) = delete;
  EventTarget& operator=(const EventTarget&) = delete;

 protected:
  /// For the objects that have events.
  explicit EventTarget(std::shared_ptr<Lists> lists = std::make_shared<Lists>()) : lists_(std::move(lists)) {}
  ~EventTarget() = default;
  /// For the objects that have events.
  [[nodiscard]] const std::shared_ptr<Lists>& lists() const { return lists_; }
  /// For the objects that have events.
  template <FixedString Name>
  const auto& list() const {
    return lists_->template get<Name>();
  }

 private:
  std::shared_ptr<Lists> lists_;
};

}  // namespace parley
