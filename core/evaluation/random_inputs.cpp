#include <cstring>

#include "core/base/checked.h"
#include "core/evaluation/evaluate.h"

namespace quantscope {

namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
class Random {
public:
  explicit Random(uint64_t seed) : m_state(seed) {}
  uint64_t next() {
    uint64_t z = (m_state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  /// In [0, 1), with 24 bits, so that it is exact as a float.
  float unit() { return static_cast<float>(next() >> 40) * (1.0f / 16777216.0f); }

private:
  uint64_t m_state;
};

template <typename T, typename Make>
void fill(TensorValue& value, Make make) {
  for (T& v : value.mutableValues<T>()) v = static_cast<T>(make());
}

/// IEEE half of k / 1024 for k < 1024, in [0, 1).
uint16_t halfOfThousandth(uint32_t k) {
  if (k == 0) return 0;
  int exponent = 0;
  while (k < 1024) k <<= 1, --exponent;
  return static_cast<uint16_t>(((exponent + 15) << 10) | (k & 1023));
}

void fillRandom(TensorValue& value, Random& random) {
  auto bits = [&] { return random.next() >> 32; };
  auto bit = [&] { return random.next() >> 63; };
  switch (value.type) {
    case ElementType::Float32:
      return fill<float>(value, [&] { return random.unit(); });
    case ElementType::Float64:
      return fill<double>(value, [&] { return random.unit(); });
    case ElementType::Float16:
      return fill<uint16_t>(value, [&] { return halfOfThousandth(static_cast<uint32_t>(random.next() >> 54)); });
    case ElementType::BFloat16:
      return fill<uint16_t>(value, [&] {
        const float unit = random.unit();
        uint32_t raw;
        std::memcpy(&raw, &unit, sizeof raw);
        return raw >> 16;
      });
    case ElementType::Int16:
    case ElementType::UInt16:
      return fill<uint16_t>(value, bits);
    // Wide integers are indices or counts more often than values: 0 and 1 are in range everywhere.
    case ElementType::Int32:
    case ElementType::UInt32:
      return fill<uint32_t>(value, bit);
    case ElementType::Int64:
    case ElementType::UInt64:
      return fill<uint64_t>(value, bit);
    case ElementType::Bool:
      return fill<uint8_t>(value, bit);
    case ElementType::Complex64:
      return fill<float>(value, [&] { return random.unit(); });
    case ElementType::Complex128:
      return fill<double>(value, [&] { return random.unit(); });
    default:
      return fill<uint8_t>(value, bits);
  }
}

}  // namespace

std::vector<TensorValue> randomInputs(const PreparedModel& prepared, uint64_t seed) {
  Random random(seed);
  std::vector<TensorValue> inputs;
  for (const TensorIndex index : prepared.subgraph().inputs) {
    const Tensor& tensor = prepared.subgraph().tensor(index);
    TensorValue value;
    value.type = tensor.type;
    value.shape = prepared.shape(index).value_or(tensor.shape);
    const auto bytes = byteSize(value.type, checkedElementCount(value.shape).value_or(0));
    value.bytes.resize(static_cast<size_t>(bytes.value_or(0)));
    fillRandom(value, random);
    inputs.push_back(std::move(value));
  }
  return inputs;
}

}  // namespace quantscope
