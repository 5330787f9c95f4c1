#pragma once

/// Marks what a program outside the library may use. Everything else is hidden.
#if defined(PARLEY_STATIC)
#define PARLEY_EXPORT
#else
#define PARLEY_EXPORT __attribute__((visibility("default")))
#endif
