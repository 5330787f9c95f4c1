#pragma once

#include <glib-object.h>

#include <memory>

namespace parley::channels {

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
/// One reference to a GObject.
template <class T>
using ObjectPtr = std::unique_ptr<T, Unref>;

struct FreeError {
  void operator()(GError* error) const { g_error_free(error); }
};
using ErrorPtr = std::unique_ptr<GError, FreeError>;

}  // namespace parley::channels
