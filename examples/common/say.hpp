// Text for the person at the terminal goes to standard error: standard output may be the signaling channel.
#pragma once

#include <cstdio>
#include <string>

inline void say(const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); }
