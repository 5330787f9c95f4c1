#pragma once

#include "payloads.hpp"

namespace parley::formats::test {

/// VP9 bitstream specification section 6.2: profile 0, key frame, shown; sync code; BT.601, 4:2:0; 640 x 480.
/// 10 0 0 0 0 1 0 | 49 83 42 | 001 0 | 0000 0010 0111 1111 | 0000 0001 1101 1111 | rest
inline const Bytes kKeyFrame = bytes({0x82, 0x49, 0x83, 0x42, 0x20, 0x27, 0xF0, 0x1D, 0xF0, 7});
/// 10 0 0 0 1 1 0: not a key frame.
inline const Bytes kDeltaFrame = bytes({0x86, 1, 2, 3});

}  // namespace parley::formats::test
