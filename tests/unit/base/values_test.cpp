#include <gtest/gtest.h>

#include <memory>
#include <unordered_set>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/rtp_numbers.hpp"
#include "base/time.hpp"
#include "parley/fixed_string.hpp"

namespace parley {
namespace {

Result<int> half(int x) {
  if (x % 2 != 0) return fail(ErrorKind::RangeError, "odd");
  return x / 2;
}

TEST(Result, HoldsAValueOrTheReasonWhyNot) {
  const auto good = half(4);
  ASSERT_TRUE(good);
  EXPECT_TRUE(good.has_value());
  EXPECT_EQ(*good, 2);
  const auto bad = half(3);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, ErrorKind::RangeError);
  EXPECT_EQ(bad.error().message, "odd");
  EXPECT_EQ(bad.value_or(-1), -1);
  EXPECT_EQ(good.value_or(-1), 2);
}

TEST(Result, MovesItsValueOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  EXPECT_EQ(**result, 7);
  EXPECT_EQ(*result->get(), 7);
  const std::unique_ptr<int> out = *std::move(result);
  EXPECT_EQ(*out, 7);
  Result<std::unique_ptr<int>> none = fail(ErrorKind::TypeError, "no");
  EXPECT_EQ(*std::move(none).value_or(std::make_unique<int>(1)), 1);
}

TEST(Result, TellsAnErrorFromAValueOfTheSameType) {
  const Result<Error> value = Error{.message = "value"};
  const Result<Error> error = Unexpected<Error>(Error{.message = "error"});
  EXPECT_TRUE(value);
  EXPECT_FALSE(error);
}

TEST(Result, OfNothingSucceedsByDefault) {
  Result<void> result;
  EXPECT_TRUE(result);
  result = fail(ErrorKind::DataError, "no");
  ASSERT_FALSE(result);
  EXPECT_EQ(std::move(result).error().kind, ErrorKind::DataError);
}

TEST(CopyBytes, FillsTheFrontAndReturnsTheRest) {
  Bytes to(5, 9);
  const auto rest = copy_bytes(Bytes{3, 4}, copy_bytes(Bytes{1}, to));
  EXPECT_EQ(to, (Bytes{1, 3, 4, 9, 9}));
  EXPECT_EQ(rest.data(), to.data() + 3);
  EXPECT_EQ(rest.size(), 2u);
  EXPECT_EQ(copy_bytes({}, rest).size(), 2u);
  EXPECT_TRUE(copy_bytes({}, {}).empty());
}

TEST(ByteReader, ReadsNetworkOrder) {
  const Bytes raw{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88, 'x', 'y'};
  ByteReader reader(raw);
  EXPECT_EQ(reader.number<std::uint8_t>(), 0x01);
  EXPECT_EQ(reader.number<std::uint16_t>(), 0x0203);
  EXPECT_EQ(reader.number<std::uint32_t>(), 0x04050607u);
  EXPECT_EQ(reader.number<std::uint64_t>(), 0xffeeddccbbaa9988u);
  EXPECT_EQ(reader.remaining(), 2u);
  EXPECT_EQ(as_text(*reader.take(2)), "xy");
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_TRUE(reader.take(0));
}

TEST(ByteReader, AfterAReadPastTheEndEveryAnswerIsNothing) {
  const Bytes raw{1, 2, 3};
  ByteReader reader(raw);
  EXPECT_FALSE(reader.number<std::uint32_t>());
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_FALSE(reader.number<std::uint8_t>());
  EXPECT_FALSE(reader.take(0));
}

TEST(ByteReader, RefusesAnAbsurdLength) {
  const Bytes raw{1};
  EXPECT_FALSE(ByteReader(raw).take(static_cast<std::size_t>(-1)));
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  Bytes out;
  ByteWriter(out)
      .number(std::uint8_t{0xab})
      .number(std::uint16_t{0x0102})
      .number(std::uint32_t{0xfffefdfc})
      .number(std::uint64_t{1} << 63)
      .bytes(as_bytes("ok"));
  ByteReader reader(out);
  EXPECT_EQ(reader.number<std::uint8_t>(), 0xab);
  EXPECT_EQ(reader.number<std::uint16_t>(), 0x0102);
  EXPECT_EQ(reader.number<std::uint32_t>(), 0xfffefdfcu);
  EXPECT_EQ(reader.number<std::uint64_t>(), std::uint64_t{1} << 63);
  EXPECT_EQ(as_text(*reader.take(2)), "ok");
}

template <class A, class B>
concept Comparable = requires(A a, B b) {
  a == b;
};
static_assert(Comparable<Ssrc, Ssrc>);
static_assert(!Comparable<Ssrc, PayloadType>, "numbers of different kinds do not mix");
static_assert(!std::is_convertible_v<std::uint32_t, Ssrc> && !std::is_convertible_v<Ssrc, std::uint32_t>);

TEST(Strong, ComparesAndHashesAsItsNumber) {
  EXPECT_LT(Ssrc(1), Ssrc(2));
  EXPECT_EQ(Ssrc(), Ssrc(0));
  const std::unordered_set<Ssrc> set{Ssrc(1), Ssrc(2), Ssrc(1)};
  EXPECT_EQ(set.size(), 2u);
  EXPECT_TRUE(set.contains(Ssrc(2)));
}

TEST(Time, NoneNeverComes) {
  const TimePoint soon(1s), late(2s);
  EXPECT_EQ(earlier(late, soon), soon);
  EXPECT_EQ(earlier(soon, late), soon);
  EXPECT_EQ(earlier(std::nullopt, late), late);
  EXPECT_EQ(earlier(late, std::nullopt), late);
  EXPECT_EQ(earlier(std::nullopt, std::nullopt), std::nullopt);
}

TEST(Time, ADeadlineNeitherOverflowsNorGoesBack) {
  const TimePoint now(100s);
  EXPECT_EQ(deadline_after(now, 1s), TimePoint(101s));
  EXPECT_EQ(deadline_after(now, Duration::max()), TimePoint::max());
  EXPECT_EQ(deadline_after(now, -5s), now);
  EXPECT_EQ(deadline_after(now, Duration::min()), now);
}

template <FixedString Name>
constexpr std::string_view name_of() {
  return Name.view();
}
static_assert(name_of<"message">() == "message");
static_assert(FixedString("a") == FixedString("a"));
static_assert(!(FixedString("a") == FixedString("ab")));

}  // namespace
}  // namespace parley
