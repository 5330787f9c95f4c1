#pragma once

#include "base/bit_reader.hpp"  // RTP's header extensions have bits, too
